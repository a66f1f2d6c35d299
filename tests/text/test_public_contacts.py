"""The municipality's own numbers and mailboxes pass for its staff wherever they write, and for nobody else."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from backend.comments.queries import Stance
from backend.comments.service import add_comment
from backend.moderation.marks import marks_in
from backend.platform.authz import Actor, Role
from backend.platform.errors import PersonalData
from backend.platform.settings import Settings
from backend.proposals.notes import add_note
from backend.proposals.personal_data_check import check_text
from backend.proposals.service import create_proposal
from backend.text.personal_data.detection import PersonalDataKind, find_personal_data
from backend.text.personal_data.public_contacts import (
    PublicContacts,
    configure_public_contacts,
    without_public,
)
from tests.fixtures.people import MakePerson
from tests.proposals.support import WORDS, proposal_ref, published, refused_with

OWN = ("67504050", "post@example.no", "@kommune.example.no")
TEXT = "Ring oss på 67 50 40 50 eller +47 67504050, eller skriv til Post@example.no eller kari@kommune.example.no."


@pytest.fixture
async def own(fresh: Settings) -> AsyncIterator[None]:
    configure_public_contacts(replace(fresh, public_contacts=OWN))
    yield
    configure_public_contacts(fresh)


def test_only_what_is_listed_passes() -> None:
    public = PublicContacts(frozenset(OWN))

    def left(text: str) -> list[PersonalDataKind]:
        return [found.kind for found in without_public(find_personal_data(text), text, public)]

    assert left(TEXT) == []
    assert left("0047 67 50 40 50, (+47) 67 50 40 50, 67504050, 675 04 050") == []
    assert left("67 50 40 51, +46 67504050") == [PersonalDataKind.PHONE, PersonalDataKind.PHONE]
    assert left("ola@example.no, xpost@example.no, a@b.kommune.example.no") == [PersonalDataKind.EMAIL] * 3
    assert left("Skriv til kari (a) kommune.example.no") == [PersonalDataKind.EMAIL]
    assert left("01817779901") == [PersonalDataKind.NATIONAL_IDENTITY_NUMBER]


async def test_staff_write_them_everywhere_and_residents_nowhere(
    fresh: Settings, own: None, person: MakePerson, topic_id: Any
) -> None:
    topic = await topic_id()
    planner, resident = await person(role=Role.PLANNER), await person()
    proposal = await published(await person(), topic)

    def ways(actor: Actor, text: str) -> list[Callable[[], Awaitable[Any]]]:
        return [
            lambda: add_comment(actor, proposal_ref(proposal), text, Stance.NEUTRAL, "nb"),
            lambda: create_proposal(actor, topic, replace(WORDS, body=text), submit=False),
        ]

    for write in (*ways(planner, TEXT), lambda: add_note(planner, proposal, TEXT)):
        await write()
    assert await check_text(planner, "", TEXT) == []
    for write in (
        *ways(resident, TEXT),
        *ways(planner, f"{TEXT} Eller 913 45 678."),
        *ways(planner, "Nr 01817779901."),
    ):
        await refused_with(PersonalData, write())
    await refused_with(PersonalData, add_note(planner, proposal, "Han har 913 45 678."))
    assert len(await check_text(resident, "", TEXT)) == 4


def test_moderators_are_not_pointed_at_them(own: None) -> None:
    marks = marks_in(f"{TEXT} Eller 913 45 678.", "nb")
    assert [mark.signal for mark in marks] == ["personal_data"]
    assert marks[0].start > len(TEXT)
