"""What the API's names for things are called to people; source texts in bokmål."""

from typing import Final

from web.page.lists import SORT_TEXTS, STATES_FILTER_TEXTS

STATE_TEXTS: Final = {
    "DRAFT": "Utkast",
    "SUBMITTED": "Til gjennomsyn",
    "REJECTED": "Ikke publisert",
    "PUBLISHED": "Åpent for støtte",
    "ASSESSMENT": "Under vurdering",
    "ANSWERED": "Besvart",
    "UNDER_WAY": "I gang",
    "DONE": "Gjennomført",
    "WITHDRAWN": "Trukket",
    "HIDDEN": "Skjult",
    "NONE": "Nytt",
}
OUTCOME_TEXTS: Final = {
    "ACCEPTED": "Tas til følge",
    "PARTLY": "Tas delvis til følge",
    "DECLINED": "Tas ikke til følge",
}
STANCE_TEXTS: Final = {"FOR": "For", "AGAINST": "Mot", "NEUTRAL": "Nøytral"}
ROLE_TEXTS: Final = {
    "RESIDENT": "Innbygger",
    "PLANNER": "Saksbehandler",
    "MODERATOR": "Moderator",
    "ADMIN": "Administrator",
    "SERVICE": "Tjeneste",
}
WORDS: Final = {
    "state": STATE_TEXTS,
    "outcome": OUTCOME_TEXTS,
    "stance": STANCE_TEXTS,
    "role": ROLE_TEXTS,
    "sort": SORT_TEXTS,
    "state_filter": STATES_FILTER_TEXTS,
}
