"""What a person wrote, made fit to store: cleaned, within bounds, free of personal data, placed."""

from collections.abc import Collection
from dataclasses import dataclass

from backend.errors import Invalid, PersonalData
from backend.moderation.personal_data import Kind, find_personal_data
from backend.moderation.public_contacts import NO_CONTACTS, PublicContacts, without_public
from backend.text.markup import clean_text, plain_text
from backend.text.search import search_vector
from backend.text.similarity import grams
from backend.validation import all_checked
from backend.words import N_

TITLE = (5, 140)
BODY = (20, 10_000)
LANGUAGES = ("nb", "nn", "en", "se", "da", "sv", "fi")
ANY_KIND: Collection[Kind] = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Point:
    """A position in WGS84 degrees."""

    longitude: float
    latitude: float

    def __post_init__(self) -> None:
        """Raises Invalid outside the globe; not-a-number is outside too."""
        if not (-180 <= self.longitude <= 180 and -90 <= self.latitude <= 90):
            raise Invalid("position_out_of_range", "Posisjonen er ikke et sted på jorden.", field="position")


@dataclass(frozen=True, slots=True)
class ProposalText:
    """A title and a Markdown body that may be stored, with what search needs of them: grams, and a tsvector's text."""

    title: str
    body: str
    language: str
    grams: list[int]
    search_vector: str


REFUSALS: dict[Kind, str] = {
    Kind.NATIONAL_IDENTITY_NUMBER: N_("«{quote}» ser ut som et fødselsnummer. Ta det bort, og prøv igjen."),
    Kind.PAYMENT_CARD: N_("«{quote}» ser ut som et kortnummer. Ta det bort, og prøv igjen."),
    Kind.ACCOUNT_NUMBER: N_("«{quote}» ser ut som et kontonummer. Ta det bort, og prøv igjen."),
    Kind.EMAIL: N_("«{quote}» ser ut som en e-postadresse. Ta den bort, og prøv igjen."),
    Kind.PHONE: N_("«{quote}» ser ut som et telefonnummer. Ta det bort, og prøv igjen."),
}
_LONGEST_QUOTE = 80


def refuse_personal_data(
    text: str,
    field: str,
    kinds: Collection[Kind] = ANY_KIND,
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


def fit_text(
    text: str,
    bounds: tuple[int, int],
    field: str,
    *,
    multiline: bool,
    refused: Collection[Kind] = ANY_KIND,
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
    return fit_text(text, bounds, field, multiline=multiline, refused=(Kind.NATIONAL_IDENTITY_NUMBER,))


def known_language(language: str) -> str:
    """The language code itself; raises Invalid for one the platform has no name for."""
    if language not in LANGUAGES:
        raise Invalid("language_unknown", "Språket er ikke blant dem vi kjenner.", field="language")
    return language


def proposal_text(title: str, body: str, language: str, public: PublicContacts = NO_CONTACTS) -> ProposalText:
    """Raises Invalid or PersonalData (but for `public`) for all parts that are wrong, each naming its field."""
    with all_checked() as check:
        title = check(fit_text, title, TITLE, "title", multiline=False, public=public)
        body = check(fit_text, body, BODY, "body", multiline=True, public=public)
        language = check(known_language, language)
    return indexed_text(title, body, language)


def indexed_text(title: str, body: str, language: str) -> ProposalText:
    """Text that is known to be fit, with its search forms."""
    words = plain_text(body)
    return ProposalText(title, body, language, grams(f"{title} {words}"), search_vector(title, words))
