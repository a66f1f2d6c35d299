"""What residents read of an answer, on pages and in mails; source texts in bokmål. Staff read the statutory words."""

from typing import Final

from backend.platform.i18n import N_
from backend.proposals.states import Outcome

OUTCOME_TEXTS: Final[dict[str, str]] = {
    Outcome.ACCEPTED: N_("Ja"),
    Outcome.PARTLY: N_("Delvis ja"),
    Outcome.DECLINED: N_("Nei"),
}
"""Under a heading that says whose answer it is."""

ANSWERED_TEXTS: Final[dict[str, str]] = {
    Outcome.ACCEPTED: N_("Svar: ja"),
    Outcome.PARTLY: N_("Svar: delvis ja"),
    Outcome.DECLINED: N_("Svar: nei"),
}
"""Where nothing around says that it is an answer: in place of the state, and in mails."""
