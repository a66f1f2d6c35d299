"""The ground that every slice stands on, and its own tables."""

from typing import Final

from backend.platform.personal_tables import Erasure, PersonalTable
from backend.platform.slices import ALL, CHANGE, READ, ClockEntry, Manifest

_DELETE = Erasure.DELETE

MANIFEST: Final = Manifest(
    models=(
        "backend.platform.outbox",
        "backend.platform.idempotency",
    ),
    rights={
        "tortoise_migrations": READ,
        "municipality": "SELECT, UPDATE (name)",
        "health_probe": CHANGE,
        "idempotency_key": ALL,
        "outbox": ALL,
    },
    personal_tables=(
        PersonalTable(
            "idempotency_key", "account_id", _DELETE, ("created_at", "operation", "key", "subject_id")
        ),
    ),
    clock=(
        ClockEntry("clear_expired", {"hour": 3, "minute": 10, "second": 0}),
        ClockEntry("sweep_waiting", {"second": 47}),
    ),
    retention=(
        # A client that retries does so within hours.
        "DELETE FROM idempotency_key WHERE municipality_id = $1 AND created_at < now() - interval '7 days'",
    ),
)
