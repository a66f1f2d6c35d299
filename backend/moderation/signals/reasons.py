"""Why something was held, in words to its author and to moderators: gettext source texts in bokmål."""

APPROVAL_REQUIRED = "approval_required"
SCREENING_FAILED = "screening_failed"
REJECTED_BEFORE = "rejected_before"

# To the author.
REASON_TEXTS: dict[str, str] = {
    APPROVAL_REQUIRED: "Alt som skrives under dette temaet, blir lest av en moderator før det publiseres.",
    SCREENING_FAILED: "Den automatiske kontrollen virket ikke, så en moderator leser teksten først.",
    REJECTED_BEFORE: "En tidligere utgave ble ikke publisert, så en moderator leser den nye først.",
    "word_list": "Teksten inneholder ord som kan være krenkende eller truende.",
    "links": "Teksten inneholder lenker som en moderator må se på.",
    "repetition": "Teksten gjentar seg selv eller noe du har skrevet før, eller har mye store bokstaver.",
    "language": "Teksten ser ut til å være skrevet på et annet språk enn det som er oppgitt.",
}

# To moderators, who did not write the text.
MODERATOR_TEXTS: dict[str, str] = {
    **REASON_TEXTS,
    APPROVAL_REQUIRED: "Temaet er satt opp slik at en moderator godkjenner alt før det publiseres.",
    SCREENING_FAILED: "Den automatiske kontrollen virket ikke.",
    REJECTED_BEFORE: "En tidligere utgave ble ikke publisert.",
    "links": "Teksten inneholder lenker som må ses på.",
    "repetition": "Teksten gjentar seg selv eller noe forfatteren har skrevet før, eller har mye store bokstaver.",
}
