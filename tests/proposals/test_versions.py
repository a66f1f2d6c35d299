"""Which texts each reader gets, and the numbers that readers count by."""

from dataclasses import replace

import pytest

from backend.moderation.decisions import restore
from backend.moderation.service import screen_content
from backend.platform.authz import Role
from backend.platform.database import execute, fetch, unit_of_work
from backend.platform.errors import NotFound
from backend.proposals.access import visible_proposals
from backend.proposals.notes import add_note
from backend.proposals.service import (
    create_proposal,
    edit_proposal,
    submit_proposal,
    withdraw_edit,
    withdraw_proposal,
)
from backend.proposals.states import Capacity, ProposalState
from backend.proposals.transitions import apply_transition
from backend.proposals.versions import Audience, VersionsKey, public_versions_of, version_pages
from tests.proposals.support import OTHER_WORDS, WORDS, draft, edited, published, read, refused_with

PUBLIC, STAFF, AUTHORS = Audience.PUBLIC, Audience.STAFF, Audience.AUTHORS


@pytest.fixture
async def author(person):
    return await person()


@pytest.fixture
async def topic(topic_id) -> int:
    return await topic_id()


async def _texts(
    proposal_id: int, audience: Audience, before: int | None = None
) -> list[tuple[str, int | None]]:
    key = VersionsKey(proposal_id, audience, before)
    return [(row.title, row.public_number) for row in (await version_pages(3201, [key], limit=10))[key]]


async def _named(author, proposal_id: int, title: str, expected: int) -> int:
    return await edit_proposal(author, proposal_id, replace(WORDS, title=title), expected_version=expected)


async def test_version_one_is_what_was_published_first(author, topic) -> None:
    proposal_id = await draft(author, topic)
    for version in (1, 2, 3):
        await _named(author, proposal_id, f"Utkast nummer {version + 1}", version)
    await submit_proposal(author, proposal_id)
    await _named(author, proposal_id, "Rettet før gjennomsyn", 4)
    assert await public_versions_of(3201, [proposal_id]) == {}
    assert await _texts(proposal_id, PUBLIC) == []
    await screen_content(3201, "proposal", proposal_id, 5)
    assert await public_versions_of(3201, [proposal_id]) == {proposal_id: 1}
    assert await _texts(proposal_id, PUBLIC) == [("Rettet før gjennomsyn", 1)]
    handed_in = [("Rettet før gjennomsyn", 1), ("Utkast nummer 4", None)]
    assert await _texts(proposal_id, STAFF) == handed_in
    assert await _texts(proposal_id, AUTHORS) == [*handed_in, (WORDS.title, None)]


async def test_edits_that_never_came_into_force_have_no_number(author, topic) -> None:
    proposal_id = await published(author, topic)
    await _named(author, proposal_id, "Denne tas tilbake", 1)
    await withdraw_edit(author, proposal_id, expected_version=2)
    assert await edited(author, proposal_id, OTHER_WORDS, expected_version=1) == 3
    assert await _texts(proposal_id, PUBLIC) == [(OTHER_WORDS.title, 2), (WORDS.title, 1)]
    assert await _texts(proposal_id, PUBLIC, before=3) == [(WORDS.title, 1)]
    assert await public_versions_of(3201, [proposal_id]) == {proposal_id: 2}


async def test_what_was_imported_begins_with_its_first_text(author, topic) -> None:
    proposal_id = await published(author, topic)
    await edited(author, proposal_id, OTHER_WORDS, expected_version=1)
    await execute("UPDATE proposal SET published_at = '2020-01-01' WHERE id = $1", proposal_id)
    assert [number for _, number in await _texts(proposal_id, PUBLIC)] == [2, 1]


async def test_words_after_a_rejection_are_its_authors_until_they_are_handed_in(author, topic) -> None:
    proposal_id = await create_proposal(author, topic, WORDS, submit=True)
    async with unit_of_work():
        await apply_transition(
            3201, await read(proposal_id), ProposalState.REJECTED, Capacity.MODERATOR, actor_id=None
        )
    await _named(author, proposal_id, "Halvveis rettet opp", 1)
    await _named(author, proposal_id, "Helt rettet opp", 2)
    assert await _texts(proposal_id, STAFF) == [(WORDS.title, None)]
    await submit_proposal(author, proposal_id)
    assert await _texts(proposal_id, STAFF) == [("Helt rettet opp", None), (WORDS.title, None)]


async def test_a_draft_that_was_withdrawn_is_its_authors_alone(author, person, topic) -> None:
    proposal_id = await draft(author, topic)
    await withdraw_proposal(author, proposal_id, "Ingen skal lese dette.")
    assert await visible_proposals(author, [proposal_id])
    moderator = await person(role=Role.MODERATOR)
    for staff in (moderator, await person(role=Role.PLANNER), await person(role=Role.ADMIN)):
        assert await visible_proposals(staff, [proposal_id]) == {}
    await refused_with(NotFound, restore(moderator, "proposal", proposal_id))
    await refused_with(NotFound, add_note(moderator, proposal_id, "Hva sto det her?"))


async def test_what_was_handed_in_and_withdrawn_is_known_to_staff(author, person, topic) -> None:
    proposal_id = await create_proposal(author, topic, WORDS, submit=True)
    await withdraw_proposal(author, proposal_id, None)
    assert await visible_proposals(await person(role=Role.MODERATOR), [proposal_id])
    assert await visible_proposals(await person(), [proposal_id]) == {}
    assert len(await fetch("SELECT FROM proposal_version")) == 1
