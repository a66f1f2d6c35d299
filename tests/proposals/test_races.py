"""What happens when two do the same at once: one of them wins, and the other is told plainly."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

import workers.moderation  # noqa: F401 - registers the job
from api.rates import RateLimiter
from backend.moderation.service import screen_content
from backend.platform.database import connection_parameters, fetch, fetch_value, unit_of_work
from backend.platform.errors import Conflict, DomainError, Forbidden, LimitExceeded
from backend.proposals.counting import count_supports, recount
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
from tests.proposals.support import OTHER_WORDS, WORDS, draft, events, published, read, timeline
from workers.job import run_row

AT_ONCE = 8
_ADD = (
    "INSERT INTO support_event (municipality_id, proposal_id, account_id, ordinal) VALUES (3201, $1, $2, $3)"
)


async def at_once(asks: Iterable[Awaitable[Any]]) -> tuple[list[Any], list[DomainError]]:
    """What came of them: answers, and refusals; anything else fails the test."""
    answers: list[Any] = []
    refusals: list[DomainError] = []
    for outcome in await asyncio.gather(*asks, return_exceptions=True):
        if isinstance(outcome, DomainError):
            refusals.append(outcome)
        elif isinstance(outcome, BaseException):
            raise outcome
        else:
            answers.append(outcome)
    return answers, refusals


def codes(refusals: Sequence[DomainError]) -> set[str]:
    return {refusal.code for refusal in refusals}


@asynccontextmanager
async def elsewhere(settings: Any) -> AsyncIterator[asyncpg.Connection]:
    """Another process in the middle of a transaction; it commits at the end."""
    held = await asyncpg.connect(**connection_parameters(settings.database_url))
    try:
        async with held.transaction():
            yield held
    finally:
        await held.close()


async def _waits_for_a_lock() -> None:
    """Return once a connection of this database waits for another."""
    waiting = 0
    while not waiting:
        waiting = await fetch_value(
            """SELECT count(*) FROM pg_stat_activity
               WHERE datname = current_database() AND wait_event_type = 'Lock'"""
        )


async def _ordinals() -> list[int]:
    return [row["ordinal"] for row in await fetch("SELECT ordinal FROM support_event ORDER BY ordinal")]


async def test_one_person_supports_many_times_at_once(person, topic_id) -> None:
    proposal, supporter = await published(await person(), await topic_id()), await person()
    answers, refusals = await at_once(support(supporter, proposal) for _ in range(AT_ONCE))
    # Asks that travelled together are one, and so are their answers.
    assert refusals == []
    assert any(answer.changed for answer in answers)
    assert await _ordinals() == [1]
    assert (await read(proposal)).supports == 1


async def test_one_person_supports_in_two_processes_at_once(fresh, person, topic_id) -> None:
    proposal, supporter = await published(await person(), await topic_id()), await person()
    async with elsewhere(fresh) as other:
        await other.execute(_ADD, proposal, supporter.account_id, 1)
        pending = asyncio.create_task(support(supporter, proposal))
        await _waits_for_a_lock()
    assert not (await pending).changed
    assert await _ordinals() == [1]


async def test_one_person_withdraws_in_two_processes_at_once(fresh, person, topic_id) -> None:
    proposal, supporter = await published(await person(), await topic_id()), await person()
    await support(supporter, proposal)
    async with elsewhere(fresh) as other:
        await other.execute(_ADD, proposal, supporter.account_id, 2)
        pending = asyncio.create_task(withdraw_support(supporter, proposal))
        await _waits_for_a_lock()
    assert not (await pending).changed
    assert await _ordinals() == [1, 2]


async def test_support_against_withdrawal_by_one_person(person, topic_id) -> None:
    proposal, supporter = await published(await person(), await topic_id()), await person()
    for _ in range(5):
        await at_once(step(supporter, proposal) for step in (support, withdraw_support) * 4)
    ordinals = await _ordinals()
    assert ordinals == list(range(1, len(ordinals) + 1))
    assert (await read(proposal)).supports == len(ordinals) % 2
    await at_once(count_supports(3201) for _ in range(4))
    await count_supports(3201)
    stored = await fetch_value("SELECT supports FROM proposal_activity WHERE proposal_id = $1", proposal)
    assert stored == len(ordinals) % 2
    assert await recount(3201, repair=False) == []


async def test_many_count_at_once_while_many_support(person, topic_id) -> None:
    proposal = await published(await person(), await topic_id())
    people = [await person(name=f"Person {number}") for number in range(40)]
    await at_once(
        step
        for number, supporter in enumerate(people)
        for step in ([support(supporter, proposal)] + ([count_supports(3201)] if number % 5 == 0 else []))
    )
    await count_supports(3201)
    assert await fetch_value("SELECT supports FROM proposal_activity WHERE proposal_id = $1", proposal) == 40
    assert await recount(3201, repair=False) == []


async def test_support_against_the_withdrawal_of_the_proposal(person, topic_id) -> None:
    author, supporter = await person(), await person()
    proposal = await published(author, await topic_id())
    _, refusals = await at_once([support(supporter, proposal), withdraw_proposal(author, proposal, None)])
    assert codes(refusals) <= {"not_supportable"}
    with pytest.raises(Forbidden):
        await support(await person(), proposal)
    assert (await read(proposal)).supports == len(await _ordinals()) <= 1


async def test_the_last_draft_is_one(person, topic_id) -> None:
    author, topic = await person(), await topic_id()
    for _ in range(MAX_DRAFTS - 1):
        await draft(author, topic)
    made, refusals = await at_once(draft(author, topic) for _ in range(AT_ONCE))
    assert (len(made), codes(refusals)) == (1, {"too_many_drafts"})
    assert all(isinstance(refusal, Conflict) for refusal in refusals)
    drafts = await fetch_value("SELECT count(*) FROM proposal WHERE author_id = $1", author.account_id)
    assert drafts == MAX_DRAFTS


async def test_a_limit_is_reached_at_once_in_two_processes(fresh) -> None:
    settings = replace(fresh, rate_limits={"createProposal": "20/hour"})
    processes = [RateLimiter(settings), RateLimiter(settings)]
    whom = f"person:{uuid4()}"
    let_in, refusals = await at_once(
        processes[number % 2].consume("createProposal", whom) for number in range(50)
    )
    for process in processes:
        await process.close()
    assert (len(let_in), len(refusals), codes(refusals)) == (20, 30, {"too_often"})
    assert all(isinstance(refusal, LimitExceeded) for refusal in refusals)


async def test_of_two_edits_of_one_version_one_wins(person, topic_id) -> None:
    author = await person()
    proposal = await published(author, await topic_id())
    words = [replace(WORDS, title=f"Sykkelvei nummer {number}") for number in range(AT_ONCE)]
    versions, refusals = await at_once(
        edit_proposal(author, proposal, written, expected_version=1) for written in words
    )
    assert (versions, codes(refusals), len(refusals)) == ([2], {"changed_meanwhile"}, AT_ONCE - 1)
    await screen_content(3201, "edit", proposal, 2)
    numbers = await fetch("SELECT number, title FROM proposal_version ORDER BY number")
    assert [row["number"] for row in numbers] == [1, 2]
    assert (await read(proposal)).title == numbers[1]["title"]


async def test_handed_in_twice_at_once_it_is_handed_in_once(person, topic_id) -> None:
    author = await person()
    proposal = await draft(author, await topic_id())
    handed_in, refusals = await at_once(submit_proposal(author, proposal) for _ in range(AT_ONCE))
    assert (len(handed_in), codes(refusals)) == (1, {"already_submitted"})
    assert [state for state, _, _ in await timeline(proposal)] == ["draft", "submitted"]
    assert await fetch_value("SELECT count(*) FROM outbox WHERE job = 'screen_content'") == 1


async def test_edited_while_it_is_handed_in(person, topic_id) -> None:
    author = await person()
    proposal = await draft(author, await topic_id())
    await at_once(
        [
            submit_proposal(author, proposal),
            edit_proposal(author, proposal, OTHER_WORDS, expected_version=1),
        ]
    )
    version = (await read(proposal)).version
    pending = await fetch(
        "SELECT (payload->>'version')::int AS version FROM outbox WHERE job = 'screen_content'"
    )
    # Whichever came first: the version in force is screened.
    assert version in {row["version"] for row in pending}


async def test_one_step_is_taken_once(person, topic_id) -> None:
    proposal = await read(await published(await person(), await topic_id()))

    async def step(number: int) -> int:
        target, outcome = (
            (ProposalState.ANSWERED, "accepted") if number % 2 else (ProposalState.ASSESSMENT, None)
        )
        async with unit_of_work():
            return await apply_transition(
                3201, proposal, target, Capacity.PLANNER, actor_id=None, outcome=outcome
            )

    steps, refusals = await at_once(step(number) for number in range(AT_ONCE))
    assert (len(steps), codes(refusals)) == (1, {"changed_meanwhile"})
    assert len(await timeline(proposal.id)) == steps[0] == 4


async def test_withdrawn_while_it_is_screened(person, topic_id) -> None:
    author = await person()
    proposal = await create_proposal(author, await topic_id(), WORDS, submit=True)
    await at_once([screen_content(3201, "proposal", proposal, 1), withdraw_proposal(author, proposal, None)])
    steps = [state for state, _, _ in await timeline(proposal)]
    assert steps in (["draft", "submitted", "withdrawn"], ["draft", "submitted", "published", "withdrawn"])
    assert (await read(proposal)).state is ProposalState.WITHDRAWN


async def test_screened_twice_at_once_it_is_published_once(person, topic_id) -> None:
    proposal = await create_proposal(await person(), await topic_id(), WORDS, submit=True)
    await at_once(screen_content(3201, "proposal", proposal, 1) for _ in range(4))
    assert [state for state, _, _ in await timeline(proposal)] == ["draft", "submitted", "published"]
    assert sorted(await events(proposal)) == ["new_in_topic", "published"]
    assert await fetch_value("SELECT count(*) FROM moderation_case") == 1


async def test_two_workers_with_one_job_do_it_once(person, topic_id) -> None:
    await create_proposal(await person(), await topic_id(), WORDS, submit=True)
    row = await fetch_value("SELECT id FROM outbox WHERE job = 'screen_content'")
    await asyncio.gather(*(run_row(row) for _ in range(AT_ONCE)))
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'published'") == 1
    stored = await fetch("SELECT attempts, done_at IS NOT NULL AS done FROM outbox WHERE id = $1", row)
    assert tuple(stored[0].values()) == (0, True)


async def test_one_key_sent_many_times_at_once_makes_one_proposal(person, topic_id) -> None:
    author, topic = await person(), await topic_id()
    made, refusals = await at_once(
        create_proposal(author, topic, WORDS, submit=True, key="samme") for _ in range(AT_ONCE)
    )
    assert (len(set(made)), len(made), refusals) == (1, AT_ONCE, [])
    assert await fetch_value("SELECT count(*) FROM proposal") == 1
    assert await fetch_value("SELECT count(*) FROM outbox WHERE job = 'screen_content'") == 1


async def test_one_key_for_two_things_at_once_makes_one_of_them(person, topic_id) -> None:
    author, topic = await person(), await topic_id()
    inputs: list[ProposalInput] = [WORDS, OTHER_WORDS]
    made, refusals = await at_once(
        create_proposal(author, topic, words, submit=False, key="samme") for words in inputs
    )
    assert (len(made), codes(refusals)) == (1, {"idempotency_key_reused"})
    assert await fetch_value("SELECT count(*) FROM proposal") == 1


async def test_a_key_is_free_again_when_its_first_use_was_undone(person, topic_id) -> None:
    author, topic = await person(), await topic_id()
    for _ in range(MAX_DRAFTS):
        await draft(author, topic)
    with pytest.raises(Conflict):
        await create_proposal(author, topic, WORDS, submit=False, key="nøkkel")
    await withdraw_proposal(author, await fetch_value("SELECT min(id) FROM proposal"), None)
    assert await create_proposal(author, topic, WORDS, submit=False, key="nøkkel")


async def test_keys_of_two_people_do_not_meet(person, topic_id) -> None:
    topic = await topic_id()
    people = [await person(), await person()]
    made, refusals = await at_once(
        create_proposal(author, topic, WORDS, submit=False, key="samme") for author in people
    )
    assert (len(set(made)), refusals) == (2, [])
