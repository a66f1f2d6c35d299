"""What is said about each kind of event, depending on how the person stands to it.

No subject holds words that residents wrote: mail servers and lock screens show subjects to others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from backend.moderation.reasons import GROUNDS
from backend.moderation.signals.reasons import REASON_TEXTS
from backend.notifications.events import EventKind
from backend.notifications.kinds import Cause
from backend.platform.i18n import N_, translate
from backend.proposals.outcome_texts import ANSWERED_TEXTS
from backend.proposals.rules import ProposalFacts
from backend.proposals.states import ProposalState
from backend.text.isolation import isolate_text


@dataclass(frozen=True, slots=True)
class Wording:
    """Source texts in bokmål; `text` has places for title, topic, status and outcome."""

    subject: str
    text: str


_OWN, _EDIT, _COMMENT = "own", "edit", "comment"
_SUPPORTED, _DISCUSSED, _FOLLOWED = "supported", "discussed", "followed"
_VOICES = {
    Cause.AUTHOR: _OWN,
    Cause.COMMENTER: _COMMENT,
    Cause.SUPPORTER: _SUPPORTED,
    Cause.DISCUSSION: _DISCUSSED,
    Cause.PROPOSAL: _FOLLOWED,
    Cause.TOPIC: _FOLLOWED,
}
_K = EventKind
WORDINGS: dict[tuple[EventKind, str], Wording] = {
    (_K.PUBLISHED, _OWN): Wording(
        N_("Forslaget ditt er publisert"),
        N_("Forslaget ditt «{title}» er publisert. Nå kan andre støtte og kommentere det."),
    ),
    (_K.PUBLISHED, _EDIT): Wording(
        N_("Endringen av forslaget ditt er publisert"),
        N_("Endringen av forslaget ditt «{title}» er godkjent. Den nye teksten er synlig for alle."),
    ),
    (_K.PUBLISHED, _COMMENT): Wording(
        N_("Kommentaren din er publisert"), N_("Kommentaren din til forslaget «{title}» er publisert.")
    ),
    (_K.HELD, _OWN): Wording(
        N_("En moderator sjekker forslaget ditt"),
        N_("En moderator sjekker forslaget ditt «{title}». Du får beskjed når det er avgjort."),
    ),
    (_K.HELD, _EDIT): Wording(
        N_("En moderator sjekker endringen av forslaget ditt"),
        N_(
            "En moderator sjekker endringen av forslaget ditt «{title}». Teksten som står der nå, gjelder så lenge. "
            "Du får beskjed når det er avgjort."
        ),
    ),
    (_K.HELD, _COMMENT): Wording(
        N_("En moderator sjekker kommentaren din"),
        N_(
            "En moderator sjekker kommentaren din til forslaget «{title}». Du får beskjed når det er avgjort."
        ),
    ),
    (_K.REJECTED, _OWN): Wording(
        N_("Forslaget ditt ble ikke publisert"),
        N_("En moderator har avgjort at forslaget ditt «{title}» ikke blir publisert."),
    ),
    (_K.REJECTED, _EDIT): Wording(
        N_("Endringen av forslaget ditt ble ikke publisert"),
        N_(
            "En moderator har avgjort at endringen av forslaget ditt «{title}» ikke blir publisert. "
            "Teksten som sto der før, gjelder fortsatt."
        ),
    ),
    (_K.REJECTED, _COMMENT): Wording(
        N_("Kommentaren din ble ikke publisert"),
        N_("En moderator har avgjort at kommentaren din til forslaget «{title}» ikke blir publisert."),
    ),
    (_K.CONTENT_HIDDEN, _OWN): Wording(
        N_("Forslaget ditt er skjult"),
        N_("En moderator har skjult forslaget ditt «{title}» for andre."),
    ),
    (_K.CONTENT_HIDDEN, _COMMENT): Wording(
        N_("Kommentaren din er skjult"),
        N_("En moderator har skjult kommentaren din til forslaget «{title}» for andre."),
    ),
    (_K.ANSWERED, _OWN): Wording(
        N_("Kommunen har svart på forslaget ditt"),
        N_("Kommunen har svart på forslaget ditt «{title}». {outcome}."),
    ),
    (_K.ANSWERED, _SUPPORTED): Wording(
        N_("Kommunen har svart på et forslag du støtter"),
        N_("Kommunen har svart på forslaget «{title}», som du støtter. {outcome}."),
    ),
    (_K.ANSWERED, _DISCUSSED): Wording(
        N_("Kommunen har svart på et forslag du har kommentert"),
        N_("Kommunen har svart på forslaget «{title}», som du har kommentert. {outcome}."),
    ),
    (_K.ANSWERED, _FOLLOWED): Wording(
        N_("Kommunen har svart på et forslag du følger"),
        N_("Kommunen har svart på forslaget «{title}». {outcome}."),
    ),
    (_K.STATUS_CHANGED, _OWN): Wording(
        N_("Forslaget ditt har fått ny status"),
        N_("Forslaget ditt «{title}» har fått ny status: {status}."),
    ),
    (_K.STATUS_CHANGED, _SUPPORTED): Wording(
        N_("Et forslag du støtter, har fått ny status"),
        N_("Forslaget «{title}», som du støtter, har fått ny status: {status}."),
    ),
    (_K.STATUS_CHANGED, _DISCUSSED): Wording(
        N_("Et forslag du har kommentert, har fått ny status"),
        N_("Forslaget «{title}», som du har kommentert, har fått ny status: {status}."),
    ),
    (_K.STATUS_CHANGED, _FOLLOWED): Wording(
        N_("Et forslag du følger, har fått ny status"),
        N_("Forslaget «{title}» har fått ny status: {status}."),
    ),
    (_K.COMMENT_ON_YOURS, _OWN): Wording(
        N_("Ny kommentar til forslaget ditt"), N_("Noen har kommentert forslaget ditt «{title}».")
    ),
    (_K.COMMENT_ON_YOURS, _COMMENT): Wording(
        N_("Svar på kommentaren din"), N_("Noen har svart på kommentaren din til forslaget «{title}».")
    ),
    (_K.NEW_ON_PROPOSAL, _FOLLOWED): Wording(
        N_("Ny kommentar til et forslag du følger"), N_("Noen har kommentert forslaget «{title}».")
    ),
    (_K.NEW_IN_TOPIC, _FOLLOWED): Wording(
        N_("Nytt forslag i et tema du følger"),
        N_("Det er kommet et nytt forslag i temaet {topic}: «{title}»."),
    ),
    (_K.AMENDED, _OWN): Wording(
        N_("Forslaget ditt er endret"), N_("En medforfatter har endret teksten i forslaget ditt «{title}».")
    ),
    (_K.AMENDED, _SUPPORTED): Wording(
        N_("Et forslag du støtter, er endret"),
        N_(
            "Teksten i forslaget «{title}», som du støtter, er endret. "
            "Les hva som er nytt. Du kan trekke støtten om du vil."
        ),
    ),
    (_K.AMENDED, _DISCUSSED): Wording(
        N_("Et forslag du har kommentert, er endret"),
        N_("Teksten i forslaget «{title}», som du har kommentert, er endret."),
    ),
    (_K.AMENDED, _FOLLOWED): Wording(
        N_("Et forslag du følger, er endret"), N_("Teksten i forslaget «{title}» er endret.")
    ),
}
WHY: dict[Cause, str] = {
    Cause.AUTHOR: N_("Du får denne e-posten fordi forslaget er ditt."),
    Cause.COMMENTER: N_("Du får denne e-posten fordi den gjelder en kommentar du har skrevet."),
    Cause.SUPPORTER: N_("Du får denne e-posten fordi du støtter forslaget."),
    Cause.DISCUSSION: N_("Du får denne e-posten fordi du har kommentert forslaget."),
    Cause.PROPOSAL: N_("Du får denne e-posten fordi du følger forslaget."),
    Cause.TOPIC: N_("Du får denne e-posten fordi du følger temaet."),
}
"""Why a mail comes to somebody, for its foot."""
STATUS_TEXTS: dict[str, str] = {
    ProposalState.PUBLISHED: "publisert",
    ProposalState.ASSESSMENT: "til vurdering",
    ProposalState.ANSWERED: "besvart",
    ProposalState.UNDER_WAY: "i gang",
    ProposalState.DONE: "gjennomført",
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


def say(
    language: str,
    kind: EventKind,
    cause: Cause,
    facts: ProposalFacts | None,
    detail: Mapping[str, Any],
) -> Message:
    """The notification in words; without `facts` (what the person may no longer see) only the subject."""
    voice = _VOICES[cause]
    wording = WORDINGS[kind, _EDIT if voice == _OWN and detail.get("is_edit") else voice]
    subject = translate(language, wording.subject)
    if facts is None:
        return Message(subject, subject, ())
    text = translate(language, wording.text, **_params(language, facts, detail))
    return Message(subject, text, _reasons(language, detail.get("reasons", ())))


def add_decision(language: str, said: Message, reason_text: str | None, contact: str) -> Message:
    """The notification of a decision with the moderator's own words and whom to write to."""
    return replace(
        said,
        quote_heading=translate(language, N_("Moderatoren skriver:")),
        quote=reason_text or "",
        after=translate(
            language,
            N_("Er du uenig i avgjørelsen? Skriv til {contact}, og fortell hva den gjelder og hvorfor."),
            contact=contact,
        ),
    )


def _params(language: str, facts: ProposalFacts, detail: Mapping[str, Any]) -> dict[str, str]:
    # What the event tells of stays true; the proposal itself may have moved on since.
    status = STATUS_TEXTS.get(detail.get("state") or facts.proposal.state, "")
    outcome = detail.get("outcome") or facts.proposal.outcome or ""
    return {
        "title": isolate_text(one_line(facts.proposal.title)),
        "topic": isolate_text(one_line(facts.topic.title)) if facts.topic else "",
        "status": translate(language, status),
        "outcome": translate(language, ANSWERED_TEXTS.get(outcome, status)),
    }


def _reasons(language: str, codes: Sequence[str]) -> tuple[str, ...]:
    """Why screening held it, or on which ground a moderator decided; codes of older versions are left out."""
    texts = (REASON_TEXTS.get(code) or GROUNDS.get(code) for code in codes)
    return tuple(translate(language, text) for text in texts if text)
