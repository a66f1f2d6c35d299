"""What waits, who sees it, and two moderators who want the same."""

import asyncio

import pytest

from backend.moderation.details import earlier_cases_of, names_of, reports_of, signals_of
from backend.moderation.queue import QueueFilter, access_case, claim, list_queue, release
from backend.platform.authz import Actor, Role
from backend.platform.database import execute, fetch_value
from backend.platform.errors import Conflict, Forbidden, NotFound, Unauthenticated
from tests.fixtures.counting import count_queries
from tests.fixtures.databases import execute_as_owner
from tests.moderation.support import case, held_comment, held_proposal
from tests.proposals.support import OTHER_WORDS, published

ALL = QueueFilter()


async def _queue(actor: Actor, filters: QueueFilter = ALL) -> list[int]:
    return [row.id for row in await list_queue(actor, filters, after=None, limit=101)]


async def _many_cases(topic: int, author: Actor, count: int) -> None:
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


async def test_only_moderators_see_the_queue_and_only_of_their_topics(fresh, person, topic_id) -> None:
    here, there = await topic_id(), await topic_id("kommunegarden")
    _, case_id = await held_proposal(await person(), here)
    assert await _queue(await person(role=Role.MODERATOR)) == [case_id]
    assert await _queue(await person(role=Role.MODERATOR, topic_id=here)) == [case_id]
    elsewhere = await person(role=Role.MODERATOR, topic_id=there)
    assert await _queue(elsewhere) == []
    with pytest.raises(NotFound):
        await access_case(elsewhere, case_id)
    with pytest.raises(Unauthenticated):
        await _queue(Actor(municipality_id=3201))
    for role in (None, Role.PLANNER, Role.ADMIN):
        with pytest.raises(Forbidden):
            await _queue(await person(role=role))
    script = Actor(3201, elsewhere.account_id, elsewhere.grants, scopes=frozenset({"read", "write"}))
    with pytest.raises(Forbidden) as refused:
        await _queue(script)
    assert refused.value.code == "scope_missing"


async def test_moderators_have_nothing_to_do_with_their_own(fresh, person, topic_id) -> None:
    moderator = await person(role=Role.MODERATOR)
    proposal_id, case_id = await held_proposal(moderator, await topic_id())
    assert await _queue(moderator) == []
    co_author = await person(role=Role.MODERATOR)
    await execute(
        """INSERT INTO proposal_invitation (municipality_id, proposal_id, invited_by_id, secret_hash, accepted_by_id,
                                            accepted_at, expires_at)
           VALUES (3201, $1, $2, 'x', $3, now(), now() + interval '1 day')""",
        proposal_id,
        moderator.account_id,
        co_author.account_id,
    )
    for actor in (moderator, co_author):
        with pytest.raises(Forbidden) as refused:
            await claim(actor, case_id)
        assert refused.value.code == "own_content"
    assert await _queue(await person(role=Role.MODERATOR)) == [case_id]


async def test_filters_narrow_the_queue(fresh, person, topic_id) -> None:
    topic, moderator, author = await topic_id(), await person(role=Role.MODERATOR), await person()
    proposal_id = await published(author, topic, OTHER_WORDS)
    _, about_proposal = await held_proposal(author, topic)
    _, about_comment = await held_comment(await person(), proposal_id, topic, "Når da?")
    await claim(moderator, about_comment)
    assert await _queue(moderator) == [about_proposal, about_comment]
    assert await _queue(moderator, QueueFilter(subject_type="comment")) == [about_comment]
    assert await _queue(moderator, QueueFilter(origin="report")) == []
    assert await _queue(moderator, QueueFilter(topic_id=topic + 1)) == []
    assert await _queue(moderator, QueueFilter(claimed_by_me=True)) == [about_comment]
    assert await _queue(await person(role=Role.MODERATOR), QueueFilter(claimed_by_me=True)) == []


async def test_the_queue_is_paged_with_a_fixed_number_of_statements(fresh, person, topic_id) -> None:
    moderator, topic = await person(role=Role.MODERATOR), await topic_id()
    await _many_cases(topic, await person(), 100)
    for limit in (1, 100):
        async with count_queries() as statements:
            rows = await list_queue(moderator, ALL, after=None, limit=limit)
            ids = [row.id for row in rows]
            await signals_of(3201, ids)
            await reports_of(3201, ids)
            await earlier_cases_of(moderator, ids)
            await names_of(3201, [row.author_id for row in rows])
        assert len(rows) == limit
        assert statements.count == 5, str(statements)
    seen: list[int] = []
    after = None
    while rows := await list_queue(moderator, ALL, after=after, limit=7):
        seen += [row.id for row in rows]
        after = (rows[-1].created_at, rows[-1].id)
    assert len(seen) == len(set(seen)) == 100


async def test_of_many_who_claim_at_once_one_wins(fresh, person, topic_id) -> None:
    _, case_id = await held_proposal(await person(), await topic_id())
    moderators = [await person(role=Role.MODERATOR, name=f"Moderator {n}") for n in range(5)]
    answers = await asyncio.gather(*(claim(m, case_id) for m in moderators), return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict"] * 4 + ["NoneType"]
    winner = moderators[answers.index(None)]
    assert (await case(case_id))["claimed_by_id"] == winner.account_id
    await claim(winner, case_id)
    loser = next(m for m in moderators if m is not winner)
    with pytest.raises(Conflict) as refused:
        await claim(loser, case_id)
    assert refused.value.code == "claimed_by_other"
    with pytest.raises(Conflict):
        await release(loser, case_id)
    await release(winner, case_id)
    with pytest.raises(Conflict) as refused:
        await release(winner, case_id)
    assert refused.value.code == "not_claimed"
    await claim(loser, case_id)


async def test_an_old_claim_may_be_taken_over(fresh, person, topic_id) -> None:
    _, case_id = await held_proposal(await person(), await topic_id())
    first, second = await person(role=Role.MODERATOR), await person(role=Role.MODERATOR)
    await claim(first, case_id)
    await execute(
        "UPDATE moderation_case SET claimed_at = now() - interval '29 minutes' WHERE id = $1", case_id
    )
    with pytest.raises(Conflict):
        await claim(second, case_id)
    await execute(
        "UPDATE moderation_case SET claimed_at = now() - interval '31 minutes' WHERE id = $1", case_id
    )
    await claim(second, case_id)
    assert (
        await fetch_value("SELECT claimed_by_id FROM moderation_case WHERE id = $1", case_id)
        == second.account_id
    )
