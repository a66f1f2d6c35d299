"""The state machine, as the code has it and as the database holds it."""

import asyncio
from typing import Any

import asyncpg
import pytest

from backend.platform.authz import Actor
from backend.platform.database import execute, fetch, fetch_value, unit_of_work
from backend.platform.errors import Conflict
from backend.platform.settings import Settings
from backend.proposals.states import (
    ANSWERED_STATES,
    COMMENTABLE,
    EDITABLE,
    PUBLIC,
    SUPPORTABLE,
    TRANSITIONS,
    Capacity,
    ProposalState,
    permits,
)
from backend.proposals.transitions import add_transition, apply_transition
from tests.fixtures.people import MakePerson
from tests.proposals.support import draft, published, read, timeline


@pytest.fixture
async def author(person: MakePerson) -> Actor:
    return await person()


@pytest.fixture
async def proposal(author: Actor, topic_id: Any) -> int:
    """A public proposal."""
    return await published(author, await topic_id())


async def test_the_database_holds_the_table_of_the_code(fresh: Settings) -> None:
    rows = await fetch("SELECT from_state, to_state FROM proposal_state_rule")
    assert {(row["from_state"], row["to_state"]) for row in rows} == {
        (source.value, target.value) for source, target in TRANSITIONS
    }


def test_the_table_is_whole() -> None:
    sources = {source for source, _ in TRANSITIONS}
    targets = {target for _, target in TRANSITIONS}
    # Whatever exists can come about and can be left again, and nothing comes from or goes to itself.
    assert sources == set(ProposalState)
    assert targets == set(ProposalState) - {ProposalState.NONE}
    assert all(source is not target and step.parts for (source, target), step in TRANSITIONS.items())
    assert ANSWERED_STATES <= PUBLIC
    assert SUPPORTABLE <= COMMENTABLE <= PUBLIC
    # What is hidden can be shown again as it was, and what is public can be hidden.
    for state in PUBLIC | {ProposalState.WITHDRAWN}:
        assert permits(state, ProposalState.HIDDEN, Capacity.MODERATOR)
        assert permits(ProposalState.HIDDEN, state, Capacity.MODERATOR)
    assert EDITABLE.isdisjoint({ProposalState.HIDDEN, ProposalState.WITHDRAWN, *ANSWERED_STATES})


@pytest.mark.parametrize("target", sorted(set(ProposalState) - {ProposalState.NONE}))
async def test_a_step_is_stored_if_and_only_if_the_table_has_it(proposal: int, target: ProposalState) -> None:
    async def force() -> None:
        async with unit_of_work():
            await execute(
                "UPDATE proposal SET state = $2, step = 4, outcome = 'accepted' WHERE id = $1",
                proposal,
                target.value,
            )
            await add_transition(3201, proposal, 4, "published", target.value, "author", None, None)

    if (ProposalState.PUBLISHED, target) in TRANSITIONS:
        await force()
        assert (await read(proposal)).state is target
        return
    with pytest.raises(asyncpg.ForeignKeyViolationError) as refused:
        await force()
    assert refused.value.constraint_name == "proposal_transition_step_fkey"
    assert (await read(proposal)).state is ProposalState.PUBLISHED


async def test_a_state_without_its_step_is_refused_at_commit(proposal: int) -> None:
    reached = []

    async def change(statement: str) -> None:
        async with unit_of_work():
            await execute(statement, proposal)
            reached.append(statement)

    for statement in (
        "UPDATE proposal SET state = 'hidden' WHERE id = $1",
        "UPDATE proposal SET state = 'hidden', step = step + 1 WHERE id = $1",
        "UPDATE proposal SET step = step + 1 WHERE id = $1",
    ):
        with pytest.raises(asyncpg.ForeignKeyViolationError) as refused:
            await change(statement)
        assert refused.value.constraint_name == "proposal_state_fkey"
    assert len(reached) == 3, "the refusal comes at commit, after the statement itself"
    assert (await read(proposal)).state is ProposalState.PUBLISHED


async def test_a_step_starts_where_the_one_before_it_ended(proposal: int) -> None:
    with pytest.raises(asyncpg.ForeignKeyViolationError) as refused:
        await add_transition(3201, proposal, 4, "assessment", "answered", "planner", None, None)
    assert refused.value.constraint_name == "proposal_transition_previous_fkey"
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await add_transition(3201, proposal, 9, "published", "hidden", "moderator", None, None)
    with pytest.raises(asyncpg.UniqueViolationError):
        await add_transition(3201, proposal, 3, "submitted", "withdrawn", "author", None, None)
    assert len(await timeline(proposal)) == 3


async def test_a_proposal_needs_its_first_step(author: Actor, topic_id: Any) -> None:
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await execute(
            """INSERT INTO proposal (municipality_id, topic_id, author_id, state, language, title, body, search, grams)
               VALUES (3201, $1, $2, 'draft', 'nb', 'Rett inn', '', ''::tsvector, '{}')""",
            await topic_id(),
            author.account_id,
        )


async def test_only_those_whose_step_it_is_may_take_it(author: Actor, topic_id: Any) -> None:
    proposal_id = await draft(author, await topic_id())
    row = await read(proposal_id)
    for target in ProposalState:
        for part in Capacity:
            if not permits(ProposalState.DRAFT, target, part):
                with pytest.raises(Conflict) as refused:
                    await apply_transition(3201, row, target, part, actor_id=None)
                assert refused.value.code == "step_not_permitted"
    assert [state for state, _, _ in await timeline(proposal_id)] == ["draft"]


async def test_of_two_steps_at_once_one_is_taken(author: Actor, proposal: int) -> None:
    row = await read(proposal)
    steps = [
        (ProposalState.HIDDEN, Capacity.MODERATOR),
        (ProposalState.ASSESSMENT, Capacity.PLANNER),
        (ProposalState.WITHDRAWN, Capacity.AUTHOR),
        (ProposalState.ANSWERED, Capacity.PLANNER),
    ]

    async def take(target: ProposalState, part: Capacity) -> int:
        async with unit_of_work():
            return await apply_transition(
                3201, row, target, part, actor_id=author.account_id, outcome="accepted"
            )

    answers = await asyncio.gather(*(take(*step) for step in steps), return_exceptions=True)
    assert sorted(str(answer) for answer in answers if isinstance(answer, int)) == ["4"]
    assert [answer.code for answer in answers if isinstance(answer, Conflict)] == ["changed_meanwhile"] * 3
    taken = (await timeline(proposal))[3:]
    assert len(taken) == 1
    assert taken[0][0] == (await read(proposal)).state
    assert await fetch_value("SELECT step FROM proposal WHERE id = $1", proposal) == 4


async def test_a_step_outside_a_unit_of_work_is_not_half_taken(proposal: int) -> None:
    # Each statement is its own transaction then, and the first one already lacks the other half.
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await apply_transition(
            3201, await read(proposal), ProposalState.HIDDEN, Capacity.MODERATOR, actor_id=None
        )
    assert (await read(proposal)).step == 3
