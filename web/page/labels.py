"""What the API's names for things are called to people; source texts in bokmål.

Proposals' own labels stand here, those that only staff read in `*_labels.py`; templates say `label_of(kind, name)`.
"""

from typing import Final

from backend.proposals import outcome_texts, state_texts
from web.page.admin_labels import ADMIN_LABELS
from web.page.lists import COMMENT_SORT_TEXTS, SORT_TEXTS, STATES_FILTER_TEXTS
from web.page.moderation_labels import MODERATION_LABELS
from web.page.planning_labels import PLANNING_LABELS

LANGUAGE_NAMES: Final = {
    "nb": "Bokmål",
    "nn": "Nynorsk",
    "en": "English",
    "se": "Davvisámegiella",
    "da": "Dansk",
    "sv": "Svenska",
    "fi": "Suomi",
}
"""The languages that people write in, each in its own words; the site itself speaks some of them."""

STATE_TEXTS: Final = {state.upper(): text for state, text in state_texts.STATE_TEXTS.items()}
OUTCOME_TEXTS: Final = {outcome.upper(): text for outcome, text in outcome_texts.OUTCOME_TEXTS.items()}
ANSWERED_TEXTS: Final = {outcome.upper(): text for outcome, text in outcome_texts.ANSWERED_TEXTS.items()}
STEP_TEXTS: Final = {
    "DRAFT": "Skrevet som utkast",
    "SUBMITTED": "Sendt inn",
    "REJECTED": "Ikke publisert",
    "PUBLISHED": "Publisert og åpent for støtte",
    "ASSESSMENT": "Tatt til vurdering i kommunen",
    "ANSWERED": "Besvart av kommunen",
    "UNDER_WAY": "Arbeidet er i gang",
    "DONE": "Gjennomført",
    "WITHDRAWN": "Trukket",
    "HIDDEN": "Skjult av en moderator",
}
STANCE_TEXTS: Final = {"FOR": "For", "AGAINST": "Mot", "NEUTRAL": "Nøytral"}
ROLE_TEXTS: Final = {
    "RESIDENT": "Innbygger",
    "PLANNER": "Saksbehandler",
    "MODERATOR": "Moderator",
    "ADMIN": "Administrator",
    "SERVICE": "Tjeneste",
}
NOTIFIED_BECAUSE_TEXTS: Final = {
    "AUTHOR": "Du får beskjed når det skjer noe nytt, fordi forslaget er ditt.",
    "SUPPORTER": "Du får beskjed når det skjer noe nytt, fordi du støtter forslaget.",
    "DISCUSSION": "Du får beskjed når det skjer noe nytt, fordi du har kommentert forslaget.",
}
LABELS: Final = {
    **ADMIN_LABELS,
    **MODERATION_LABELS,
    **PLANNING_LABELS,
    "state": STATE_TEXTS,
    "outcome": OUTCOME_TEXTS,
    "answered": ANSWERED_TEXTS,
    "stance": STANCE_TEXTS,
    "role": ROLE_TEXTS,
    "sort": SORT_TEXTS,
    "state_filter": STATES_FILTER_TEXTS,
    "step": STEP_TEXTS,
    "comment_sort": COMMENT_SORT_TEXTS,
    "notified_because": NOTIFIED_BECAUSE_TEXTS,
}
