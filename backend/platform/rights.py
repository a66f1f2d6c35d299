"""What the processes' database role may do: the one list of every table, and the grants made of it.

Tables belong to the role that migrates. Web, relay and workers connect as another one, which changes no table's
shape, adds to ledgers and nothing else, and deletes only where deleting is part of the domain. What erasing needs of
the ledgers is one function of the owner's (docs/decisions/0020-two-database-roles.md).
"""

from collections.abc import Iterator, Mapping
from typing import Final

_READ: Final = "SELECT"
_ADD: Final = "SELECT, INSERT"
_CHANGE: Final = "SELECT, INSERT, UPDATE"
_ALL: Final = "SELECT, INSERT, UPDATE, DELETE"

LEDGERS: Final = (
    "account_act",
    "comment_transition",
    "event",
    "proposal_answer",
    "proposal_transition",
    "proposal_version",
    "recount_alarm",
    "staff_act",
    "support_event",
)
"""Rows of these are only ever added."""

RIGHTS: Final[Mapping[str, str]] = {
    **dict.fromkeys(LEDGERS, _ADD),
    # Triggers write it, as the owner.
    "content": _READ,
    "comment_state_rule": _READ,
    "proposal_state_rule": _READ,
    "tortoise_migrations": _READ,
    # Locking a row needs the right to change something of it.
    "municipality": "SELECT, UPDATE (name)",
    "proposal_note": "SELECT, INSERT, UPDATE (withdrawn_at)",
    "role_grant": "SELECT, INSERT, UPDATE (ended_at, ended_by_id)",
    "account": _CHANGE,
    "comment": _CHANGE,
    "data_request": _CHANGE,
    "health_probe": _CHANGE,
    "import_run": _CHANGE,
    "machine_client": _CHANGE,
    "moderation_case": _CHANGE,
    "moderation_signal": _CHANGE,
    "place": _CHANGE,
    "proposal": _CHANGE,
    "proposal_activity": _CHANGE,
    "proposal_figures": _CHANGE,
    "proposal_invitation": _CHANGE,
    "report": _CHANGE,
    "support_window": _CHANGE,
    "topic": _CHANGE,
    "access_token": _ALL,
    "account_binding": _ALL,
    "account_display_name": _ALL,
    "account_identity": _ALL,
    "account_session": _ALL,
    "delivery": _ALL,
    "follow": _ALL,
    "idempotency_key": _ALL,
    "import_row_error": _ALL,
    "import_upload": _ALL,
    "import_upload_chunk": _ALL,
    "login_attempt": _ALL,
    "notification_cause_preference": _ALL,
    "notification_mute": _ALL,
    "notification_preference": _ALL,
    "outbox": _ALL,
    "proposal_link": _ALL,
    "proposal_pending_version": _ALL,
    "topic_place": _ALL,
    "topic_requirement": _ALL,
    "topic_text": _ALL,
}
"""What the role may do with each table."""

FUNCTIONS: Final = ("erase_proposal_words(int, bigint, bigint, text)",)
"""What it may have done as the owner."""


def quoted(name: str) -> str:
    """A name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def grants(role: str) -> Iterator[str]:
    """The statements that give `role` these rights and no others; for the owner, in one transaction."""
    whom = quoted(role)
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    for kind in ("TABLES", "SEQUENCES", "FUNCTIONS"):
        yield f"REVOKE ALL ON ALL {kind} IN SCHEMA public FROM {whom}"
    yield f"GRANT USAGE ON SCHEMA public TO {whom}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {whom}"
    for table, rights in RIGHTS.items():
        yield f"GRANT {rights} ON {quoted(table)} TO {whom}"
    for function in FUNCTIONS:
        yield f"GRANT EXECUTE ON FUNCTION {function} TO {whom}"
