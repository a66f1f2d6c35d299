"""What moderation calls things to people; source texts in bokmål."""

from typing import Final

ORIGIN_TEXTS: Final = {
    "SCREENING": "Automatisk kontroll",
    "REPORT": "Lesere har sagt fra",
    "MODERATOR": "Moderator",
}
SUBJECT_TEXTS: Final = {"PROPOSAL": "Forslag", "EDIT": "Endring av forslag", "COMMENT": "Kommentar"}
CHOICE_TEXTS: Final = {
    "APPROVE": "Godkjenn",
    "REJECT": "Ikke publiser",
    "HIDE": "Skjul",
    "DISMISS": "La det stå",
}
CHOICE_HINT_TEXTS: Final = {
    "APPROVE": "Innholdet publiseres, og forfatteren får beskjed.",
    "REJECT": "Innholdet publiseres ikke. Forfatteren får begrunnelsen, og hvem en kan skrive til.",
    "HIDE": "Innholdet skjules for andre. Forfatteren får begrunnelsen, og hvem en kan skrive til.",
    "DISMISS": "Saken lukkes, og ingenting endres.",
}
DECISION_TEXTS: Final = {
    "PUBLISH": "Publisert av kontrollen",
    "APPROVE": "Godkjent",
    "REJECT": "Ikke publisert",
    "HIDE": "Skjult",
    "DISMISS": "Latt stå",
    "RESTORE": "Vist igjen",
    "LAPSE": "Falt bort",
}
SIGNAL_TEXTS: Final = {
    "word_list": "Ord",
    "links": "Lenker",
    "repetition": "Gjentakelse og store bokstaver",
    "language": "Språk",
    "personal_data": "Personopplysninger",
}
DETAIL_TEXTS: Final = {
    "terms": "ord fra listen",
    "mild": "milde",
    "coarse": "grove",
    "grave": "alvorlige",
    "links": "lenker",
    "share": "andel av teksten",
    "credentials": "skjuler hvor de fører",
    "scripts": "kjører kode",
    "disguised": "etterligner en annen adresse",
    "addresses": "fører til et tall",
    "unreadable": "kan ikke leses",
    "shorteners": "forkortede",
    "earlier": "like tekster før",
    "repeated": "gjentatt",
    "capitals": "store bokstaver",
    "runs": "lange rekker av ett tegn",
    "claimed": "oppgitt",
    "detected": "funnet",
    "confidence": "sikkerhet",
}
MODERATION_LABELS: Final = {
    "origin": ORIGIN_TEXTS,
    "subject": SUBJECT_TEXTS,
    "choice": CHOICE_TEXTS,
    "choice_hint": CHOICE_HINT_TEXTS,
    "decision": DECISION_TEXTS,
}
SHARES: Final = frozenset({"share", "repeated", "capitals", "confidence"})
"""Details that are a share from 0 to 1."""
