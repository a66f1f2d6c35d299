"""Reads of single proposals and what belongs to them; lists are in listing.py."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from backend.accounts.authors import IS_STAFF
from backend.platform.authz import Actor
from backend.platform.database import fetch, fetch_row, fetch_value
from backend.platform.sql import one_of
from backend.proposals.sql import IS_IN_FORCE, is_co_author, support_change
from backend.proposals.states import PUBLIC, ProposalState

PUBLIC_SQL = one_of("p.state", PUBLIC)
"""What everybody may read, `p` being the proposal; said in these words, as partial indexes say it."""


class ProposalRow(NamedTuple):
    """A proposal as it stands; `supports` and `comments` are exact at the time of reading.

    `topic_id` is None only for a draft for which none is chosen yet, and for one that was withdrawn so.

    A tuple, since lists make them by the thousand: it is made in a fifth of a frozen dataclass's time.
    """

    id: int
    topic_id: int | None
    author_id: int | None
    state: ProposalState
    step: int
    outcome: str | None
    language: str
    title: str
    body: str
    version: int
    place_id: int | None
    longitude: float | None
    latitude: float | None
    supports: int
    comments: int
    created_at: datetime
    submitted_at: datetime | None
    published_at: datetime | None
    answered_at: datetime | None
    answer_due_at: datetime | None
    active_at: datetime
    source: str | None
    external_key: str | None
    is_demo: bool
    author_name: str | None
    author_has_left: bool | None
    author_is_staff: bool
    author_public_id: int | None


def proposal_row(values: Iterable[Any]) -> ProposalRow:
    """The row that `select` gives."""
    row = list(values)
    row[_STATE] = _STATES[row[_STATE]]
    return ProposalRow(*row)


_STATE = 3
_STATES = {state.value: state for state in ProposalState}
# Counts are stored up to the window; what has come since is a handful of rows in a covering index.
_SELECT = """
    SELECT
    p.id, p.topic_id, p.author_id, p.state, p.step, p.outcome, p.language, p.title, p.body, p.version, p.place_id,
    p.longitude, p.latitude,
    act.supports + coalesce((SELECT sum({change}) FROM support_event e
        WHERE e.municipality_id = p.municipality_id AND e.proposal_id = p.id
          AND e.txid >= (SELECT counted_to FROM support_window w WHERE w.municipality_id = $1)), 0)::int AS supports,
    act.comments, p.created_at, p.submitted_at, p.published_at, p.answered_at, p.answer_due_at,
    act.active_at, p.source,
    p.external_key, p.is_demo, a.display_name AS author_name, a.deleted_at IS NOT NULL AS author_has_left,
    {staff} AS author_is_staff, a.public_id AS author_public_id{more}
    FROM proposal p JOIN proposal_activity act ON act.municipality_id = p.municipality_id AND act.proposal_id = p.id
    LEFT JOIN account a ON a.municipality_id = p.municipality_id AND a.id = p.author_id
"""


def select(more: str = "") -> str:
    """SELECT and FROM of a ProposalRow: `p` is the proposal, `act` its activity; `$1` must be the municipality."""
    return _SELECT.format(more=more, staff=IS_STAFF, change=support_change("e."))


async def proposals_by_id(municipality_id: int, ids: Sequence[int]) -> dict[int, ProposalRow]:
    """The proposals with these ids, whatever their state: callers ask the rules who may see them."""
    rows = await fetch(
        f"{select()} WHERE p.municipality_id = $1 AND p.id = ANY($2)",
        municipality_id,
        ids,
    )
    return {row["id"]: proposal_row(row.values()) for row in rows}


async def proposal_for_update(municipality_id: int, proposal_id: int) -> ProposalRow | None:
    """The proposal, locked until the unit of work ends; supports may still be added meanwhile."""
    row = await fetch_row(
        f"""{select()} WHERE p.municipality_id = $1 AND p.id = $2
            FOR NO KEY UPDATE OF p""",
        municipality_id,
        proposal_id,
    )
    return proposal_row(row.values()) if row else None


@dataclass(frozen=True, slots=True)
class TransitionRow:
    """One step of the timeline. Names of moderators are not shown: `actor_role` says in which capacity."""

    proposal_id: int
    ordinal: int
    from_state: str
    to_state: str
    actor_id: int | None
    actor_role: str
    reason: str | None
    created_at: datetime


async def transitions_of(municipality_id: int, proposal_ids: Sequence[int]) -> dict[int, list[TransitionRow]]:
    """The timeline of each proposal, oldest first; the state machine bounds its length in practice to tens."""
    rows = await fetch(
        """SELECT proposal_id, ordinal, from_state, to_state, actor_id, actor_role, reason, created_at
           FROM (SELECT *, row_number() OVER (PARTITION BY proposal_id ORDER BY ordinal DESC) AS newest
                 FROM proposal_transition WHERE municipality_id = $1 AND proposal_id = ANY($2)) t
           WHERE newest <= 100 ORDER BY proposal_id, ordinal""",
        municipality_id,
        proposal_ids,
    )
    found: dict[int, list[TransitionRow]] = {proposal_id: [] for proposal_id in proposal_ids}
    for row in rows:
        found[row["proposal_id"]].append(TransitionRow(*row.values()))
    return found


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """The answer in force."""

    id: int
    proposal_id: int
    outcome: str
    reason: str
    language: str
    planner_id: int
    created_at: datetime


async def answers_of(municipality_id: int, proposal_ids: Sequence[int]) -> dict[int, AnswerRow]:
    """The newest answer to each proposal that has one."""
    rows = await fetch(
        """SELECT DISTINCT ON (proposal_id) id, proposal_id, outcome, reason, language, planner_id, created_at
           FROM proposal_answer WHERE municipality_id = $1 AND proposal_id = ANY($2)
           ORDER BY proposal_id, id DESC""",
        municipality_id,
        proposal_ids,
    )
    return {row["proposal_id"]: AnswerRow(*row.values()) for row in rows}


async def co_authors_of(municipality_id: int, proposal_ids: Sequence[int]) -> dict[int, list[int]]:
    """Account ids of those who accepted an invitation, by proposal."""
    rows = await fetch(
        f"""SELECT proposal_id, accepted_by_id FROM proposal_invitation
           WHERE municipality_id = $1 AND proposal_id = ANY($2) AND {is_co_author()} ORDER BY accepted_at""",
        municipality_id,
        proposal_ids,
    )
    found: dict[int, list[int]] = {proposal_id: [] for proposal_id in proposal_ids}
    for row in rows:
        found[row["proposal_id"]].append(row["accepted_by_id"])
    return found


@dataclass(frozen=True, slots=True)
class LinkRow:
    """Something outside that a proposal is tied to."""

    proposal_id: int
    kind: str
    target: str
    detail: str


async def links_of(municipality_id: int, proposal_ids: Sequence[int]) -> dict[int, list[LinkRow]]:
    """At most 100 links of each proposal; `detail` is JSON text."""
    rows = await fetch(
        """SELECT proposal_id, kind, target, detail FROM (
               SELECT *, row_number() OVER (PARTITION BY proposal_id ORDER BY kind, target) AS place
               FROM proposal_link WHERE municipality_id = $1 AND proposal_id = ANY($2)) l
           WHERE place <= 100 ORDER BY proposal_id, kind, target""",
        municipality_id,
        proposal_ids,
    )
    found: dict[int, list[LinkRow]] = {proposal_id: [] for proposal_id in proposal_ids}
    for row in rows:
        found[row["proposal_id"]].append(LinkRow(*row.values()))
    return found


async def supported_by(actor: Actor, proposal_ids: Sequence[int]) -> set[int]:
    """Which of these the actor supports now."""
    rows = await fetch(
        f"""SELECT proposal_id FROM support_event
           WHERE municipality_id = $1 AND account_id = $2 AND proposal_id = ANY($3)
           GROUP BY proposal_id HAVING {IS_IN_FORCE}""",
        actor.municipality_id,
        actor.account_id,
        proposal_ids,
    )
    return {row["proposal_id"] for row in rows}


async def updates_of(municipality_id: int, proposal_ids: Sequence[int]) -> dict[int, datetime]:
    """When each of these last changed for its readers: published, the text in force, or where it stands."""
    rows = await fetch(
        """SELECT p.id, greatest(
               p.published_at,
               (SELECT v.created_at FROM proposal_version v
                WHERE v.municipality_id = $1 AND v.proposal_id = p.id AND v.number = p.version),
               (SELECT t.created_at FROM proposal_transition t
                WHERE t.municipality_id = $1 AND t.proposal_id = p.id ORDER BY t.ordinal DESC LIMIT 1)
           ) AS at
           FROM proposal p WHERE p.municipality_id = $1 AND p.id = ANY($2)""",
        municipality_id,
        proposal_ids,
    )
    return {row["id"]: row["at"] for row in rows if row["at"] is not None}


async def is_author(actor: Actor, proposal: ProposalRow) -> bool:
    """Whether the actor wrote the proposal or has become its co-author."""
    if actor.account_id is None:
        return False
    if proposal.author_id == actor.account_id:
        return True
    return bool(
        await fetch_value(
            f"""SELECT EXISTS (SELECT FROM proposal_invitation WHERE municipality_id = $1 AND proposal_id = $2
                   AND accepted_by_id = $3 AND {is_co_author()})""",
            actor.municipality_id,
            proposal.id,
            actor.account_id,
        )
    )


async def supported_by_others(municipality_id: int, proposal_ids: Sequence[int]) -> set[int]:
    """Those of these that anybody but their author has ever supported."""
    if not proposal_ids:
        return set()
    rows = await fetch(
        """SELECT p.id FROM proposal p WHERE p.municipality_id = $1 AND p.id = ANY($2)
               AND EXISTS (SELECT FROM support_event e WHERE e.municipality_id = $1 AND e.proposal_id = p.id
                   AND e.account_id IS DISTINCT FROM p.author_id)""",
        municipality_id,
        proposal_ids,
    )
    return {row["id"] for row in rows}
