"""Telling a person where personal data stands in a text that is not handed in yet. Nothing of it is kept."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from backend.platform.authz import Actor, logged_in, require
from backend.platform.errors import Invalid
from backend.platform.i18n import N_
from backend.proposals.content import BODY, TITLE
from backend.text.personal_data.detection import PersonalDataKind, find_personal_data
from backend.text.personal_data.public_contacts import PublicContacts, contacts_for, without_public

MOST_FINDINGS = 100
QUICK = 1_000
"""A text of so many characters is looked through on the spot; a longer one beside the event loop."""
MESSAGES: dict[PersonalDataKind, str] = {
    PersonalDataKind.NATIONAL_IDENTITY_NUMBER: N_("Dette ser ut som et fødselsnummer. Ta det bort."),
    PersonalDataKind.PAYMENT_CARD: N_("Dette ser ut som et kortnummer. Ta det bort."),
    PersonalDataKind.ACCOUNT_NUMBER: N_("Dette ser ut som et kontonummer. Ta det bort."),
    PersonalDataKind.EMAIL: N_("Dette ser ut som en e-postadresse. Ta den bort."),
    PersonalDataKind.PHONE: N_("Dette ser ut som et telefonnummer. Ta det bort."),
}


@dataclass(frozen=True, slots=True)
class PersonalDataSpan:
    """Code points `start` to `end` (end excluded) of a field are of this kind. Never the value."""

    field: str
    kind: PersonalDataKind
    start: int
    end: int


async def check_text(actor: Actor, title: str, body: str) -> list[PersonalDataSpan]:
    """Where personal data stands, in reading order, at most 100 places: the first is what handing in would refuse.

    Raises Unauthenticated, Invalid (far too long to be looked through).
    """
    require(logged_in(actor, None))
    if len(title) + len(body) > QUICK:
        return await asyncio.to_thread(_standings, title, body, contacts_for(actor))
    return _standings(title, body, contacts_for(actor))


def _standings(title: str, body: str, public: PublicContacts) -> list[PersonalDataSpan]:
    found = [*_standing("title", title, TITLE[1], public), *_standing("body", body, BODY[1], public)]
    return found[:MOST_FINDINGS]


def _standing(field: str, text: str, most: int, public: PublicContacts) -> Iterator[PersonalDataSpan]:
    if len(text) > 2 * most:
        raise Invalid(
            "text_length",
            "Teksten må ha mellom {least} og {most} tegn, og har {length}.",
            field=field,
            least=0,
            most=most,
            length=len(text),
        )
    for found in without_public(find_personal_data(text, multiline=field == "body"), text, public):
        yield PersonalDataSpan(field, found.kind, found.start, found.end)
