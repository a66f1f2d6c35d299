"""What happened, who is told, and whether it reached them."""

from typing import Final

from backend.platform.personal_tables import Erasure, PersonalTable
from backend.platform.slices import ALL, ClockEntry, Manifest, WaitingRows

_DELETE, _STUB = Erasure.DELETE, Erasure.STUB

MANIFEST: Final = Manifest(
    models=("backend.notifications.models",),
    ledgers=("event",),
    rights={
        "delivery": ALL,
        "notification_cause_preference": ALL,
        "notification_mute": ALL,
        "notification_preference": ALL,
    },
    personal_tables=(
        PersonalTable(
            "event",
            "actor_id",
            _STUB,
            (
                "created_at",
                "kind",
                "subject_type",
                "subject_id",
                "root_type",
                "root_id",
                "topic_id",
                "detail",
            ),
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
            "notification_cause_preference",
            "account_id",
            _DELETE,
            ("created_at", "cause", "channel", "wanted"),
        ),
        PersonalTable(
            "notification_mute", "account_id", _DELETE, ("created_at", "subject_type", "subject_id")
        ),
    ),
    clock=(
        # Mails whose sender died, or that wait too long.
        ClockEntry("sweep_sending", {"second": 37}),
    ),
    waiting=(
        WaitingRows(
            table="delivery",
            states=("waiting", "sending"),
            why="sweep_sending takes them up, or gives up.",
        ),
    ),
)
