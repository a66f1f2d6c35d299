"""What a moderator sees of a case beside its row, and what an author is told of a decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from backend.moderation.decisions import REASONED
from backend.moderation.queue import CaseRow, case_row, select_case
from backend.platform.authz import Actor, Role
from backend.platform.database import fetch
from backend.platform.sql import one_of

REPORTS_SHOWN = 100
EARLIER_SHOWN = 20
NAMES_SHOWN = 20
PAST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class SignalRow:
    """What one signal said: score 0 to 1, None when it failed."""

    case_id: int
    name: str
    version: str
    score: float | None
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ReportRow:
    """What one reader told."""

    case_id: int
    reporter_id: int
    reason_code: str
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NameRow:
    """A name that an account used from a time on."""

    account_id: int
    display_name: str
    name_kind: str
    since: datetime


@dataclass(frozen=True, slots=True)
class PastRow:
    """A decision against something, in short."""

    id: int
    subject_type: str
    decision: str
    decided_at: datetime
    reason_code: str


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """The decision against its author that content is under."""

    subject_id: int
    decision: str
    reason_code: str
    reason_text: str
    decided_at: datetime


async def signals_of(municipality_id: int, case_ids: Sequence[int]) -> dict[int, list[SignalRow]]:
    """The signals of each case by name: one for each signal there is."""
    rows = await fetch(
        """SELECT case_id, name, version, score, detail FROM moderation_signal
           WHERE municipality_id = $1 AND case_id = ANY($2) ORDER BY case_id, name""",
        municipality_id,
        case_ids,
    )
    found: dict[int, list[SignalRow]] = {}
    for row in rows:
        values = {**row, "detail": orjson.loads(row["detail"])}
        found.setdefault(row["case_id"], []).append(SignalRow(**values))
    return found


async def reports_of(municipality_id: int, case_ids: Sequence[int]) -> dict[int, list[ReportRow]]:
    """The first 100 reports of each case, oldest first."""
    rows = await fetch(
        """SELECT r.case_id, r.reporter_id, r.reason_code, r.text, r.created_at FROM unnest($2::bigint[]) AS k (id)
           CROSS JOIN LATERAL (SELECT * FROM report r WHERE r.municipality_id = $1 AND r.case_id = k.id
                               ORDER BY r.id LIMIT $3) r
           ORDER BY r.id""",
        municipality_id,
        case_ids,
        REPORTS_SHOWN,
    )
    found: dict[int, list[ReportRow]] = {}
    for row in rows:
        found.setdefault(row["case_id"], []).append(ReportRow(*row.values()))
    return found


async def earlier_cases_of(actor: Actor, case_ids: Sequence[int]) -> dict[int, list[CaseRow]]:
    """The latest 20 cases about the same content before each of these, newest first."""
    rows = await fetch(
        f"""SELECT k.id AS later_id, e.* FROM moderation_case k
            CROSS JOIN LATERAL ({select_case()}
                WHERE c.municipality_id = $1 AND c.subject_type = k.subject_type AND c.subject_id = k.subject_id
                  AND c.id < k.id ORDER BY c.id DESC LIMIT $4) e
            WHERE k.municipality_id = $1 AND k.id = ANY($3) ORDER BY e.id DESC""",
        actor.municipality_id,
        actor.person_account_ids,
        case_ids,
        EARLIER_SHOWN,
    )
    found: dict[int, list[CaseRow]] = {}
    for row in rows:
        found.setdefault(row["later_id"], []).append(case_row(row))
    return found


async def author_cases_of(actor: Actor, case_ids: Sequence[int]) -> dict[int, list[PastRow]]:
    """The latest 10 decisions against other content by the author of each case, newest first.

    Only of topics that the actor moderates: cases of others look like no cases.
    """
    grants = [grant for grant in actor.grants if grant.role is Role.MODERATOR]
    rows = await fetch(
        f"""SELECT k.id AS later_id, e.* FROM moderation_case k
           CROSS JOIN LATERAL (
               SELECT c.id, c.subject_type, c.decision, c.decided_at, c.reason_code FROM moderation_case c
               WHERE c.municipality_id = $1 AND c.author_id = k.author_id
                 AND (c.subject_type, c.subject_id) <> (k.subject_type, k.subject_id)
                 AND {one_of("c.decision", REASONED)} AND ($3 OR c.topic_id = ANY($4::bigint[]))
               ORDER BY c.id DESC LIMIT $5) e
           WHERE k.municipality_id = $1 AND k.id = ANY($2) ORDER BY e.id DESC""",
        actor.municipality_id,
        case_ids,
        any(grant.topic_id is None for grant in grants),
        [grant.topic_id for grant in grants if grant.topic_id is not None],
        PAST_SHOWN,
    )
    found: dict[int, list[PastRow]] = {}
    for row in rows:
        found.setdefault(row["later_id"], []).append(PastRow(*list(row.values())[1:]))
    return found


async def names_of(municipality_id: int, account_ids: Sequence[int]) -> dict[int, list[NameRow]]:
    """The latest 20 names of each account, newest first."""
    rows = await fetch(
        """SELECT n.account_id, n.display_name, n.name_kind, n.created_at FROM unnest($2::bigint[]) AS k (id)
           CROSS JOIN LATERAL (SELECT * FROM account_display_name n WHERE n.municipality_id = $1
                               AND n.account_id = k.id ORDER BY n.id DESC LIMIT $3) n
           ORDER BY n.id DESC""",
        municipality_id,
        account_ids,
        NAMES_SHOWN,
    )
    found: dict[int, list[NameRow]] = {}
    for row in rows:
        found.setdefault(row["account_id"], []).append(NameRow(*row.values()))
    return found


async def decisions_in_force(
    municipality_id: int, subject_type: str, subject_ids: Sequence[int]
) -> dict[int, DecisionRow]:
    """The latest decision about each of these, where it rejected or hid the content."""
    rows = await fetch(
        f"""SELECT c.subject_id, c.decision, c.reason_code, c.reason_text, c.decided_at
           FROM unnest($3::bigint[]) AS k (id)
           CROSS JOIN LATERAL (SELECT * FROM moderation_case c
               WHERE c.municipality_id = $1 AND c.subject_type = $2 AND c.subject_id = k.id
                 AND c.state = 'decided' AND c.decision <> 'dismiss' ORDER BY c.id DESC LIMIT 1) c
           WHERE {one_of("c.decision", REASONED)}""",
        municipality_id,
        subject_type,
        subject_ids,
    )
    return {row["subject_id"]: DecisionRow(*row.values()) for row in rows}
