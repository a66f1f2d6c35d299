"""What notifications of proposals say, of edits of them, and of comments below them.

No subject holds words that residents wrote: mail servers and lock screens show subjects to others.
"""

from collections.abc import Mapping
from typing import Final

from backend.content.kinds import Voice, Wording
from backend.notifications.events import EventKind
from backend.notifications.kinds import Cause
from backend.platform.i18n import N_
from backend.proposals.pending import EDIT

_PROPOSAL, _EDIT, _COMMENT = "proposal", EDIT, "comment"
_K = EventKind
WORDINGS: Final[Mapping[tuple[str, str, Voice], Wording]] = {
    (_PROPOSAL, _K.PUBLISHED, Voice.OWN): Wording(
        N_("Forslaget ditt er publisert"),
        N_("Forslaget ditt «{title}» er publisert. Nå kan andre støtte og kommentere det."),
    ),
    (_EDIT, _K.PUBLISHED, Voice.OWN): Wording(
        N_("Endringen av forslaget ditt er publisert"),
        N_("Endringen av forslaget ditt «{title}» er godkjent. Den nye teksten er synlig for alle."),
    ),
    (_COMMENT, _K.PUBLISHED, Voice.COMMENT): Wording(
        N_("Kommentaren din er publisert"), N_("Kommentaren din til forslaget «{title}» er publisert.")
    ),
    (_PROPOSAL, _K.HELD, Voice.OWN): Wording(
        N_("En moderator sjekker forslaget ditt"),
        N_("En moderator sjekker forslaget ditt «{title}». Du får beskjed når det er avgjort."),
    ),
    (_EDIT, _K.HELD, Voice.OWN): Wording(
        N_("En moderator sjekker endringen av forslaget ditt"),
        N_(
            "En moderator sjekker endringen av forslaget ditt «{title}». Teksten som står der nå, gjelder så lenge. "
            "Du får beskjed når det er avgjort."
        ),
    ),
    (_COMMENT, _K.HELD, Voice.COMMENT): Wording(
        N_("En moderator sjekker kommentaren din"),
        N_(
            "En moderator sjekker kommentaren din til forslaget «{title}». Du får beskjed når det er avgjort."
        ),
    ),
    (_PROPOSAL, _K.REJECTED, Voice.OWN): Wording(
        N_("Forslaget ditt ble ikke publisert"),
        N_("En moderator har avgjort at forslaget ditt «{title}» ikke blir publisert."),
    ),
    (_EDIT, _K.REJECTED, Voice.OWN): Wording(
        N_("Endringen av forslaget ditt ble ikke publisert"),
        N_(
            "En moderator har avgjort at endringen av forslaget ditt «{title}» ikke blir publisert. "
            "Teksten som sto der før, gjelder fortsatt."
        ),
    ),
    (_COMMENT, _K.REJECTED, Voice.COMMENT): Wording(
        N_("Kommentaren din ble ikke publisert"),
        N_("En moderator har avgjort at kommentaren din til forslaget «{title}» ikke blir publisert."),
    ),
    (_PROPOSAL, _K.CONTENT_HIDDEN, Voice.OWN): Wording(
        N_("Forslaget ditt er skjult"),
        N_("En moderator har skjult forslaget ditt «{title}» for andre."),
    ),
    (_COMMENT, _K.CONTENT_HIDDEN, Voice.COMMENT): Wording(
        N_("Kommentaren din er skjult"),
        N_("En moderator har skjult kommentaren din til forslaget «{title}» for andre."),
    ),
    (_PROPOSAL, _K.ANSWERED, Voice.OWN): Wording(
        N_("Kommunen har svart på forslaget ditt"),
        N_("Kommunen har svart på forslaget ditt «{title}». {outcome}."),
    ),
    (_PROPOSAL, _K.ANSWERED, Voice.SUPPORTED): Wording(
        N_("Kommunen har svart på et forslag du støtter"),
        N_("Kommunen har svart på forslaget «{title}», som du støtter. {outcome}."),
    ),
    (_PROPOSAL, _K.ANSWERED, Voice.DISCUSSED): Wording(
        N_("Kommunen har svart på et forslag du har kommentert"),
        N_("Kommunen har svart på forslaget «{title}», som du har kommentert. {outcome}."),
    ),
    (_PROPOSAL, _K.ANSWERED, Voice.FOLLOWED): Wording(
        N_("Kommunen har svart på et forslag du følger"),
        N_("Kommunen har svart på forslaget «{title}». {outcome}."),
    ),
    (_PROPOSAL, _K.STATUS_CHANGED, Voice.OWN): Wording(
        N_("Forslaget ditt har fått ny status"),
        N_("Forslaget ditt «{title}» har fått ny status: {status}."),
    ),
    (_PROPOSAL, _K.STATUS_CHANGED, Voice.SUPPORTED): Wording(
        N_("Et forslag du støtter, har fått ny status"),
        N_("Forslaget «{title}», som du støtter, har fått ny status: {status}."),
    ),
    (_PROPOSAL, _K.STATUS_CHANGED, Voice.DISCUSSED): Wording(
        N_("Et forslag du har kommentert, har fått ny status"),
        N_("Forslaget «{title}», som du har kommentert, har fått ny status: {status}."),
    ),
    (_PROPOSAL, _K.STATUS_CHANGED, Voice.FOLLOWED): Wording(
        N_("Et forslag du følger, har fått ny status"),
        N_("Forslaget «{title}» har fått ny status: {status}."),
    ),
    (_COMMENT, _K.COMMENT_ON_YOURS, Voice.OWN): Wording(
        N_("Ny kommentar til forslaget ditt"), N_("Noen har kommentert forslaget ditt «{title}».")
    ),
    (_COMMENT, _K.COMMENT_ON_YOURS, Voice.COMMENT): Wording(
        N_("Svar på kommentaren din"), N_("Noen har svart på kommentaren din til forslaget «{title}».")
    ),
    (_COMMENT, _K.NEW_ON_PROPOSAL, Voice.FOLLOWED): Wording(
        N_("Ny kommentar til et forslag du følger"), N_("Noen har kommentert forslaget «{title}».")
    ),
    (_PROPOSAL, _K.NEW_IN_TOPIC, Voice.FOLLOWED): Wording(
        N_("Nytt forslag i et tema du følger"),
        N_("Det er kommet et nytt forslag i temaet {topic}: «{title}»."),
    ),
    (_PROPOSAL, _K.AMENDED, Voice.OWN): Wording(
        N_("Forslaget ditt er endret"), N_("En medforfatter har endret teksten i forslaget ditt «{title}».")
    ),
    (_PROPOSAL, _K.AMENDED, Voice.SUPPORTED): Wording(
        N_("Et forslag du støtter, er endret"),
        N_(
            "Teksten i forslaget «{title}», som du støtter, er endret. "
            "Les hva som er nytt. Du kan trekke støtten om du vil."
        ),
    ),
    (_PROPOSAL, _K.AMENDED, Voice.DISCUSSED): Wording(
        N_("Et forslag du har kommentert, er endret"),
        N_("Teksten i forslaget «{title}», som du har kommentert, er endret."),
    ),
    (_PROPOSAL, _K.AMENDED, Voice.FOLLOWED): Wording(
        N_("Et forslag du følger, er endret"), N_("Teksten i forslaget «{title}» er endret.")
    ),
}
WHY: Final[Mapping[str, str]] = {
    Cause.AUTHOR: N_("Du får denne e-posten fordi forslaget er ditt."),
    Cause.COMMENTER: N_("Du får denne e-posten fordi den gjelder en kommentar du har skrevet."),
    Cause.SUPPORTER: N_("Du får denne e-posten fordi du støtter forslaget."),
    Cause.DISCUSSION: N_("Du får denne e-posten fordi du har kommentert forslaget."),
    Cause.PROPOSAL: N_("Du får denne e-posten fordi du følger forslaget."),
    Cause.TOPIC: N_("Du får denne e-posten fordi du følger temaet."),
}
"""Why a mail comes to somebody, for its foot."""
