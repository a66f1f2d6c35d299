"""What waits for a moderator, and taking a case on."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from backend.content.kinds import ContentRef
from backend.content.registry import kind_of
from backend.moderation.part import current_sql, has_part_sql
from backend.moderation.rules import (
    ALREADY_DECIDED,
    CASE_NOT_FOUND,
    CLAIMED_BY_OTHER,
    NOT_CLAIMED,
    Moderated,
    moderate,
)
from backend.platform.authz import Actor, Decision, Role, moderate_somewhere, require
from backend.platform.database import fetch, fetch_row, fetch_value, unit_of_work
from backend.platform.errors import DomainError
from backend.platform.tags import changed

CLAIM_LASTS = timedelta(minutes=30)


class ModerationCaseOrigin(StrEnum):
    """Who asked for a decision."""

    SCREENING = "screening"
    REPORT = "report"
    MODERATOR = "moderator"


class ModerationCaseState(StrEnum):
    """How far a case has come."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    DECIDED = "decided"


class ModerationCaseDecision(StrEnum):
    """What came of a case: by screening (publish), by a moderator, or because its subject was taken back (lapse)."""

    PUBLISH = "publish"
    APPROVE = "approve"
    REJECT = "reject"
    HIDE = "hide"
    DISMISS = "dismiss"
    RESTORE = "restore"
    LAPSE = "lapse"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case with what is known of its subject now; `has_part` says whether the actor who asks has a part in
    that, `claim_holds` whether it is its claimant's alone by the database's clock."""

    id: int
    created_at: datetime
    subject_type: str
    subject_id: int
    subject_version: int
    topic_id: int
    author_id: int | None
    origin: str
    reasons: tuple[str, ...]
    state: str
    claimed_by_id: int | None
    claimed_at: datetime | None
    decision: str | None
    decided_by_id: int | None
    decided_at: datetime | None
    reason_code: str | None
    reason_text: str | None
    subject_state: str | None
    root_kind: str
    root_id: int
    current_version: int
    was_public: bool
    report_count: int
    has_part: bool
    claim_holds: bool

    @property
    def root(self) -> ContentRef:
        """The content whose page its subject stands on."""
        return ContentRef(self.root_kind, self.root_id)

    @property
    def subject_is_shown(self) -> bool:
        """Whether others see the content now."""
        return kind_of(self.subject_type).is_shown(self.subject_state or "", was_public=self.was_public)


# The database's clock decides: web servers' may differ, and the claim is stamped by it too.
_CLAIM_HOLDS = (
    "(c.state = 'claimed' AND c.claimed_at >= now() - "
    f"make_interval(secs => {CLAIM_LASTS.total_seconds():.0f}))"
)


@cache
def select_case() -> str:
    """SELECT and FROM of a CaseRow; `$1` must be the municipality and `$2` the accounts of who asks."""
    return f"""
        SELECT c.id, c.created_at, c.subject_type, c.subject_id, c.subject_version, c.topic_id, c.author_id, c.origin,
               c.reasons, c.state, c.claimed_by_id, c.claimed_at, c.decision, c.decided_by_id, c.decided_at,
               c.reason_code, c.reason_text,
               now_is.state AS subject_state, about.root_kind, about.root_id,
               coalesce(now_is.version, c.subject_version) AS current_version,
               coalesce(now_is.was_public, false) AS was_public,
               (SELECT count(*) FROM report r WHERE r.municipality_id = $1 AND r.case_id = c.id)::int AS report_count,
               {has_part_sql("c", "$2")} AS has_part, {_CLAIM_HOLDS} AS claim_holds
        FROM moderation_case c
        JOIN content about ON about.municipality_id = $1 AND about.kind = c.subject_type
            AND about.kind_id = c.subject_id
        LEFT JOIN LATERAL ({current_sql("c")}) now_is ON true
    """


def case_row(row: Any) -> CaseRow:
    """The row that `select_case` gives; further columns are left out."""
    values = {field.name: row[field.name] for field in fields(CaseRow)}
    return CaseRow(**{**values, "reasons": tuple(values["reasons"])})


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What the queue is narrowed to; everything given must hold."""

    topic_id: int | None = None
    subject_type: str | None = None
    origin: str | None = None
    claimed_by_me: bool = False


@cache
def open_cases() -> str:
    """What the queue of an actor holds, with the arguments of `list_arguments`."""
    return f"""c.municipality_id = $1 AND c.state <> 'decided' AND NOT {has_part_sql("c", "$2")}
        AND ($3 OR c.topic_id = ANY($4::bigint[]))
        AND ($5::bigint IS NULL OR c.topic_id = $5) AND ($6::text IS NULL OR c.subject_type = $6)
        AND ($7::text IS NULL OR c.origin = $7)
        AND (NOT $8 OR (c.state = 'claimed' AND c.claimed_by_id = ANY($2)))"""


async def list_queue(
    actor: Actor, filters: QueueFilter, *, after: tuple[datetime, int] | None, limit: int
) -> list[CaseRow]:
    """Open cases of the topics that the actor moderates, longest waiting first, without the actor's own.

    Own is what the actor has a part in. `after` is the time and id of the last one seen.
    Raises Unauthenticated, Forbidden.
    """
    require(moderate_somewhere(actor, None))
    rows = await fetch(
        f"""{select_case()} WHERE {open_cases()}
              AND (c.created_at, c.id) > (coalesce($9, '-infinity'::timestamptz), coalesce($10::bigint, 0))
            ORDER BY c.created_at, c.id LIMIT $11""",
        *list_arguments(actor, filters, after, limit),
    )
    return [case_row(row) for row in rows]


def list_arguments(
    actor: Actor, filters: QueueFilter, after: tuple[datetime, int] | None, limit: int
) -> tuple[Any, ...]:
    """$1 to $11 of a list of cases: who asks, all topics ($3) or which ($4), what is wanted, after what, how many."""
    grants = [grant for grant in actor.grants if grant.role is Role.MODERATOR]
    return (
        actor.municipality_id,
        actor.person_account_ids,
        any(grant.topic_id is None for grant in grants),
        [grant.topic_id for grant in grants if grant.topic_id is not None],
        filters.topic_id,
        filters.subject_type,
        filters.origin,
        filters.claimed_by_me,
        *(after or (None, None)),
        limit,
    )


async def cases_by_id(actor: Actor, ids: Sequence[int]) -> dict[int, CaseRow]:
    """The cases with these ids, whoever asks: callers ask the rules."""
    rows = await fetch(
        f"{select_case()} WHERE c.municipality_id = $1 AND c.id = ANY($3)",
        actor.municipality_id,
        actor.person_account_ids,
        ids,
    )
    return {row["id"]: case_row(row) for row in rows}


async def access_case(actor: Actor, case_id: int) -> CaseRow:
    """The case, once the rules allow deciding it. Raises NotFound, Unauthenticated, Forbidden."""
    require(moderate_somewhere(actor, None))
    case = (await cases_by_id(actor, [case_id])).get(case_id)
    if case is None:
        raise CASE_NOT_FOUND.as_error()
    require(moderate(actor, Moderated(case.topic_id, case.has_part)))
    return case


def free_sql(account: str) -> str:
    """Whether the account of that parameter may take the open case `c`: nobody else's claim holds."""
    return f"(c.state <> 'decided' AND (c.claimed_by_id = {account} OR NOT {_CLAIM_HOLDS}))"


def may_claim(actor: Actor, case: CaseRow) -> Decision:
    """Whether the actor may take the case on: the same as `claim` finds in the database."""
    if case.state == ModerationCaseState.DECIDED:
        return ALREADY_DECIDED
    if case.claim_holds and case.claimed_by_id != actor.account_id:
        return CLAIMED_BY_OTHER
    return moderate(actor, Moderated(case.topic_id, case.has_part))


async def claim(actor: Actor, case_id: int) -> None:
    """Take the case on, for 30 minutes; then another may take it over. One's own claim begins anew.

    Of several at once one wins. Raises NotFound, Unauthenticated, Forbidden, Conflict.
    """
    async with unit_of_work():
        await access_case(actor, case_id)
        won = await fetch_value(
            f"""UPDATE moderation_case c SET state = 'claimed', claimed_by_id = $3, claimed_at = now()
                WHERE c.municipality_id = $1 AND c.id = $2 AND {free_sql("$3")} RETURNING c.id""",
            actor.municipality_id,
            case_id,
            actor.account_id,
        )
        if won is None:
            raise await taken(actor, case_id)
        await changed(["moderation", f"case:{case_id}"])


async def release(actor: Actor, case_id: int) -> None:
    """Give a claimed case back to the queue. Raises as `claim`; Conflict when it is not one's own."""
    async with unit_of_work():
        await access_case(actor, case_id)
        released = await fetch_value(
            """UPDATE moderation_case SET state = 'waiting', claimed_by_id = NULL, claimed_at = NULL
               WHERE municipality_id = $1 AND id = $2 AND state = 'claimed' AND claimed_by_id = $3 RETURNING id""",
            actor.municipality_id,
            case_id,
            actor.account_id,
        )
        if released is None:
            raise await taken(actor, case_id)
        await changed(["moderation", f"case:{case_id}"])


async def taken(actor: Actor, case_id: int) -> DomainError:
    """Why the case is not the actor's: decided, claimed by another, or not claimed at all."""
    row = await fetch_row(
        "SELECT state FROM moderation_case WHERE municipality_id = $1 AND id = $2",
        actor.municipality_id,
        case_id,
    )
    state = row["state"] if row else "decided"
    if state == "decided":
        return ALREADY_DECIDED.as_error()
    if state == "claimed":
        return CLAIMED_BY_OTHER.as_error()
    return NOT_CLAIMED.as_error()
