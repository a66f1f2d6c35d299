"""What each state is called, on pages and in mails alike; source texts in bokmål."""

from collections.abc import Mapping
from typing import Final

from backend.platform.i18n import N_
from backend.proposals.states import ProposalState

STATE_TEXTS: Final[Mapping[str, str]] = {
    ProposalState.DRAFT: N_("Utkast"),
    ProposalState.SUBMITTED: N_("Sjekkes"),
    ProposalState.REJECTED: N_("Ikke publisert"),
    ProposalState.PUBLISHED: N_("Åpent for støtte"),
    ProposalState.ASSESSMENT: N_("Under vurdering"),
    ProposalState.ANSWERED: N_("Besvart"),
    ProposalState.UNDER_WAY: N_("I gang"),
    ProposalState.DONE: N_("Gjennomført"),
    ProposalState.WITHDRAWN: N_("Trukket"),
    ProposalState.HIDDEN: N_("Skjult"),
    ProposalState.NONE: N_("Nytt"),
}
