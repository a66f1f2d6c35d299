"""Runs the signals over a content, and says what follows from what they found. Pure: nothing is stored."""

from collections.abc import Iterable

from backend.moderation.signals.model import ScreenedText, Screening, Signal, SignalOutcome, Verdict
from backend.moderation.signals.reasons import APPROVAL_REQUIRED, SCREENING_FAILED
from backend.moderation.signals.registry import SIGNALS
from backend.topics.modes import ModerationMode

CERTAIN = 0.95


def screen(content: ScreenedText, signals: Iterable[Signal] = SIGNALS) -> Screening:
    """Run every signal; one that raises is recorded as failed and the others still run."""
    return Screening(tuple(_outcome(signal, content) for signal in signals))


def verdict(screening: Screening, mode: ModerationMode | str) -> Verdict:
    """Whether to publish. A failed signal always holds: what was not looked at is not known to be harmless.

    Otherwise `publish_at_once` holds from `CERTAIN`, `hold_risky` from each signal's own threshold, and
    `approve_first` always, naming besides what the signals found. An unknown mode is a ValueError.
    """
    mode = ModerationMode(mode)
    reasons = [APPROVAL_REQUIRED] if mode is ModerationMode.APPROVE_FIRST else []
    if any(outcome.score is None for outcome in screening.signals):
        reasons.append(SCREENING_FAILED)
    reasons += [outcome.name for outcome in screening.signals if _holds(outcome, mode)]
    return Verdict(publish=not reasons, reasons=tuple(reasons))


def _outcome(signal: Signal, content: ScreenedText) -> SignalOutcome:
    try:
        found = signal.assess(content)
    except Exception as error:
        # The message may quote the text, so only the kind of error is kept.
        detail = {"error": type(error).__name__}
        return SignalOutcome(signal.name, signal.version, None, signal.hold_from, detail)
    return SignalOutcome(signal.name, signal.version, found.score, signal.hold_from, found.detail)


def _holds(outcome: SignalOutcome, mode: ModerationMode) -> bool:
    threshold = CERTAIN if mode is ModerationMode.PUBLISH_AT_ONCE else outcome.hold_from
    return outcome.score is not None and outcome.score >= threshold
