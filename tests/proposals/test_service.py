"""What an author does: write, hand in, change and take back; and what is refused, with nothing stored."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from backend.moderation.service import screen_content
from backend.platform.authz import Actor, Role
from backend.platform.database import execute, fetch, fetch_value, unit_of_work
from backend.platform.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    PersonalData,
    Unauthenticated,
)
from backend.platform.settings import Settings
from backend.proposals.service import (
    MAX_DRAFTS,
    ProposalInput,
    create_proposal,
    edit_proposal,
    submit_proposal,
    withdraw_proposal,
)
from backend.proposals.states import Capacity, ProposalState
from backend.proposals.supports import support, withdraw_support
from backend.proposals.transitions import apply_transition
from tests.fixtures.people import MakePerson
from tests.platform.support import connected
from tests.proposals.support import (
    OTHER_WORDS,
    WORDS,
    draft,
    edited,
    events,
    nothing_is_stored,
    published,
    read,
    refused_with,
    timeline,
)

STRANGER = Actor(3201)


@pytest.fixture
async def author(person: MakePerson) -> Actor:
    return await person()


@pytest.fixture
async def topic(topic_id: Any) -> int:
    found: int = await topic_id()
    return found


async def _jobs(name: str = "screen_content") -> list[str]:
    rows = await fetch("SELECT key FROM outbox WHERE job = $1 ORDER BY id", name)
    return [row["key"] for row in rows]


async def _versions(proposal_id: int) -> list[tuple[int, str, bool]]:
    rows = await fetch(
        "SELECT number, title, is_amendment FROM proposal_version WHERE proposal_id = $1 ORDER BY number DESC",
        proposal_id,
    )
    return [tuple(row) for row in rows]


async def test_a_draft_is_its_authors_alone(author: Actor, topic: int) -> None:
    proposal_id = await draft(author, topic)
    row = await read(proposal_id)
    assert (row.state, row.version, row.step, row.author_id) == (ProposalState.DRAFT, 1, 1, author.account_id)
    assert (row.title, row.body, row.language) == (WORDS.title, WORDS.body, "nb")
    assert (row.submitted_at, row.published_at) == (None, None)
    assert await timeline(proposal_id) == [("draft", "author", None)]
    assert await _jobs() == []


async def test_handed_in_it_waits_for_screening(author: Actor, topic: int) -> None:
    proposal_id = await draft(author, topic)
    await submit_proposal(author, proposal_id)
    row = await read(proposal_id)
    assert row.state is ProposalState.SUBMITTED
    assert row.submitted_at is not None
    assert await _jobs() == [f"proposal:{proposal_id}:1"]
    refused = await refused_with(Forbidden, submit_proposal(author, proposal_id))
    assert refused.code == "already_submitted"


async def test_handed_in_twice_at_once_it_is_handed_in_once(author: Actor, topic: int) -> None:
    proposal_id = await draft(author, topic)
    answers = await asyncio.gather(
        *(submit_proposal(author, proposal_id) for _ in range(4)), return_exceptions=True
    )
    assert sum(answer is None for answer in answers) == 1
    assert all(answer is None or isinstance(answer, DomainError) for answer in answers)
    assert await _jobs() == [f"proposal:{proposal_id}:1"]


async def test_others_are_shown_it_is_not_there(author: Actor, person: MakePerson, topic: int) -> None:
    proposal_id = await draft(author, topic)
    staff = [await person(role=role) for role in (Role.MODERATOR, Role.PLANNER, Role.ADMIN)]
    for other in (STRANGER, await person(), *staff, replace(author, municipality_id=301)):
        for action in (
            submit_proposal(other, proposal_id),
            withdraw_proposal(other, proposal_id, None),
            edit_proposal(other, proposal_id, OTHER_WORDS, expected_version=1),
        ):
            assert (await refused_with(NotFound, action)).code == "proposal_not_found"
    assert (await refused_with(NotFound, submit_proposal(author, 999_999))).code == "proposal_not_found"
    assert (await read(proposal_id)).version == 1


async def test_a_public_one_is_changed_by_its_authors_only(
    author: Actor, person: MakePerson, topic: int
) -> None:
    proposal_id = await published(author, topic)
    await refused_with(Unauthenticated, edit_proposal(STRANGER, proposal_id, OTHER_WORDS, expected_version=1))
    moderator = await person(role=Role.MODERATOR)
    for other in (await person(), moderator):
        refused = await refused_with(
            Forbidden, edit_proposal(other, proposal_id, OTHER_WORDS, expected_version=1)
        )
        assert refused.code == "authors_only"
        assert (
            await refused_with(Forbidden, withdraw_proposal(other, proposal_id, "Nei"))
        ).code == "authors_only"


async def test_strangers_and_the_too_young_propose_nothing(
    person: MakePerson, topic: int, topic_id: Any
) -> None:
    await refused_with(Unauthenticated, create_proposal(STRANGER, topic, WORDS, submit=False))
    strict = await fetch_value(
        "SELECT topic_id FROM topic_requirement WHERE action = 'propose' AND min_age = 15 AND residents_only"
    )
    child, neighbour = await person(birth_year=2020), await person(home="0301")
    assert (
        await refused_with(Forbidden, create_proposal(child, strict, WORDS, submit=True))
    ).code == "too_young"
    refused = await refused_with(Forbidden, create_proposal(neighbour, strict, WORDS, submit=True))
    assert refused.code == "residents_only"
    await execute("UPDATE topic SET proposals_open = false WHERE id = $1", topic)
    refused = await refused_with(Forbidden, create_proposal(await person(), topic, WORDS, submit=True))
    assert refused.code == "proposals_closed"
    await refused_with(NotFound, create_proposal(await person(), 999_999, WORDS, submit=True))
    await nothing_is_stored()


async def test_a_draft_is_handed_in_only_while_its_topic_is_open(author: Actor, topic: int) -> None:
    proposal_id = await draft(author, topic)
    await execute(
        "UPDATE topic SET closes_at = now() - interval '1 minute', opens_at = now() - interval '1 day'"
    )
    assert (await refused_with(Forbidden, submit_proposal(author, proposal_id))).code == "proposals_closed"
    assert (await read(proposal_id)).state is ProposalState.DRAFT


async def test_the_words_after_an_edit_are_a_version(author: Actor, topic: int) -> None:
    proposal_id = await published(author, topic)
    assert await edited(author, proposal_id, OTHER_WORDS, expected_version=1) == 2
    row = await read(proposal_id)
    assert (row.title, row.version) == (OTHER_WORDS.title, 2)
    versions = await _versions(proposal_id)
    assert versions == [
        (2, OTHER_WORDS.title, False),
        (1, WORDS.title, False),
    ]


async def test_of_a_draft_the_words_are_preserved_that_are_handed_in(author: Actor, topic: int) -> None:
    proposal_id = await draft(author, topic)
    for version in range(1, 4):
        words = replace(OTHER_WORDS, title=f"Utkast nummer {version}")
        await edit_proposal(author, proposal_id, words, expected_version=version)
    assert (await read(proposal_id)).title == "Utkast nummer 3"
    assert await _versions(proposal_id) == [(1, WORDS.title, False)]
    assert await _jobs() == []
    await submit_proposal(author, proposal_id)
    assert await _versions(proposal_id) == [(4, "Utkast nummer 3", False), (1, WORDS.title, False)]


async def test_a_draft_moves_to_another_topic(author: Actor, topic: int, topic_id: Any) -> None:
    proposal_id, other = await draft(author, topic), await topic_id("klimastrategi-2030")
    await edit_proposal(author, proposal_id, WORDS, expected_version=1, topic_id=other)
    assert (await read(proposal_id)).topic_id == other
    await execute("UPDATE topic SET proposals_open = FALSE WHERE id = $1", topic)
    back = edit_proposal(author, proposal_id, WORDS, expected_version=2, topic_id=topic)
    assert (await refused_with(Forbidden, back)).code == "proposals_closed"
    nowhere = edit_proposal(author, proposal_id, WORDS, expected_version=2, topic_id=999_999)
    assert (await refused_with(NotFound, nowhere)).field == "topic"
    assert (await read(proposal_id)).version == 2
    await submit_proposal(author, proposal_id)
    late = edit_proposal(author, proposal_id, WORDS, expected_version=2, topic_id=topic)
    assert (await refused_with(Conflict, late)).code == "topic_settled"


async def test_of_two_edits_at_once_one_is_shown_of_the_other(author: Actor, topic: int) -> None:
    proposal_id = await draft(author, topic)
    answers = await asyncio.gather(
        *(edit_proposal(author, proposal_id, OTHER_WORDS, expected_version=1) for _ in range(4)),
        return_exceptions=True,
    )
    assert [answer for answer in answers if isinstance(answer, int)] == [2]
    assert [a.code for a in answers if isinstance(a, Conflict)] == ["changed_meanwhile"] * 3
    for expected in (0, 1, 3, -1):
        await refused_with(Conflict, edit_proposal(author, proposal_id, WORDS, expected_version=expected))
    assert (await read(proposal_id)).version == 2


async def test_a_search_finds_the_new_words_and_no_longer_the_old(author: Actor, topic: int) -> None:
    proposal_id = await published(author, topic)
    found = "SELECT count(*) FROM proposal WHERE search @@ to_tsquery('simple', $1)"
    before = await fetch_value("SELECT grams FROM proposal")
    assert (await fetch_value(found, "sandvikselv:*"), await fetch_value(found, "park:*")) == (1, 0)
    await edited(author, proposal_id, OTHER_WORDS, expected_version=1)
    assert (await fetch_value(found, "sandvikselv:*"), await fetch_value(found, "park:*")) == (0, 1)
    assert await fetch_value("SELECT grams FROM proposal") != before


async def test_an_edit_of_what_is_public_is_screened_again(author: Actor, topic: int) -> None:
    proposal_id = await published(author, topic)
    await edit_proposal(author, proposal_id, OTHER_WORDS, expected_version=1)
    assert await _jobs() == [f"proposal:{proposal_id}:1", f"edit:{proposal_id}:2"]
    assert (await read(proposal_id)).state is ProposalState.PUBLISHED
    assert "amended" not in await events(proposal_id)


async def test_after_anothers_support_an_edit_is_an_amendment(
    author: Actor, person: MakePerson, topic: int
) -> None:
    proposal_id = await published(author, topic)
    other = await person()
    await support(other, proposal_id)
    await edited(author, proposal_id, OTHER_WORDS, expected_version=1)
    assert "amended" in await events(proposal_id)
    # Whoever once stood behind it did so for its words at that time, also when they changed their mind.
    await withdraw_support(other, proposal_id)
    await edited(author, proposal_id, WORDS, expected_version=2)
    versions = await _versions(proposal_id)
    assert [(number, amendment) for number, _, amendment in versions] == [(3, True), (2, True), (1, False)]


async def test_under_assessment_nothing_is_changed_or_taken_back(author: Actor, topic: int) -> None:
    proposal_id = await published(author, topic)
    async with unit_of_work():
        await apply_transition(
            3201, await read(proposal_id), ProposalState.ASSESSMENT, Capacity.PLANNER, actor_id=None
        )
    refused = await refused_with(
        Forbidden, edit_proposal(author, proposal_id, OTHER_WORDS, expected_version=1)
    )
    assert refused.code == "not_editable"
    assert (
        await refused_with(Forbidden, withdraw_proposal(author, proposal_id, None))
    ).code == "not_withdrawable"


async def test_taken_back_it_says_so_and_stays(author: Actor, topic: int) -> None:
    proposal_id = await published(author, topic)
    await withdraw_proposal(author, proposal_id, "Kommunen har alt gjort det.")
    row = await read(proposal_id)
    assert row.state is ProposalState.WITHDRAWN
    assert row.published_at is not None
    assert (await timeline(proposal_id))[-1] == ("withdrawn", "author", "Kommunen har alt gjort det.")
    for again in (
        withdraw_proposal(author, proposal_id, None),
        submit_proposal(author, proposal_id),
        edit_proposal(author, proposal_id, WORDS, expected_version=1),
    ):
        await refused_with(Forbidden, again)


async def test_why_it_is_taken_back_is_public_and_fit_to_be(author: Actor, topic: int) -> None:
    proposal_id = await published(author, topic)
    await refused_with(Invalid, withdraw_proposal(author, proposal_id, "x" * 2_001))
    await refused_with(PersonalData, withdraw_proposal(author, proposal_id, "Skriv til ola@example.no"))
    assert (await read(proposal_id)).state is ProposalState.PUBLISHED
    await withdraw_proposal(author, proposal_id, " \u202e ")
    assert (await timeline(proposal_id))[-1] == ("withdrawn", "author", None)


async def test_taken_back_before_screening_it_is_never_published(author: Actor, topic: int) -> None:
    proposal_id = await create_proposal(author, topic, WORDS, submit=True)
    await withdraw_proposal(author, proposal_id, None)
    assert await screen_content(3201, "proposal", proposal_id, 1) is None
    assert (await read(proposal_id)).state is ProposalState.WITHDRAWN
    assert await fetch_value("SELECT count(*) FROM moderation_case WHERE state <> 'decided'") == 0


async def test_the_screening_of_an_older_version_publishes_nothing(author: Actor, topic: int) -> None:
    proposal_id = await create_proposal(author, topic, WORDS, submit=True)
    await edit_proposal(author, proposal_id, OTHER_WORDS, expected_version=1)
    assert await screen_content(3201, "proposal", proposal_id, 1) is None
    assert (await read(proposal_id)).state is ProposalState.SUBMITTED
    assert await screen_content(3201, "proposal", proposal_id, 2)
    assert (await read(proposal_id)).state is ProposalState.PUBLISHED


async def test_what_was_turned_down_is_handed_in_again(author: Actor, topic: int) -> None:
    proposal_id = await create_proposal(author, topic, WORDS, submit=True)
    async with unit_of_work():
        await apply_transition(
            3201, await read(proposal_id), ProposalState.REJECTED, Capacity.MODERATOR, actor_id=None
        )
    await edit_proposal(author, proposal_id, OTHER_WORDS, expected_version=1)
    await submit_proposal(author, proposal_id)
    assert [state for state, _, _ in await timeline(proposal_id)] == [
        "draft",
        "submitted",
        "rejected",
        "draft",
        "submitted",
    ]
    assert await _jobs() == [f"proposal:{proposal_id}:1", f"proposal:{proposal_id}:2"]


async def test_there_is_room_for_so_many_drafts(author: Actor, person: MakePerson, topic: int) -> None:
    for _ in range(MAX_DRAFTS - 1):
        first = await draft(author, topic)
    answers = await asyncio.gather(*(draft(author, topic) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert [a.code for a in answers if isinstance(a, Conflict)] == ["too_many_drafts"] * 3
    assert await fetch_value("SELECT count(*) FROM proposal") == MAX_DRAFTS
    # Another's room is another's, and what is handed in makes room.
    await draft(await person(), topic)
    await submit_proposal(author, first)
    await draft(author, topic)


async def test_one_key_makes_one_proposal(author: Actor, person: MakePerson, topic: int) -> None:
    async def create(key: str, words: ProposalInput = WORDS, actor: Actor = author) -> int:
        return await create_proposal(actor, topic, words, submit=True, key=key)

    ids = await asyncio.gather(*(create("a") for _ in range(6)))
    assert len(set(ids)) == 1
    assert await create("a") == ids[0]
    assert await fetch_value("SELECT count(*) FROM proposal") == 1
    assert await _jobs() == [f"proposal:{ids[0]}:1"]
    assert (await refused_with(Conflict, create("a", OTHER_WORDS))).code == "idempotency_key_reused"
    # A key belongs to whoever used it.
    assert await create("a", actor=await person()) != ids[0]
    assert await create("b") != ids[0]
    for key in ("", "k" * 81):
        assert (await refused_with(Invalid, create(key))).code == "idempotency_key_length"


async def test_a_key_whose_request_was_refused_may_be_used_again(author: Actor, topic: int) -> None:
    for _ in range(MAX_DRAFTS):
        first = await draft(author, topic)
    asking = {"submit": False, "key": "a"}
    await refused_with(Conflict, create_proposal(author, topic, WORDS, **asking))
    await withdraw_proposal(author, first, None)
    assert await create_proposal(author, topic, WORDS, **asking)


async def test_lists_and_pages_are_shown_of_what_is_public_only(
    fresh: Settings, author: Actor, topic: int
) -> None:
    heard: list[str] = []
    async with connected(fresh) as held:
        await held.add_listener("changed", lambda _c, _p, _n, payload: heard.append(str(payload)))
        proposal_id = await draft(author, topic)
        await edit_proposal(author, proposal_id, OTHER_WORDS, expected_version=1)
        await submit_proposal(author, proposal_id)
        await held.execute("SELECT 1")
        assert not [tag for tag in heard if "proposal" in tag]
        await screen_content(3201, "proposal", proposal_id, 2)
        await edited(author, proposal_id, WORDS, expected_version=2)
        await withdraw_proposal(author, proposal_id, None)
        await held.execute("SELECT 1")
        tags = f"proposal:{proposal_id} proposals topic:{topic}"
        assert [tag for tag in heard if tag == tags] == [tags] * 3
