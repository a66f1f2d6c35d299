"""Screening, reports, cases and decisions."""

from typing import Final

from backend.moderation.reasons import GROUNDS
from backend.moderation.signals.reasons import REASON_TEXTS
from backend.platform.personal_tables import Erasure, PersonalTable
from backend.platform.slices import CHANGE, Manifest, WaitingRows

_STUB, _RULED = Erasure.STUB, Erasure.RULED

MANIFEST: Final = Manifest(
    models=("backend.moderation.models",),
    rights={
        "moderation_case": CHANGE,
        "moderation_signal": CHANGE,
        "report": CHANGE,
    },
    personal_tables=(
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
    ),
    reason_texts=(GROUNDS, REASON_TEXTS),
    rate_limits={
        "reportContent": "30/hour",
    },
    waiting=(
        WaitingRows(
            table="moderation_case", states=("waiting", "claimed"), why="For people; a claim ends by itself."
        ),
    ),
)
