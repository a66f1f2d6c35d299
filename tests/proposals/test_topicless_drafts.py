"""A draft for which no topic is chosen yet: its author keeps it, and handing in asks for the topic."""

from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from backend.platform.authz import Actor, Role
from backend.platform.database import execute, fetch_value
from backend.platform.errors import Invalid, NotFound, Unauthenticated
from backend.platform.settings import Settings
from backend.proposals.access import visible_proposals
from backend.proposals.rules import may
from backend.proposals.service import create_proposal, edit_proposal, submit_proposal, withdraw_proposal
from backend.proposals.supports import support
from tests.fixtures.operations import ask
from tests.fixtures.people import MakePerson
from tests.proposals.support import WORDS, nothing_is_stored, read, refused_with


@pytest.fixture
async def author(person: MakePerson) -> Actor:
    return await person()


async def test_a_topic_is_chosen_later_and_before_it_is_handed_in(author: Actor, topic_id: Any) -> None:
    number = await create_proposal(author, None, WORDS, submit=False)
    refusal = await refused_with(Invalid, submit_proposal(author, number))
    assert (refusal.code, refusal.field) == ("topic_missing", "topic")
    await edit_proposal(author, number, WORDS, expected_version=1)
    assert (await read(number)).topic_id is None
    topic = await topic_id()
    await edit_proposal(author, number, WORDS, expected_version=2, topic_id=topic)
    followed = "SELECT topic_id FROM proposal_activity WHERE proposal_id = $1"
    assert await fetch_value(followed, number) == topic
    await submit_proposal(author, number)
    row = await read(number)
    assert (row.topic_id, row.state) == (topic, "submitted")


async def test_handed_in_at_once_it_must_have_one(author: Actor) -> None:
    refusal = await refused_with(Invalid, create_proposal(author, None, WORDS, submit=True))
    assert (refusal.code, refusal.field) == ("topic_missing", "topic")
    await refused_with(Unauthenticated, create_proposal(Actor(3201), None, WORDS, submit=False))
    await nothing_is_stored()


async def test_nobody_else_knows_of_it(author: Actor, person: MakePerson) -> None:
    number = await create_proposal(author, None, WORDS, submit=False)
    for role in (None, Role.PLANNER, Role.MODERATOR, Role.ADMIN):
        other = await person(role=role)
        assert await visible_proposals(other, [number]) == {}
        await refused_with(NotFound, support(other, number))
    await withdraw_proposal(author, number, None)
    facts = (await visible_proposals(author, [number]))[number]
    assert facts.topic_id is None
    assert not may(author, "submit", facts)


async def test_the_database_holds_what_is_handed_in_to_a_topic(author: Actor, topic_id: Any) -> None:
    number = await create_proposal(author, await topic_id(), WORDS, submit=True)
    with pytest.raises(asyncpg.CheckViolationError):
        await execute("UPDATE proposal SET topic_id = NULL WHERE id = $1", number)
    other = await create_proposal(author, None, replace(WORDS, title="En annen tittel"), submit=False)
    with pytest.raises(asyncpg.CheckViolationError):
        await execute("UPDATE proposal SET submitted_at = now() WHERE id = $1", other)
    assert await fetch_value("SELECT topic_id FROM proposal WHERE id = $1", other) is None


async def test_the_api_gives_null_for_it(fresh: Settings, author: Actor) -> None:
    words = {"title": WORDS.title, "body": WORDS.body, "language": "nb"}
    made = await ask(fresh, author, "CreateProposal", input=words)
    found = await ask(fresh, author, "ProposalPage", id=made["proposal"]["id"])
    assert (found["title"], found["topic"]) == (WORDS.title, None)
    for empty in ("", " "):
        refused = await ask(fresh, author, "CreateProposal", topic=empty, input=words)
        assert (refused["__typename"], refused["code"], refused["field"]) == (
            "InvalidProblem",
            "id_missing",
            "topic",
        )
