"""What staff did, the newest first: one list drawn from the ledgers in which it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from backend.platform.authz import Actor, administer, require
from backend.platform.database import fetch
from backend.proposals.queries import PUBLIC_SQL


class StaffActKind(StrEnum):
    """What was done."""

    ROLE_GRANTED = "role_granted"
    ROLE_ENDED = "role_ended"
    CASE_DECIDED = "case_decided"
    ANSWERED = "answered"
    STATUS_CHANGED = "status_changed"
    TOPIC_CREATED = "topic_created"
    TOPIC_CHANGED = "topic_changed"
    PLACE_CREATED = "place_created"
    PLACE_CHANGED = "place_changed"
    IMPORT_STARTED = "import_started"
    SESSIONS_ENDED = "sessions_ended"
    TOKENS_ENDED = "tokens_ended"
    ACCOUNT_SUSPENDED = "suspended"
    ACCOUNT_REINSTATED = "reinstated"
    NAMES_READ = "names_read"


LogKey = tuple[datetime, str, int]
"""Where an entry stands in the list: when, its kind, and its number in its ledger."""


@dataclass(frozen=True, slots=True)
class LogRow:
    """One act. `actor_id` is None for the command line and login providers.

    `subject_type` is account, topic, place, proposal, edit (of a proposal, whose id it has), comment or import.
    `subject_id` is an account's public id.
    `label` names the subject; None when it has left, or is not public. `detail` is the role, decision, outcome,
    state or source, as a word for machines.
    """

    at: datetime
    kind: StaffActKind
    id: int
    actor_id: int | None
    subject_type: str
    subject_id: int
    detail: str | None
    label: str | None

    @property
    def key(self) -> LogKey:
        """Where it stands in the list."""
        return self.at, self.kind.value, self.id


@dataclass(frozen=True, slots=True)
class _Ledger:
    """Where acts are kept: a table and the columns of a log row, and which of its rows are acts of staff."""

    table: str
    at: str
    kind: str
    actor: str
    subject_type: str
    subject_id: str
    detail: str
    condition: str = "true"

    def select(self) -> str:
        """Its newest acts before the key ($2 to $4), as many as the page needs ($5)."""
        kind = f'({self.kind})::text COLLATE "C"'
        return f"""(
            SELECT {self.at} AS at, {kind} AS kind, id, {self.actor} AS actor_id, {self.subject_type} AS subject_type,
                   {self.subject_id} AS subject_id, {self.detail} AS detail
            FROM {self.table}
            WHERE municipality_id = $1 AND {self.condition}
              AND ($2::timestamptz IS NULL OR ({self.at} <= $2 AND ({self.at}, {kind}, id) < ($2, $3::text, $4)))
            ORDER BY {self.at} DESC, {kind} DESC, id DESC LIMIT $5)"""


def _act(kind: StaffActKind, subject: str) -> _Ledger:
    return _Ledger(
        "staff_act",
        "created_at",
        "kind",
        "actor_id",
        f"'{subject}'",
        f"{subject}_id",
        "NULL::text",
        f"kind = '{kind}'",
    )


def _account_act(kind: StaffActKind) -> _Ledger:
    return _Ledger(
        "account_act",
        "created_at",
        "kind",
        "actor_id",
        "'account'",
        "account_id",
        "NULL::text",
        f"kind = '{kind}'",
    )


_LEDGERS: Final[Mapping[StaffActKind, _Ledger]] = {
    StaffActKind.ROLE_GRANTED: _Ledger(
        "role_grant", "created_at", "'role_granted'", "granted_by_id", "'account'", "account_id", "role"
    ),
    StaffActKind.ROLE_ENDED: _Ledger(
        "role_grant",
        "ended_at",
        "'role_ended'",
        "ended_by_id",
        "'account'",
        "account_id",
        "role",
        "ended_at IS NOT NULL",
    ),
    StaffActKind.CASE_DECIDED: _Ledger(
        "moderation_case",
        "decided_at",
        "'case_decided'",
        "decided_by_id",
        "subject_type",
        "subject_id",
        "decision",
        "decided_by_id IS NOT NULL",
    ),
    StaffActKind.ANSWERED: _Ledger(
        "proposal_answer", "created_at", "'answered'", "planner_id", "'proposal'", "proposal_id", "outcome"
    ),
    StaffActKind.STATUS_CHANGED: _Ledger(
        "proposal_transition",
        "created_at",
        "'status_changed'",
        "actor_id",
        "'proposal'",
        "proposal_id",
        "to_state",
        # An answer is in a ledger of its own.
        "actor_role = 'planner' AND to_state <> 'answered'",
    ),
    StaffActKind.TOPIC_CREATED: _act(StaffActKind.TOPIC_CREATED, "topic"),
    StaffActKind.TOPIC_CHANGED: _act(StaffActKind.TOPIC_CHANGED, "topic"),
    StaffActKind.PLACE_CREATED: _act(StaffActKind.PLACE_CREATED, "place"),
    StaffActKind.PLACE_CHANGED: _act(StaffActKind.PLACE_CHANGED, "place"),
    StaffActKind.IMPORT_STARTED: _Ledger(
        "import_run",
        "created_at",
        "'import_started'",
        "started_by_id",
        "'import'",
        "id",
        "source",
        "NOT dry_run",
    ),
    **{
        kind: _account_act(kind)
        for kind in (
            StaffActKind.SESSIONS_ENDED,
            StaffActKind.TOKENS_ENDED,
            StaffActKind.ACCOUNT_SUSPENDED,
            StaffActKind.ACCOUNT_REINSTATED,
            StaffActKind.NAMES_READ,
        )
    },
}

_SUBJECT: Final = """CASE l.subject_type
    WHEN 'account' THEN (SELECT a.public_id FROM account a WHERE a.municipality_id = $1 AND a.id = l.subject_id)
    ELSE l.subject_id END AS subject_id"""

# An administrator is no moderator: words that are not public are not told here either.
_LABEL: Final = f"""
    CASE l.subject_type
        WHEN 'account' THEN (SELECT a.display_name FROM account a
            WHERE a.municipality_id = $1 AND a.id = l.subject_id AND a.deleted_at IS NULL)
        WHEN 'topic' THEN (SELECT t.title FROM topic_text t WHERE t.municipality_id = $1 AND t.topic_id = l.subject_id
            ORDER BY (t.language = $6) DESC, (t.language = 'nb') DESC, t.language LIMIT 1)
        WHEN 'place' THEN (SELECT b.name FROM place b WHERE b.municipality_id = $1 AND b.id = l.subject_id)
        WHEN 'edit' THEN (SELECT p.title FROM proposal p
            WHERE p.municipality_id = $1 AND p.id = l.subject_id AND {PUBLIC_SQL})
        WHEN 'proposal' THEN (SELECT p.title FROM proposal p
            WHERE p.municipality_id = $1 AND p.id = l.subject_id AND {PUBLIC_SQL})
        WHEN 'comment' THEN (SELECT p.title FROM comment c
            JOIN proposal p ON p.municipality_id = c.municipality_id AND c.subject_type = 'proposal'
                AND p.id = c.subject_id
            WHERE c.municipality_id = $1 AND c.id = l.subject_id AND {PUBLIC_SQL})
        WHEN 'import' THEN (SELECT r.file_name FROM import_run r WHERE r.municipality_id = $1 AND r.id = l.subject_id)
    END AS label
"""


async def staff_log(
    actor: Actor, language: str, *, kind: StaffActKind | None, before: LogKey | None, limit: int
) -> list[LogRow]:
    """What staff did, of one kind or of all, the newest first; `before` is the key to go on from.

    For administrators. Raises Unauthenticated, Forbidden.
    """
    require(administer(actor, None))
    chosen = [_LEDGERS[kind]] if kind is not None else list(_LEDGERS.values())
    at, last_kind, last_id = before or (None, None, None)
    rows = await fetch(
        f"""SELECT l.at, l.kind, l.id, l.actor_id, l.subject_type, {_SUBJECT}, l.detail, {_LABEL}
            FROM (SELECT * FROM ({" UNION ALL ".join(ledger.select() for ledger in chosen)}) u
                  ORDER BY at DESC, kind DESC, id DESC LIMIT $5) l
            ORDER BY l.at DESC, l.kind DESC, l.id DESC""",
        actor.municipality_id,
        at,
        last_kind,
        last_id,
        limit,
        language,
    )
    return [LogRow(**{**dict(row), "kind": StaffActKind(row["kind"])}) for row in rows]
