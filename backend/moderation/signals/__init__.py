"""Signals that screen what people write before it is published."""

from backend.moderation.signals.model import (
    Assessment,
    ScreenedText,
    Screening,
    Signal,
    SignalOutcome,
    Verdict,
)
from backend.moderation.signals.reasons import REASON_TEXTS
from backend.moderation.signals.registry import SIGNALS
from backend.moderation.signals.screening import CERTAIN, screen, verdict

__all__ = [
    "CERTAIN",
    "REASON_TEXTS",
    "SIGNALS",
    "Assessment",
    "ScreenedText",
    "Screening",
    "Signal",
    "SignalOutcome",
    "Verdict",
    "screen",
    "verdict",
]
