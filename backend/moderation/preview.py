"""What the author would be told of a decision, before it is made."""

from backend.content.registry import kind_of
from backend.moderation.decisions import Decision
from backend.moderation.queue import CaseRow
from backend.moderation.reasons import ReasonCode
from backend.notifications.events import EventKind
from backend.notifications.kinds import Cause
from backend.notifications.wording import Message, say
from backend.proposals.rules import ProposalFacts

_TOLD = {
    Decision.APPROVE: EventKind.PUBLISHED,
    Decision.REJECT: EventKind.REJECTED,
    Decision.HIDE: EventKind.CONTENT_HIDDEN,
}


def preview_notification(
    case: CaseRow, decision: Decision, ground: ReasonCode | None, facts: ProposalFacts, language: str
) -> Message | None:
    """The notification in this language; None when the author hears nothing of the decision."""
    kind = _TOLD.get(decision)
    # Who was told that a moderator looks at the text is told that it stays.
    if decision is Decision.DISMISS and case.origin == "screening" and case.subject_is_shown:
        kind = EventKind.PUBLISHED
    if kind is None:
        return None
    kind_of_content = kind_of(case.subject_type)
    cause = Cause(kind_of_content.author_cause)
    detail = {"reasons": [ground.value] if ground else [], **kind_of_content.event_detail}
    return say(language, kind, cause, facts, detail)
