"""What planners' pages call things; source texts in bokmål."""

from typing import Final

CAUSE_TEXTS: Final = {
    "AUTHOR": "står bak forslaget",
    "COMMENTER": "har skrevet kommentaren",
    "SUPPORTER": "støtter forslaget",
    "DISCUSSION": "har kommentert",
    "PROPOSAL": "følger forslaget",
    "TOPIC": "følger temaet",
}
# AGAIN is ASSESSMENT for what has been answered.
STATUS_TEXTS: Final = {
    "PUBLISHED": "Avslutt vurderingen uten svar",
    "ASSESSMENT": "Ta til vurdering",
    "AGAIN": "Ta svaret tilbake og vurder på nytt",
    "UNDER_WAY": "Arbeidet er i gang",
    "DONE": "Gjennomført",
}
STATUS_HINT_TEXTS: Final = {
    "PUBLISHED": "Forslaget er åpent igjen, og venter fortsatt på svar.",
    "ASSESSMENT": "Alle ser at kommunen vurderer forslaget.",
    "AGAIN": "Svaret gjelder ikke lenger, men begrunnelsen står i historikken. Dere svarer en gang til.",
    "UNDER_WAY": "Alle ser at kommunen er i gang med det dere svarte ja til.",
    "DONE": "Alle ser at det er ferdig.",
}
IMPORT_STATE_TEXTS: Final = {
    "WAITING": "Venter på tur",
    "RUNNING": "Arbeider",
    "DONE": "Ferdig",
    "REFUSED": "Stoppet: rader må rettes",
    "FAILED": "Gikk ikke",
}
STATUTORY_OUTCOME_TEXTS: Final = {
    "ACCEPTED": "Tas til følge",
    "PARTLY": "Tas delvis til følge",
    "DECLINED": "Tas ikke til følge",
}
OUTCOME_FILTER_TEXTS: Final = {
    "ja": STATUTORY_OUTCOME_TEXTS["ACCEPTED"],
    "delvis": STATUTORY_OUTCOME_TEXTS["PARTLY"],
    "nei": STATUTORY_OUTCOME_TEXTS["DECLINED"],
}
DUE_FILTER_TEXTS: Final = {"over": "Over fristen", "innen": "Innen fristen eller besvart"}
COLUMN_TEXTS: Final = {
    "TITLE": "Tittel",
    "BODY": "Tekst",
    "TOPIC": "Tema",
    "PLACE": "Sted",
    "LATITUDE": "Breddegrad",
    "LONGITUDE": "Lengdegrad",
    "LANGUAGE": "Språk",
    "CREATED_AT": "Skrevet",
    "PUBLISHED_AT": "Publisert",
}
PLANNING_LABELS: Final = {
    "cause": CAUSE_TEXTS,
    "column": COLUMN_TEXTS,
    "due_filter": DUE_FILTER_TEXTS,
    "import_state": IMPORT_STATE_TEXTS,
    "outcome_filter": OUTCOME_FILTER_TEXTS,
    "statutory_outcome": STATUTORY_OUTCOME_TEXTS,
    "status": STATUS_TEXTS,
    "status_hint": STATUS_HINT_TEXTS,
}
