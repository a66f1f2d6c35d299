"""What a person wrote, made fit to store: cleaned, within bounds, free of personal data."""

from collections.abc import Collection

from backend.platform.errors import Invalid, PersonalData
from backend.platform.i18n import N_
from backend.text.markup import clean_text
from backend.text.personal_data.detection import PersonalDataKind, find_personal_data
from backend.text.personal_data.public_contacts import NO_CONTACTS, PublicContacts, without_public

LANGUAGES = ("nb", "nn", "en", "se", "da", "sv", "fi")
ANY_KIND: Collection[PersonalDataKind] = frozenset(PersonalDataKind)

REFUSALS: dict[PersonalDataKind, str] = {
    PersonalDataKind.NATIONAL_IDENTITY_NUMBER: N_(
        "«{quote}» ser ut som et fødselsnummer. Ta det bort, og prøv igjen."
    ),
    PersonalDataKind.PAYMENT_CARD: N_("«{quote}» ser ut som et kortnummer. Ta det bort, og prøv igjen."),
    PersonalDataKind.ACCOUNT_NUMBER: N_("«{quote}» ser ut som et kontonummer. Ta det bort, og prøv igjen."),
    PersonalDataKind.EMAIL: N_("«{quote}» ser ut som en e-postadresse. Ta den bort, og prøv igjen."),
    PersonalDataKind.PHONE: N_("«{quote}» ser ut som et telefonnummer. Ta det bort, og prøv igjen."),
}
_LONGEST_QUOTE = 80


def refuse_personal_data(
    text: str,
    field: str,
    kinds: Collection[PersonalDataKind] = ANY_KIND,
    *,
    multiline: bool = True,
    public: PublicContacts = NO_CONTACTS,
) -> None:
    """Raise PersonalData with the place and the words of the first finding; what it was is not kept."""
    findings = without_public(find_personal_data(text, multiline=multiline), text, public)
    findings = [found for found in findings if found.kind in kinds]
    if findings:
        first = findings[0]
        quote = " ".join(text[first.start : first.end].split())
        raise PersonalData(
            "personal_data",
            REFUSALS[first.kind],
            quote=quote if len(quote) <= _LONGEST_QUOTE else quote[: _LONGEST_QUOTE - 1] + "…",
            field=field,
            kind=first.kind,
            start=first.start,
            end=first.end,
        )


def validate_text(
    text: str,
    bounds: tuple[int, int],
    field: str,
    *,
    multiline: bool,
    refused: Collection[PersonalDataKind] = ANY_KIND,
    public: PublicContacts = NO_CONTACTS,
) -> str:
    """The text, cleaned; raises Invalid when its length is outside the bounds (both included), PersonalData.

    Only the kinds of personal data in `refused` are refused, and nothing in `public`.
    """
    least, most = bounds
    # Far too long a text is not even looked through: that would cost more than telling its length.
    if len(text) <= 2 * most:
        refuse_personal_data(text, field, refused, multiline=multiline, public=public)
        text = clean_text(text, multiline=multiline)
    if least <= len(text) <= most:
        return text
    raise Invalid(
        "text_length",
        "Teksten må ha mellom {least} og {most} tegn, og har {length}.",
        field=field,
        least=least,
        most=most,
        length=len(text),
    )


def official_text(text: str, bounds: tuple[int, int], field: str, *, multiline: bool) -> str:
    """What the municipality itself writes, cleaned and within bounds. Raises Invalid, PersonalData.

    It may name its own telephones, addresses and accounts, but nobody's national identity number.
    """
    return validate_text(
        text, bounds, field, multiline=multiline, refused=(PersonalDataKind.NATIONAL_IDENTITY_NUMBER,)
    )


def known_language(language: str) -> str:
    """The language code itself; raises Invalid for one the platform has no name for."""
    if language not in LANGUAGES:
        raise Invalid("language_unknown", "Språket er ikke blant dem vi kjenner.", field="language")
    return language
