"""Every table with rows about a person: what of it a person gets, and what becomes of it when they leave.

The one list behind export and erasure. A test holds it against the database's references to `account`, so a
table that is not here is noticed.
"""

from dataclasses import dataclass
from enum import StrEnum


class Erasure(StrEnum):
    """What becomes of rows whose account is deleted. The account's own row stays, emptied."""

    DELETE = "delete"
    """The rows go."""
    CLEAR = "clear"
    """The reference is emptied: the row was never about this person."""
    STUB = "stub"
    """The row stays and refers to an account that is nobody: what was done has to be accounted for."""
    RULED = "ruled"
    """A rule in erasure.py decides, from what the person chose and what the content has become."""


@dataclass(frozen=True, slots=True)
class PersonalTable:
    """Rows that refer to an account by one column.

    `exported` are the columns a person gets; where there are none, `why` says why. `condition` finds rows
    that belong to a person through another table; it may use $1 (municipality) and $2 (account). `derived` are
    names and SQL of what is stored elsewhere about the same thing.
    """

    table: str
    column: str
    erasure: Erasure
    exported: tuple[str, ...] = ()
    why: str = ""
    condition: str = ""
    derived: tuple[tuple[str, str], ...] = ()

    @property
    def where(self) -> str:
        """The SQL condition for one account's rows; $1 is the municipality, $2 the account."""
        return self.condition or f"{self.column} = $2"

    @property
    def file_name(self) -> str:
        """What its rows are called in an export."""
        return (
            self.table if self.column in ("id", "account_id", "author_id") else f"{self.table}.{self.column}"
        )


_DELETE, _CLEAR, _STUB, _RULED = Erasure.DELETE, Erasure.CLEAR, Erasure.STUB, Erasure.RULED

ACCOUNT_COLUMNS = (
    "id",
    "created_at",
    "kind",
    "public_id",
    "display_name",
    "name_kind",
    "language",
    "birth_year",
    "home_municipality",
    "home_place_id",
    "email",
    "pending_email",
    "email_expires_at",
    "email_asked_at",
    "welcomed_at",
    "residence_source",
    "residence_at",
    "suspended_at",
    "deleted_at",
    "is_demo",
)
"""The columns of `account` that a person gets: all but the municipality, which is the platform's own, and the
hash of a secret."""

_SUPPORTS = """(SELECT act.supports FROM proposal_activity act
    WHERE act.municipality_id = proposal.municipality_id AND act.proposal_id = proposal.id)"""
PERSONAL_TABLES: tuple[PersonalTable, ...] = (
    PersonalTable("account", "id", _RULED, ACCOUNT_COLUMNS),
    PersonalTable(
        "account_identity",
        "account_id",
        _DELETE,
        ("created_at", "provider", "subject", "pepper_version", "last_login_at"),
    ),
    PersonalTable("account_display_name", "account_id", _DELETE, ("created_at", "display_name", "name_kind")),
    PersonalTable(
        "account_session",
        "account_id",
        _DELETE,
        ("created_at", "provider", "acr", "device", "last_seen_at", "expires_at", "ended_at"),
    ),
    PersonalTable(
        "role_grant",
        "account_id",
        _RULED,
        ("created_at", "role", "topic_id", "source", "ended_at"),
    ),
    PersonalTable("role_grant", "granted_by_id", _STUB, ("created_at", "role", "topic_id")),
    PersonalTable("role_grant", "ended_by_id", _STUB, ("ended_at", "role", "topic_id")),
    PersonalTable(
        "access_token",
        "account_id",
        _DELETE,
        ("created_at", "name", "scopes", "expires_at", "last_used_at", "ended_at"),
    ),
    PersonalTable("account_binding", "resident_id", _DELETE, ("created_at",)),
    PersonalTable("account_binding", "employee_id", _DELETE, ("created_at",)),
    PersonalTable("account_act", "account_id", _STUB, ("created_at", "kind", "reason")),
    PersonalTable("account_act", "actor_id", _STUB, ("created_at", "kind", "reason")),
    PersonalTable("login_attempt", "binds_account_id", _DELETE, why="A login under way; gone within a day."),
    PersonalTable("machine_client", "account_id", _STUB, why="A machine's account, never a person's."),
    PersonalTable(
        "data_request",
        "account_id",
        _RULED,
        ("created_at", "kind", "keep_content", "state", "finished_at", "expires_at"),
    ),
    PersonalTable("idempotency_key", "account_id", _DELETE, ("created_at", "operation", "key", "subject_id")),
    PersonalTable(
        "proposal",
        "author_id",
        _RULED,
        (
            "id",
            "created_at",
            "topic_id",
            "state",
            "outcome",
            "language",
            "title",
            "body",
            "version",
            "place_id",
            "longitude",
            "latitude",
            "submitted_at",
            "published_at",
            "answered_at",
        ),
        derived=(("supports", _SUPPORTS),),
    ),
    PersonalTable(
        "proposal_version",
        "editor_id",
        _RULED,
        ("proposal_id", "number", "title", "body", "is_amendment", "created_at"),
    ),
    PersonalTable(
        "proposal_pending_version",
        "editor_id",
        _RULED,
        ("proposal_id", "number", "state", "title", "body", "language", "place_id", "created_at"),
    ),
    PersonalTable(
        "proposal_transition",
        "actor_id",
        _RULED,
        ("proposal_id", "ordinal", "from_state", "to_state", "actor_role", "reason", "created_at"),
    ),
    PersonalTable(
        "proposal_answer",
        "planner_id",
        _STUB,
        ("proposal_id", "outcome", "reason", "language", "created_at"),
    ),
    PersonalTable(
        "proposal_note", "author_id", _STUB, ("id", "proposal_id", "body", "created_at", "withdrawn_at")
    ),
    PersonalTable(
        "proposal_invitation",
        "invited_by_id",
        _RULED,
        ("proposal_id", "created_at", "expires_at", "accepted_at", "ended_at"),
    ),
    PersonalTable(
        "proposal_invitation", "accepted_by_id", _RULED, ("proposal_id", "accepted_at", "ended_at")
    ),
    PersonalTable("support_event", "account_id", _RULED, ("proposal_id", "ordinal", "created_at")),
    PersonalTable(
        "comment",
        "author_id",
        _RULED,
        (
            "id",
            "subject_type",
            "subject_id",
            "parent_id",
            "stance",
            "language",
            "body",
            "state",
            "is_staff",
            "published_at",
            "created_at",
        ),
    ),
    PersonalTable(
        "comment_transition",
        "actor_id",
        _STUB,
        ("comment_id", "ordinal", "from_state", "to_state", "actor_role", "created_at"),
    ),
    PersonalTable(
        "content", "author_id", _STUB, why="Says of what is exported by itself only that it is there."
    ),
    PersonalTable("follow", "account_id", _DELETE, ("topic_id", "subject_type", "subject_id", "created_at")),
    PersonalTable(
        "moderation_case",
        "author_id",
        _STUB,
        (
            "id",
            "created_at",
            "subject_type",
            "subject_id",
            "subject_version",
            "origin",
            "reasons",
            "state",
            "decision",
            "decided_at",
            "reason_code",
            "reason_text",
        ),
    ),
    PersonalTable(
        "moderation_signal",
        "case_id",
        _STUB,
        ("case_id", "name", "version", "score", "detail", "created_at"),
        condition="""case_id IN (SELECT id FROM moderation_case
                     WHERE municipality_id = $1 AND author_id = $2)""",
    ),
    PersonalTable("moderation_case", "claimed_by_id", _STUB, ("id", "claimed_at", "state")),
    PersonalTable(
        "moderation_case",
        "decided_by_id",
        _STUB,
        ("id", "decided_at", "decision", "reason_code", "reason_text"),
    ),
    PersonalTable(
        "report",
        "reporter_id",
        _RULED,
        ("created_at", "subject_type", "subject_id", "reason_code", "text"),
    ),
    PersonalTable(
        "event",
        "actor_id",
        _STUB,
        ("created_at", "kind", "subject_type", "subject_id", "root_type", "root_id", "topic_id", "detail"),
    ),
    PersonalTable(
        "delivery",
        "account_id",
        _DELETE,
        ("created_at", "event_id", "channel", "cause", "state", "sent_at", "read_at"),
    ),
    PersonalTable(
        "notification_preference", "account_id", _DELETE, ("created_at", "kind", "channel", "wanted")
    ),
    PersonalTable(
        "notification_cause_preference", "account_id", _DELETE, ("created_at", "cause", "channel", "wanted")
    ),
    PersonalTable("notification_mute", "account_id", _DELETE, ("created_at", "subject_type", "subject_id")),
    PersonalTable(
        "import_run",
        "started_by_id",
        _STUB,
        ("created_at", "source", "file_name", "state", "finished_at"),
    ),
    PersonalTable("import_upload", "account_id", _DELETE, ("created_at", "file_name", "size")),
    PersonalTable("staff_act", "actor_id", _STUB, ("created_at", "kind", "topic_id", "place_id")),
    PersonalTable("topic", "responsible_id", _CLEAR, ("id", "slug")),
)
