"""What the author would be told of a decision, before it is made."""

from backend.content.kinds import ContentRef, Summary
from backend.content.registry import kind_of
from backend.moderation.decisions import Decision
from backend.moderation.queue import CaseRow
from backend.moderation.reasons import ReasonCode
from backend.notifications.events import EventKind
from backend.notifications.kinds import Cause
from backend.notifications.wording import Message, render_message, wording_of

_EVENT_KINDS = {
    Decision.APPROVE: EventKind.PUBLISHED,
    Decision.REJECT: EventKind.REJECTED,
    Decision.HIDE: EventKind.CONTENT_HIDDEN,
}


def preview_notification(
    case: CaseRow, decision: Decision, ground: ReasonCode | None, summary: Summary, language: str
) -> Message | None:
    """The notification in this language; None when the author hears nothing of the decision."""
    kind = _EVENT_KINDS.get(decision)
    # Who was told that a moderator looks at the text is told that it stays.
    if decision is Decision.DISMISS and case.origin == "screening" and case.subject_is_shown:
        kind = EventKind.PUBLISHED
    if kind is None:
        return None
    subject = ContentRef(case.subject_type, case.subject_id)
    wording = wording_of(subject, case.root, kind, Cause(kind_of(case.subject_type).author_cause))
    return render_message(language, wording, summary, {"reasons": [ground.value] if ground else []})
