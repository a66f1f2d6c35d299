"""Edits of what is public, which are not in force yet: one for a proposal at the most.

The words in force stay what they are until the pending version is published (amending.py). It waits only while
its proposal is `published`: once it is answered, taken up, hidden or taken back, its words are no longer its
authors' to change, and the edit lapses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from backend.moderation.lapse import lapse_case
from backend.platform.authz import Actor
from backend.platform.database import execute, fetch, fetch_row, fetch_value
from backend.proposals.content import Point, ProposalText
from backend.proposals.queries import ProposalRow

EDIT = "edit"
"""What a moderation case about a pending version is about; its subject's id is the proposal's."""


class PendingState(StrEnum):
    """What has become of an edit that is not in force."""

    SUBMITTED = "submitted"
    REJECTED = "rejected"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class PendingVersion:
    """The words and place of an edit; of one that was withdrawn only the number is left."""

    proposal_id: int
    number: int
    state: PendingState
    title: str
    body: str
    language: str
    place_id: int | None
    longitude: float | None
    latitude: float | None
    editor_id: int | None
    created_at: datetime


def pending_row(row: Any) -> PendingVersion:
    """The row that a SELECT of all its columns gives."""
    return PendingVersion(**{**row, "state": PendingState(row["state"])})


COLUMNS = (
    "proposal_id, number, state, title, body, language, place_id, longitude, latitude, editor_id, created_at"
)


async def pending_versions_of(municipality_id: int, proposal_ids: Sequence[int]) -> dict[int, PendingVersion]:
    """The edit of each of these that is not in force, without those that were withdrawn."""
    rows = await fetch(
        f"""SELECT {COLUMNS} FROM proposal_pending_version
            WHERE municipality_id = $1 AND proposal_id = ANY($2) AND state <> 'withdrawn'""",
        municipality_id,
        proposal_ids,
    )
    return {row["proposal_id"]: pending_row(row) for row in rows}


async def store_pending(
    actor: Actor,
    proposal: ProposalRow,
    text: ProposalText,
    place_id: int | None,
    position: Point | None,
) -> int:
    """Make these words the proposal's pending version, in place of an earlier one; returns its number.

    The caller holds the proposal's lock. A number is used once: what a moderator read is never mistaken for
    what was written after it.
    """
    number: int = await fetch_value(
        """INSERT INTO proposal_pending_version AS v (municipality_id, proposal_id, number, state, title, body,
               language, place_id, longitude, latitude, editor_id)
           VALUES ($1, $2, $3 + 1, 'submitted', $4, $5, $6, $7, $8, $9, $10)
           ON CONFLICT (municipality_id, proposal_id) DO UPDATE
           SET number = greatest(v.number, $3) + 1, state = 'submitted', title = excluded.title,
               body = excluded.body, language = excluded.language, place_id = excluded.place_id,
               longitude = excluded.longitude, latitude = excluded.latitude, editor_id = excluded.editor_id,
               created_at = now()
           RETURNING number""",
        actor.municipality_id,
        proposal.id,
        proposal.version,
        text.title,
        text.body,
        text.language,
        place_id,
        position and position.longitude,
        position and position.latitude,
        actor.account_id,
    )
    return number


async def take_pending(municipality_id: int, proposal_id: int) -> PendingVersion | None:
    """The edit that waits, which waits no longer; None when there is none."""
    row = await fetch_row(
        f"""DELETE FROM proposal_pending_version
            WHERE municipality_id = $1 AND proposal_id = $2 AND state = 'submitted' RETURNING {COLUMNS}""",
        municipality_id,
        proposal_id,
    )
    return pending_row(row) if row else None


async def reject_pending(municipality_id: int, proposal_id: int) -> None:
    """Leave the edit that waits to its authors, who may read it and hand in another."""
    await execute(
        """UPDATE proposal_pending_version SET state = 'rejected'
           WHERE municipality_id = $1 AND proposal_id = $2 AND state = 'submitted'""",
        municipality_id,
        proposal_id,
    )


async def lapse_pending(municipality_id: int, proposal_id: int) -> None:
    """End the edit that waits, if there is one, because it can no longer come into force; its authors keep its words.

    Part of the caller's unit of work, which holds the proposal's lock.
    """
    await _end(municipality_id, proposal_id, "SET state = 'lapsed'", "state = 'submitted'")


async def erase_pending(municipality_id: int, proposal_id: int) -> bool:
    """Take the words of an edit that is not in force away; False when there was none. Locks as `lapse_pending`."""
    return await _end(
        municipality_id,
        proposal_id,
        """SET state = 'withdrawn', title = '', body = '', place_id = NULL, longitude = NULL, latitude = NULL""",
        "state <> 'withdrawn'",
    )


async def _end(municipality_id: int, proposal_id: int, change: str, condition: str) -> bool:
    ended = await fetch_value(
        f"""UPDATE proposal_pending_version {change}
            WHERE municipality_id = $1 AND proposal_id = $2 AND {condition} RETURNING id""",
        municipality_id,
        proposal_id,
    )
    if ended is None:
        return False
    await lapse_case(municipality_id, EDIT, proposal_id)
    return True
