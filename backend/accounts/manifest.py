"""People, how they log in, and what they may do."""

from typing import Final

from backend.accounts.my_data import UNFINISHED, give_up_requests
from backend.platform.personal_tables import Erasure, PersonalTable
from backend.platform.slices import ALL, CHANGE, ClockEntry, Manifest, WaitingRows

_DELETE, _STUB, _RULED = Erasure.DELETE, Erasure.STUB, Erasure.RULED

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
MANIFEST: Final = Manifest(
    models=("backend.accounts.models",),
    ledgers=("account_act",),
    rights={
        "account": CHANGE,
        "data_request": CHANGE,
        "machine_client": CHANGE,
        # Locking a row needs the right to change something of it.
        "role_grant": "SELECT, INSERT, UPDATE (ended_at, ended_by_id)",
        "access_token": ALL,
        "account_binding": ALL,
        "account_display_name": ALL,
        "account_identity": ALL,
        "account_session": ALL,
        "login_attempt": ALL,
    },
    personal_tables=(
        PersonalTable("account", "id", _RULED, ACCOUNT_COLUMNS),
        PersonalTable(
            "account_identity",
            "account_id",
            _DELETE,
            ("created_at", "provider", "subject", "pepper_version", "last_login_at"),
        ),
        PersonalTable(
            "account_display_name", "account_id", _DELETE, ("created_at", "display_name", "name_kind")
        ),
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
        PersonalTable(
            "login_attempt", "binds_account_id", _DELETE, why="A login under way; gone within a day."
        ),
        PersonalTable("machine_client", "account_id", _STUB, why="A machine's account, never a person's."),
        PersonalTable(
            "data_request",
            "account_id",
            _RULED,
            ("created_at", "kind", "keep_content", "state", "finished_at", "expires_at"),
        ),
    ),
    clock=(ClockEntry("lapse_access", {"minute": 40, "second": 0}),),
    retention=(
        "DELETE FROM login_attempt WHERE municipality_id = $1 AND expires_at < now() - interval '1 day'",
        "DELETE FROM account_session WHERE municipality_id = $1 AND expires_at < now() - interval '90 days'",
        # What has ended may be asked about for a year: who could use it, and until when.
        """DELETE FROM access_token WHERE municipality_id = $1
           AND least(ended_at, expires_at) < now() - interval '1 year'""",
        # An address that nobody confirmed may be a stranger's.
        """UPDATE account SET pending_email = NULL, email_secret_hash = NULL, email_expires_at = NULL
           WHERE municipality_id = $1 AND email_expires_at < now()""",
        """UPDATE account SET email_asked_at = NULL WHERE municipality_id = $1 AND email_asked_at IS NOT NULL
           AND now() - interval '1 hour' > ALL(email_asked_at)""",
        """UPDATE data_request SET result = NULL
           WHERE municipality_id = $1 AND expires_at < now() AND result IS NOT NULL""",
    ),
    rate_limits={
        "updateProfile": "60/hour",
        "requestMyData": "10/day",
    },
    waiting=(WaitingRows(table="data_request", states=UNFINISHED, sweep=give_up_requests),),
)
