"""The ledger of supports: what the database refuses, who may support, and counting that misses nothing."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from backend.platform.authz import Actor, Grant, Role
from backend.platform.database import connection_parameters, execute, fetch, fetch_value
from backend.platform.errors import DomainError, Forbidden, NotFound, Unauthenticated
from backend.proposals.counting import Drift, count_supports, recount
from backend.proposals.service import withdraw_proposal
from backend.proposals.supports import support, withdraw_support
from tests.fixtures.databases import execute_as_owner
from tests.proposals.support import OTHER_WORDS, draft, published, read

_ADD = (
    "INSERT INTO support_event (municipality_id, proposal_id, account_id, ordinal) VALUES (3201, $1, $2, $3)"
)


@pytest.fixture
async def proposal(person, topic_id) -> int:
    """A public proposal by somebody else."""
    return await published(await person(name="Forfatter"), await topic_id())


@pytest.fixture
async def elsewhere(fresh) -> AsyncIterator[asyncpg.Connection]:
    """Another process's connection."""
    held = await asyncpg.connect(**connection_parameters(fresh.database_url))
    yield held
    await held.close()


async def _stored(proposal: int) -> int:
    found: int = await fetch_value("SELECT supports FROM proposal_activity WHERE proposal_id = $1", proposal)
    return found


async def _refusal(actor: Actor, proposal: int) -> DomainError:
    with pytest.raises(DomainError) as refused:
        await support(actor, proposal)
    return refused.value


async def _require(topic: int, *, min_age: int | None = None, residents_only: bool = False) -> None:
    await execute("DELETE FROM topic_requirement WHERE topic_id = $1 AND action = 'support'", topic)
    await execute(
        """INSERT INTO topic_requirement (municipality_id, topic_id, action, min_age, residents_only)
           VALUES (3201, $1, 'support', $2, $3)""",
        topic,
        min_age,
        residents_only,
    )


async def test_a_machine_stands_behind_nothing(person, proposal) -> None:
    machine = replace(
        await person(), grants=frozenset({Grant(Role.SERVICE)}), scopes=frozenset({"read", "write"})
    )
    assert (await _refusal(machine, proposal)).code == "people_only"
    assert await fetch_value("SELECT count(*) FROM support_event") == 0


async def test_ordinals_follow_without_gaps_however_often_one_changes_ones_mind(person, proposal) -> None:
    fickle = await person()
    steps = (support, support, withdraw_support, withdraw_support, support)
    assert [(await step(fickle, proposal)).changed for step in steps] == [True, False, True, False, True]
    rows = await fetch("SELECT ordinal FROM support_event WHERE proposal_id = $1 ORDER BY ordinal", proposal)
    assert [row["ordinal"] for row in rows] == [1, 2, 3]
    assert (await read(proposal)).supports == 1


async def test_the_answer_tells_the_count_right_after(person, proposal) -> None:
    first, second = await person(), await person()
    assert (await support(first, proposal)).proposal.supports == 1
    await count_supports(3201)
    assert (await support(second, proposal)).proposal.supports == 2
    assert (await support(second, proposal)).proposal.supports == 2
    assert (await withdraw_support(first, proposal)).proposal.supports == 1


@pytest.mark.parametrize("change", ["UPDATE support_event SET ordinal = 5", "DELETE FROM support_event"])
async def test_what_is_written_stays(person, proposal, change) -> None:
    await support(await person(), proposal)
    with pytest.raises(asyncpg.RestrictViolationError):
        await execute_as_owner(change)
    assert await fetch_value("SELECT array_agg(ordinal) FROM support_event") == [1]


@pytest.mark.parametrize(
    ("ordinals", "error"),
    [
        ([2], asyncpg.ForeignKeyViolationError),
        ([1, 3], asyncpg.ForeignKeyViolationError),
        ([1, 1], asyncpg.UniqueViolationError),
        ([0], asyncpg.CheckViolationError),
        ([-1], asyncpg.PostgresError),
    ],
)
async def test_the_database_refuses_what_cannot_follow(person, proposal, ordinals, error) -> None:
    actor = await person()
    *before, last = ordinals
    for ordinal in before:
        await execute(_ADD, proposal, actor.account_id, ordinal)
    with pytest.raises(error):
        await execute(_ADD, proposal, actor.account_id, last)


async def test_withdrawing_without_support_does_nothing(person, proposal) -> None:
    assert not (await withdraw_support(await person(), proposal)).changed
    assert await fetch_value("SELECT count(*) FROM support_event") == 0


async def test_an_open_transaction_holds_the_window_back_and_nothing_is_lost(
    person, proposal, elsewhere
) -> None:
    slow, quick = await person(), await person()
    transaction = elsewhere.transaction()
    await transaction.start()
    await elsewhere.execute(_ADD, proposal, slow.account_id, 1)
    assert (await support(quick, proposal)).changed
    assert await count_supports(3201) == 0
    assert (await _stored(proposal), (await read(proposal)).supports) == (0, 1)
    assert await recount(3201, repair=False) == []
    await transaction.commit()
    assert (await read(proposal)).supports == 2
    assert await count_supports(3201) == 1
    assert await count_supports(3201) == 0
    assert (await _stored(proposal), (await read(proposal)).supports) == (2, 2)
    assert await recount(3201, repair=False) == []


async def test_a_support_of_an_old_transaction_is_counted_though_others_were_since(
    person, proposal, elsewhere
) -> None:
    slow, quick = await person(), await person()
    transaction = elsewhere.transaction()
    await transaction.start()
    await elsewhere.fetchval("SELECT pg_current_xact_id()::text")
    assert (await support(quick, proposal)).changed
    await count_supports(3201)
    await elsewhere.execute(_ADD, proposal, slow.account_id, 1)
    await count_supports(3201)
    await transaction.commit()
    await count_supports(3201)
    assert await _stored(proposal) == 2
    assert await recount(3201, repair=False) == []


async def test_what_was_rolled_back_is_not_counted(person, proposal, elsewhere) -> None:
    transaction = elsewhere.transaction()
    await transaction.start()
    await elsewhere.execute(_ADD, proposal, (await person()).account_id, 1)
    await transaction.rollback()
    assert await count_supports(3201) == 0
    assert await _stored(proposal) == 0


async def _open_asks() -> int:
    found: int = await fetch_value(
        "SELECT count(*) FROM outbox WHERE job = 'count_supports' AND done_at IS NULL"
    )
    return found


async def test_what_a_window_had_to_leave_is_requested_again(person, proposal, elsewhere) -> None:
    transaction = elsewhere.transaction()
    await transaction.start()
    await elsewhere.fetchval("SELECT pg_current_xact_id()::text")
    assert (await support(await person(), proposal)).changed
    await execute("UPDATE outbox SET done_at = now()")
    await count_supports(3201)
    assert await _open_asks() == 1
    await count_supports(3201)
    assert await _open_asks() == 1
    await transaction.commit()
    await execute("UPDATE outbox SET done_at = now()")
    await count_supports(3201)
    assert (await _stored(proposal), await _open_asks()) == (1, 0)


async def test_who_finds_another_counting_asks_again(person, proposal, elsewhere) -> None:
    await support(await person(), proposal)
    await execute("UPDATE outbox SET done_at = now()")
    other = elsewhere.transaction()
    await other.start()
    await elsewhere.execute("SELECT pg_advisory_xact_lock(7265062, 3201)")
    assert await count_supports(3201) == 0
    assert await _open_asks() == 1
    await other.rollback()
    assert await count_supports(3201) == 1


async def test_many_supports_ask_for_one_count(person, proposal) -> None:
    for number in range(5):
        await support(await person(name=f"Person {number}"), proposal)
    assert await _open_asks() <= 2


async def test_drift_is_found_shown_and_repaired(person, proposal) -> None:
    await support(await person(), proposal)
    await count_supports(3201)
    await execute("UPDATE proposal_activity SET supports = 99, comments = 7 WHERE proposal_id = $1", proposal)
    found = [Drift(proposal, "comments", 7, 0), Drift(proposal, "supports", 99, 1)]
    assert sorted(await recount(3201, repair=False), key=lambda drift: drift.subject) == found
    assert await _stored(proposal) == 99
    alarms = await fetch("SELECT subject, stored, derived FROM recount_alarm ORDER BY subject")
    assert [tuple(row.values()) for row in alarms] == [
        ("proposal.comments", 7, 0),
        ("proposal.supports", 99, 1),
    ]
    assert len(await recount(3201, repair=True)) == 2
    assert (await _stored(proposal), (await read(proposal)).comments) == (1, 0)
    assert await recount(3201, repair=False) == []


async def test_age_is_the_age_reached_this_year(person, topic_id, proposal) -> None:
    await _require(await topic_id(), min_age=16)
    year = await fetch_value("SELECT extract(year FROM now() AT TIME ZONE 'UTC')::int")
    refusal = await _refusal(await person(birth_year=year - 15), proposal)
    assert (refusal.code, refusal.params["min_age"]) == ("too_young", 16)
    assert (await _refusal(await person(birth_year=None), proposal)).code == "too_young"
    assert (await support(await person(birth_year=year - 16), proposal)).changed


async def test_residents_are_those_of_this_municipality(person, topic_id, proposal) -> None:
    await _require(await topic_id(), residents_only=True)
    assert (await _refusal(await person(home="0301"), proposal)).code == "residents_only"
    assert (await _refusal(await person(home=None), proposal)).code == "residents_only"
    assert (await support(await person(home="3201"), proposal)).changed


@pytest.mark.parametrize(
    "closing",
    ["supports_open = false", "opens_at = now() - interval '2 days', closes_at = now() - interval '1 day'"],
)
async def test_a_closed_topic_takes_no_support_but_gives_it_back(person, topic_id, proposal, closing) -> None:
    supporter = await person()
    await support(supporter, proposal)
    await execute(f"UPDATE topic SET {closing} WHERE id = $1", await topic_id())
    assert (await _refusal(await person(), proposal)).code == "supports_closed"
    assert (await withdraw_support(supporter, proposal)).changed


async def test_nobody_supports_their_own(person, topic_id) -> None:
    author = await person()
    refusal = await _refusal(author, await published(author, await topic_id()))
    assert (type(refusal), refusal.code) == (Forbidden, "own_proposal")


async def test_who_is_not_logged_in_is_prompted_to(person, proposal) -> None:
    stranger = replace(await person(), account_id=None)
    assert type(await _refusal(stranger, proposal)) is Unauthenticated


async def test_what_is_not_public_is_not_found(person, topic_id, proposal) -> None:
    hidden = await draft(await person(), await topic_id())
    for unknown in (hidden, proposal + 1000):
        assert type(await _refusal(await person(), unknown)) is NotFound


async def test_a_withdrawn_proposal_takes_no_support(person, topic_id) -> None:
    author, supporter = await person(), await person()
    withdrawn = await published(author, await topic_id())
    assert (await support(supporter, withdrawn)).changed
    await withdraw_proposal(author, withdrawn, None)
    assert (await _refusal(await person(), withdrawn)).code == "not_supportable"
    with pytest.raises(Forbidden):
        await withdraw_support(supporter, withdrawn)


async def test_each_of_many_is_answered_for_itself(person, topic_id, proposal) -> None:
    author = await person()
    own = await published(author, await topic_id(), OTHER_WORDS)
    asks: list[Any] = [support(author, own), support(author, proposal), support(await person(), 10**9)]
    first, second, third = await asyncio.gather(*asks, return_exceptions=True)
    assert isinstance(first, Forbidden)
    assert second.changed
    assert isinstance(third, NotFound)
