"""Which case comes next: over the whole queue, by the database's clock, and none that another moderator has."""

import asyncio
from datetime import timedelta

import pytest

from backend.moderation.decisions import Decision, Ruling, decide
from backend.moderation.next_case import next_case
from backend.moderation.queue import QueueFilter, cases_by_id, claim, may_claim
from backend.moderation.rules import ALREADY_DECIDED, CLAIMED_BY_OTHER, OWN_CONTENT
from backend.platform.authz import ALLOWED, Actor, Role
from backend.platform.database import execute, fetch
from backend.platform.errors import Conflict, Forbidden
from tests.fixtures.counting import count_queries
from tests.fixtures.databases import execute_as_owner
from tests.moderation.support import held_proposal

ALL = QueueFilter()


async def _cases(topic: int, author: Actor, count: int) -> list[int]:
    """So many waiting cases, the longest waiting first; two at a time came at once."""
    await execute_as_owner(
        """INSERT INTO content (municipality_id, kind, kind_id, root_kind, root_id, topic_id, author_id)
           SELECT 3201, 'comment', 1000 + n, 'comment', 1000 + n, $1, $2 FROM generate_series(1, $3::int) n""",
        topic,
        author.account_id,
        count,
    )
    await execute(
        """INSERT INTO moderation_case (municipality_id, subject_type, subject_id, topic_id, author_id, origin,
                                        reasons, state, created_at)
           SELECT 3201, 'comment', 1000 + n, $1, $2, 'report', '{links}', 'waiting',
                  now() - make_interval(mins => n / 2)
           FROM generate_series(1, $3::int) n""",
        topic,
        author.account_id,
        count,
    )
    return [row["id"] for row in await fetch("SELECT id FROM moderation_case ORDER BY created_at, id")]


async def _next(
    actor: Actor, case_id: int, narrowed: QueueFilter = ALL, *, backwards: bool = False
) -> int | None:
    found = await next_case(actor, case_id, narrowed, backwards=backwards)
    return found.id if found else None


async def test_one_goes_through_the_whole_queue_both_ways(fresh, person, topic_id) -> None:
    moderator = await person(role=Role.MODERATOR)
    cases = await _cases(await topic_id(), await person(), 120)
    for ordered, backwards in ((cases, False), (cases[::-1], True)):
        seen = [ordered[0]]
        while (found := await _next(moderator, seen[-1], backwards=backwards)) != ordered[0]:
            assert found is not None
            seen.append(found)
        assert seen == ordered


async def test_it_is_one_statement(fresh, person, topic_id) -> None:
    moderator = await person(role=Role.MODERATOR)
    cases = await _cases(await topic_id(), await person(), 3)
    async with count_queries() as statements:
        await next_case(moderator, cases[0], ALL)
    assert statements.count == 1, str(statements)


async def test_what_another_has_is_passed_over_until_their_time_is_over(fresh, person, topic_id) -> None:
    first, second = await person(role=Role.MODERATOR), await person(role=Role.MODERATOR)
    a, b, c = await _cases(await topic_id(), await person(), 3)
    await claim(second, b)
    assert await _next(first, a) == c
    assert await _next(second, a) == b
    await execute("UPDATE moderation_case SET claimed_at = now() - interval '31 minutes' WHERE id = $1", b)
    assert await _next(first, a) == b


async def test_a_decided_case_leads_on_and_the_last_one_leads_nowhere(fresh, person, topic_id) -> None:
    topic, moderator = await topic_id(), await person(role=Role.MODERATOR)
    _, first = await held_proposal(await person(), topic)
    _, second = await held_proposal(await person(), topic)
    await decide(moderator, first, Ruling(Decision.APPROVE, 1, None, None))
    assert await _next(moderator, first) == second
    assert await _next(moderator, second) is None
    assert await _next(moderator, 10**9) is None


async def test_the_queue_is_the_actors_own_as_it_is_narrowed(fresh, person, topic_id) -> None:
    here, there = await topic_id(), await topic_id("kommunegarden")
    moderator = await person(role=Role.MODERATOR, topic_id=here)
    author = await person()
    _, first = await held_proposal(author, here)
    await held_proposal(author, there)
    _, own = await held_proposal(moderator, here)
    assert await _next(moderator, first) is None
    assert await _next(await person(role=Role.MODERATOR), first) is not None
    assert await _next(await person(role=Role.MODERATOR), first, QueueFilter(topic_id=here)) == own
    for nobody in (await person(), await person(role=Role.PLANNER)):
        with pytest.raises(Forbidden):
            await next_case(nobody, first, ALL)


async def test_who_may_take_a_case_is_what_taking_it_finds(fresh, person, topic_id) -> None:
    first, second = await person(role=Role.MODERATOR), await person(role=Role.MODERATOR)
    _, case_id = await held_proposal(first, await topic_id())
    third = await person(role=Role.MODERATOR)

    async def answers() -> list[object]:
        return [
            may_claim(each, (await cases_by_id(each, [case_id]))[case_id]) for each in (first, second, third)
        ]

    assert await answers() == [OWN_CONTENT, ALLOWED, ALLOWED]
    await claim(second, case_id)
    assert await answers() == [CLAIMED_BY_OTHER, ALLOWED, CLAIMED_BY_OTHER]
    # To the second: a claim of exactly 30 minutes holds no more than `claim` says.
    for age, expected in (
        (timedelta(minutes=29, seconds=50), CLAIMED_BY_OTHER),
        (timedelta(minutes=30, seconds=1), ALLOWED),
    ):
        await execute(
            "UPDATE moderation_case SET claimed_at = now() - $2::interval WHERE id = $1", case_id, age
        )
        assert (await answers())[2] == expected
    await decide(third, case_id, Ruling(Decision.APPROVE, 1, None, None))
    assert (await answers())[1:] == [ALREADY_DECIDED, ALREADY_DECIDED]


async def test_of_two_who_go_to_the_next_and_take_it_at_once_each_ends_with_their_own(
    fresh, person, topic_id
) -> None:
    moderators = [await person(role=Role.MODERATOR, name=f"Moderator {n}") for n in range(2)]
    cases = await _cases(await topic_id(), await person(), 3)

    async def take(actor: Actor) -> int:
        here = cases[0]
        while True:
            found = await _next(actor, here)
            assert found is not None
            try:
                await claim(actor, found)
            except Conflict:
                continue
            return found

    taken = await asyncio.gather(*map(take, moderators))
    assert len(set(taken)) == 2
    for actor, case_id in zip(moderators, taken, strict=True):
        assert (await cases_by_id(actor, [case_id]))[case_id].claimed_by_id == actor.account_id
