"""A proposal's title, body and place, made fit to store."""

from dataclasses import dataclass

from backend.platform.errors import Invalid
from backend.platform.validation import all_checked
from backend.text.checks import known_language, validate_text
from backend.text.markup import plain_text
from backend.text.personal_data.public_contacts import NO_CONTACTS, PublicContacts
from backend.text.search import search_vector
from backend.text.similarity import grams

TITLE = (5, 140)
BODY = (20, 10_000)


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


def proposal_text(title: str, body: str, language: str, public: PublicContacts = NO_CONTACTS) -> ProposalText:
    """Raises Invalid or PersonalData (but for `public`) for all parts that are wrong, each naming its field."""
    with all_checked() as check:
        title = check(validate_text, title, TITLE, "title", multiline=False, public=public)
        body = check(validate_text, body, BODY, "body", multiline=True, public=public)
        language = check(known_language, language)
    return indexed_text(title, body, language)


def indexed_text(title: str, body: str, language: str) -> ProposalText:
    """Text that is known to be fit, with its search forms."""
    words = plain_text(body)
    return ProposalText(title, body, language, grams(f"{title} {words}"), search_vector(title, words))
