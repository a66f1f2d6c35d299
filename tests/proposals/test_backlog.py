"""Counting what has gathered: in slices that each commit, in a row so narrow that it costs little."""

import asyncio
import os
import sys
from importlib import import_module
from pathlib import Path

import pytest

from backend.platform.database import execute, fetch_row, fetch_value
from backend.platform.settings import Settings
from backend.proposals import counting
from backend.proposals.counting import count_comments, count_supports, recount
from tests.fixtures.databases import execute_as_owner
from tests.platform.support import connected
from tests.proposals.many import fill
from tests.proposals.support import published

_ROOT = Path(__file__).parents[2]
# Transactions long past, ten events each, or all of one.
_GATHER = """
    INSERT INTO support_event (municipality_id, proposal_id, account_id, ordinal, txid)
    SELECT 3201, id, $1, 1, 3 + row_number() OVER (ORDER BY id) / $2 FROM proposal
"""
_COUNTER = """
import asyncio
from backend.platform.database import open_database
from backend.proposals import counting
from backend.platform.settings import get_settings

async def count():
    async with open_database(get_settings()):
        await counting.count_supports(3201)

counting.SLICE_EVENTS = 100
asyncio.run(count())
"""


async def _gather(person, proposals: int, *, in_one: int = 10) -> int:
    supporter = (await person()).account_id or 0
    await fill(proposals, supporter)
    await execute("UPDATE proposal_activity SET supports = 0")
    await execute(_GATHER, supporter, in_one)
    return supporter


async def _counted() -> int:
    found: int = await fetch_value("SELECT sum(supports) FROM proposal_activity")
    return found


async def _blocked() -> None:
    """Return when somebody waits for a row that another holds."""
    async with asyncio.timeout(60):
        while not await fetch_value(  # noqa: ASYNC110 - PostgreSQL tells nobody
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ):
            await asyncio.sleep(0.02)


async def test_a_backlog_is_counted_in_slices_and_leaves_the_proposals_alone(
    person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "SLICE_EVENTS", 500)
    await _gather(person, 3_000)
    last = "SELECT max(xmin::text::bigint) FROM proposal"
    written = await fetch_value(last)
    assert await count_supports(3201) == 3_000
    assert await fetch_value("SELECT count(DISTINCT xmin::text) FROM proposal_activity") >= 6
    assert await fetch_value(last) == written
    assert (await _counted(), await recount(3201, repair=False)) == (3_000, [])
    assert await count_supports(3201) == 0


async def test_events_of_one_transaction_are_never_split(person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "SLICE_EVENTS", 7)
    await _gather(person, 60, in_one=100)
    assert await count_supports(3201) == 60
    assert await recount(3201, repair=False) == []


async def test_what_one_call_leaves_is_requested(person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "SLICE_EVENTS", 20)
    monkeypatch.setattr(counting, "_SLICES", 1)
    await _gather(person, 60)
    assert 0 < await count_supports(3201) < 60
    assert await fetch_value("SELECT count(*) FROM outbox WHERE job = 'count_supports'") == 1
    # What is not counted yet is right beside what is.
    assert await recount(3201, repair=False) == []


async def test_killed_between_two_slices_nothing_is_lost_or_counted_twice(fresh: Settings, person) -> None:
    await _gather(person, 1_000)
    async with connected(fresh) as busy:
        held = busy.transaction()
        await held.start()
        # The counter gets no further than to the slice with this proposal.
        await busy.execute(
            """SELECT FROM proposal_activity WHERE proposal_id = (SELECT min(id) + 550 FROM proposal) FOR UPDATE"""
        )
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            _COUNTER,
            cwd=_ROOT,
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith("SAMSKAP_")},
                "SAMSKAP_ENV": "test",
                "SAMSKAP_DATABASE_URL": fresh.database_url,
                "SAMSKAP_REDIS_URL": fresh.redis_url,
                "SAMSKAP_PEPPERS": "1:" + "00" * 32,
            },
        )
        await _blocked()
        process.kill()
        await process.wait()
        await held.rollback()
    assert 400 <= await _counted() <= 550
    assert await recount(3201, repair=False) == []
    # The dead process's connection, and with it the lock, ends a moment later.
    async with asyncio.timeout(30):
        while await _counted() < 1_000:
            await count_supports(3201)
    assert await recount(3201, repair=False) == []


async def test_many_counters_at_once_count_once(person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "SLICE_EVENTS", 50)
    await _gather(person, 600)
    assert (
        sum(await asyncio.gather(*(count_supports(3201) for _ in range(4)))) + await count_supports(3201)
        == 600
    )
    assert (await _counted(), await recount(3201, repair=False)) == (600, [])


async def test_comments_counted_at_once_end_with_the_latest(fresh: Settings, person, topic_id) -> None:
    """One who waited for the row counts what was there when the wait was over."""
    author = await person()
    proposal = await published(author, await topic_id())
    async with connected(fresh) as busy:
        held = busy.transaction()
        await held.start()
        await busy.execute("SELECT FROM proposal_activity WHERE proposal_id = $1 FOR UPDATE", proposal)
        waiting = asyncio.create_task(count_comments(3201, proposal))
        await _blocked()
        await busy.execute(
            """INSERT INTO comment (municipality_id, proposal_id, author_id, stance, language, body, state,
                                    published_at)
               VALUES (3201, $1, $2, 'for', 'nb', 'Ja', 'published', now())""",
            proposal,
            author.account_id,
        )
        await held.commit()
        await waiting
    assert await recount(3201, repair=False) == []


_ROW = "SELECT topic_id, is_public, supports, comments FROM proposal_activity WHERE proposal_id = $1"


async def test_the_narrow_row_follows_its_proposal(person, topic_id) -> None:
    topic, proposal = await topic_id(), await published(await person(), await topic_id())
    row = await fetch_row(_ROW, proposal)
    assert row is not None
    assert tuple(row) == (topic, True, 0, 0)
    other = await fetch_value("SELECT max(id) FROM topic")
    await execute("UPDATE proposal SET topic_id = $2 WHERE id = $1", proposal, other)
    row = await fetch_row(_ROW, proposal)
    assert row is not None
    assert tuple(row) == (other, True, 0, 0)
    await fill(40, (await person()).account_id or 0)
    assert not await fetch_value(
        """SELECT count(*) FROM proposal p FULL JOIN proposal_activity act
               ON act.municipality_id = p.municipality_id AND act.proposal_id = p.id
           WHERE act.is_public IS DISTINCT FROM (p.state IN ('published', 'answered'))
              OR act.topic_id IS DISTINCT FROM p.topic_id OR act.active_at IS DISTINCT FROM p.active_at"""
    )


async def test_what_the_version_before_counts_is_counted(person, topic_id) -> None:
    proposal = await published(await person(), await topic_id())
    await execute("UPDATE proposal_activity SET supports = 4, comments = 4 WHERE proposal_id = $1", proposal)
    await execute("UPDATE proposal SET supports = supports + 2 WHERE id = $1", proposal)
    await execute(
        "UPDATE proposal SET comments = 5, active_at = now() + interval '1 day' WHERE id = $1", proposal
    )
    row = await fetch_row(_ROW, proposal)
    assert row is not None
    assert tuple(row)[1:] == (True, 6, 5)
    assert await fetch_value(
        "SELECT active_at > now() FROM proposal_activity WHERE proposal_id = $1", proposal
    )


async def test_counts_that_are_there_are_carried_over(person) -> None:
    await fill(30, (await person()).account_id or 0)
    await execute("UPDATE proposal SET supports = id % 5, comments = id % 3")
    await execute_as_owner("DELETE FROM proposal_activity")
    operations = import_module("migrations.0006_proposal_activity").Migration.operations
    await execute_as_owner(
        next(o.sql for o in operations if "INSERT INTO proposal_activity" in getattr(o, "sql", ""))
    )
    assert (
        await fetch_value(
            """SELECT count(*) FROM proposal p JOIN proposal_activity act ON act.proposal_id = p.id
           WHERE (act.supports, act.comments, act.active_at) = (p.supports, p.comments, p.active_at)
             AND act.is_public = (p.state IN ('published', 'answered'))"""
        )
        == 30
    )
