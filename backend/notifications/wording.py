"""What is said about an event, in the words of the kinds of content that it is about."""

from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from backend.content.kinds import ContentRef, Summary, Voice, Wording
from backend.content.registry import kind_of, root_kind
from backend.notifications.events import EventKind
from backend.notifications.kinds import Cause
from backend.platform.i18n import N_, translate
from backend.platform.slices import contributions
from backend.text.isolation import isolate_text

_VOICES: Mapping[Cause, Voice] = {
    Cause.AUTHOR: Voice.OWN,
    Cause.COMMENTER: Voice.COMMENT,
    Cause.SUPPORTER: Voice.SUPPORTED,
    Cause.DISCUSSION: Voice.DISCUSSED,
    Cause.PROPOSAL: Voice.FOLLOWED,
    Cause.TOPIC: Voice.FOLLOWED,
}


@dataclass(frozen=True, slots=True)
class Message:
    """A notification in somebody's language: one line, some sentences, and reasons where there are any.

    A mail about a decision holds more, since it is read where the page is not: the decider's own words
    (`quote`, under its heading), and `after` them what may be done about it.
    """

    subject: str
    text: str
    reasons: tuple[str, ...]
    quote_heading: str = ""
    quote: str = ""
    after: str = ""


def one_line(text: str) -> str:
    """The text without line breaks and control characters, so that it cannot end a header or a sentence."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def wording_of(subject: ContentRef, root: ContentRef, kind: EventKind, cause: Cause) -> Wording:
    """The words for an event. Raises LookupError where neither the root's kind nor the subject's has any."""
    key = (subject.kind, kind.value, _VOICES[cause])
    found = root_kind(root.kind).wordings.get(key) or kind_of(subject.kind).wordings.get(key)
    if found is None:
        raise LookupError(f"no words for {key} below {root.kind}")
    return found


def render_message(
    language: str,
    wording: Wording,
    summary: Summary | None,
    detail: Mapping[str, Any],
) -> Message:
    """The notification in words; without a summary (what the person may no longer see) only the subject."""
    subject = translate(language, wording.subject)
    if summary is None:
        return Message(subject, subject, ())
    text = translate(language, wording.text, **_params(language, summary, detail))
    return Message(subject, text, _reasons(language, detail.get("reasons", ())))


def add_decision(language: str, message: Message, reason_text: str | None, contact: str) -> Message:
    """The notification of a decision with the moderator's own words and whom to write to."""
    return replace(
        message,
        quote_heading=translate(language, N_("Moderatoren skriver:")),
        quote=reason_text or "",
        after=translate(
            language,
            N_("Er du uenig i avgjørelsen? Skriv til {contact}, og fortell hva den gjelder og hvorfor."),
            contact=contact,
        ),
    )


def _params(language: str, summary: Summary, detail: Mapping[str, Any]) -> dict[str, str]:
    # What the event tells of stays true; the content itself may have moved on since.
    params = {**summary.params, **root_kind(summary.ref.kind).event_params(detail)}
    return {
        "title": isolate_text(one_line(summary.title)),
        "topic": isolate_text(one_line(summary.topic_title or "")),
        **{name: translate(language, text) for name, text in params.items()},
    }


def _reasons(language: str, codes: Sequence[str]) -> tuple[str, ...]:
    """Why screening held it, or on which ground a moderator decided; codes of older versions are left out."""
    known = ChainMap(*contributions("reason_texts"))
    return tuple(translate(language, known[code]) for code in codes if code in known)
