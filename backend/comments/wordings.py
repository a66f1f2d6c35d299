"""What notifications of comments say, whatever kind of content they stand below.

A root's kind may have words of its own, which name it (backend/content/kinds.py).
"""

from collections.abc import Mapping
from typing import Final

from backend.content.kinds import Voice, Wording
from backend.notifications.events import EventKind
from backend.platform.i18n import N_

_K = EventKind
WORDINGS: Final[Mapping[tuple[str, str, Voice], Wording]] = {
    ("comment", _K.PUBLISHED, Voice.COMMENT): Wording(
        N_("Kommentaren din er publisert"), N_("Kommentaren din til «{title}» er publisert.")
    ),
    ("comment", _K.HELD, Voice.COMMENT): Wording(
        N_("En moderator sjekker kommentaren din"),
        N_("En moderator sjekker kommentaren din til «{title}». Du får beskjed når det er avgjort."),
    ),
    ("comment", _K.REJECTED, Voice.COMMENT): Wording(
        N_("Kommentaren din ble ikke publisert"),
        N_("En moderator har avgjort at kommentaren din til «{title}» ikke blir publisert."),
    ),
    ("comment", _K.CONTENT_HIDDEN, Voice.COMMENT): Wording(
        N_("Kommentaren din er skjult"),
        N_("En moderator har skjult kommentaren din til «{title}» for andre."),
    ),
    ("comment", _K.COMMENT_ON_YOURS, Voice.OWN): Wording(
        N_("Ny kommentar til noe du har skrevet"), N_("Noen har kommentert «{title}», som du har skrevet.")
    ),
    ("comment", _K.COMMENT_ON_YOURS, Voice.COMMENT): Wording(
        N_("Svar på kommentaren din"), N_("Noen har svart på kommentaren din til «{title}».")
    ),
    ("comment", _K.NEW_ON_PROPOSAL, Voice.FOLLOWED): Wording(
        N_("Ny kommentar til noe du følger"), N_("Noen har kommentert «{title}», som du følger.")
    ),
}
