"""The outbox: a row of it is handed over once at a time, until its job is done or has failed for good."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from arq.connections import ArqRedis, create_pool

from backend.platform.database import execute, fetch_row, fetch_value, unit_of_work
from backend.platform.errors import Invalid, Unavailable
from backend.platform.outbox import enqueue, enqueue_many, enqueue_soon
from backend.platform.settings import Settings
from tests.platform.support import connected
from workers.job import JOBS_BY_NAME, MAX_ATTEMPTS, job, run_row
from workers.relay import BATCH, relay_once, run_relay
from workers.settings import deserialize, queue_name, redis_settings, serialize

Register = Callable[..., None]
_INSERT = "INSERT INTO account (municipality_id, display_name) VALUES (3201, $1)"
_COUNT = "SELECT count(*) FROM account WHERE display_name = $1"


@pytest.fixture
async def queue(fresh: Settings) -> AsyncIterator[ArqRedis]:
    """The queue, empty."""
    found = await create_pool(redis_settings(fresh), job_serializer=serialize, job_deserializer=deserialize)
    await found.flushdb()
    yield found
    await found.flushdb()
    await found.aclose()


@pytest.fixture
def register() -> Any:
    """Make a job of a coroutine, for this test only."""
    before = dict(JOBS_BY_NAME)

    def add(
        name: str, work: Callable[[dict[str, Any]], Awaitable[None]], *, transactional: bool = True
    ) -> None:
        job(name, transactional=transactional)(work)

    yield add
    JOBS_BY_NAME.clear()
    JOBS_BY_NAME.update(before)


async def _row(row_id: int) -> dict[str, Any]:
    row = await fetch_row("SELECT *, due_at - now() AS within FROM outbox WHERE id = $1", row_id)
    assert row is not None
    return dict(row)


async def _only_row() -> int:
    found: int = await fetch_value("SELECT id FROM outbox")
    return found


async def _handed_over(queue: ArqRedis, name: str = "fast") -> list[bytes]:
    found: list[bytes] = await queue.zrange(queue_name(name), 0, -1)
    return found


async def test_a_refused_unit_of_work_asks_for_nothing(fresh: Settings, queue: ArqRedis) -> None:
    async def ask_and_fail() -> None:
        async with unit_of_work():
            await enqueue("a", "1")
            await enqueue_many("b", [("1", {}), ("2", {})])
            await enqueue_soon("c", "1", {}, within=timedelta(seconds=1))
            raise Invalid("no", "Nei.")

    with pytest.raises(Invalid):
        await ask_and_fail()
    assert await fetch_value("SELECT count(*) FROM outbox") == 0
    assert await relay_once(queue) == 0


async def test_a_due_row_is_handed_over_once(fresh: Settings, queue: ArqRedis) -> None:
    await enqueue("a", "1", {"n": 1})
    await enqueue("a", "2", due=datetime.now(UTC) + timedelta(hours=1))
    assert await relay_once(queue) == 1
    assert await relay_once(queue) == 0
    row = await fetch_row("SELECT id, dispatched_at, attempts, done_at FROM outbox WHERE key = '1'")
    assert row is not None
    assert row["dispatched_at"] is not None
    assert (row["attempts"], row["done_at"]) == (0, None)
    assert await _handed_over(queue) == [f"outbox:{row['id']}".encode()]


async def test_a_slow_job_has_a_queue_of_its_own(fresh: Settings, queue: ArqRedis) -> None:
    await enqueue("a", "1", queue="slow")
    await relay_once(queue)
    assert await _handed_over(queue, "fast") == []
    assert await _handed_over(queue, "slow") == [f"outbox:{await _only_row()}".encode()]


@pytest.mark.parametrize(("name", "lease"), [("fast", 3), ("slow", 60)])
async def test_what_is_not_done_when_its_lease_ends_comes_back(
    fresh: Settings, queue: ArqRedis, name: str, lease: int
) -> None:
    await enqueue("a", "1", queue=name)
    assert await relay_once(queue) == 1
    # The queue is wiped, as if Redis had been lost.
    await queue.flushdb()
    aged = "UPDATE outbox SET dispatched_at = now() - make_interval(secs => $1)"
    await execute(aged, lease - 1.0)
    assert await relay_once(queue) == 0
    await execute(aged, lease + 1.0)
    assert await relay_once(queue) == 1
    assert await _handed_over(queue, name) == [f"outbox:{await _only_row()}".encode()]


async def test_handed_over_again_it_is_still_in_the_queue_once(fresh: Settings, queue: ArqRedis) -> None:
    await enqueue("a", "1")
    for _ in range(3):
        await relay_once(queue)
        await execute("UPDATE outbox SET dispatched_at = NULL")
    assert len(await _handed_over(queue)) == 1


async def test_what_is_done_or_has_failed_stays_away(fresh: Settings, queue: ArqRedis) -> None:
    await enqueue("a", "1")
    await enqueue("a", "2")
    await execute("UPDATE outbox SET done_at = now() WHERE key = '1'")
    await execute("UPDATE outbox SET failed_at = now() WHERE key = '2'")
    assert await relay_once(queue) == 0


async def test_two_relays_share_the_rows(fresh: Settings, queue: ArqRedis) -> None:
    await enqueue_many("a", [(str(number), {}) for number in range(3 * BATCH)])
    counts = await asyncio.gather(*(relay_once(queue) for _ in range(5)))
    assert sum(counts) <= 3 * BATCH
    while (count := await relay_once(queue)) > 0:
        counts.append(count)
    # Each was handed over by one of them and nobody else: together exactly as many as there are.
    assert sum(counts) == 3 * BATCH
    assert len(await _handed_over(queue)) == 3 * BATCH


async def test_a_row_that_another_relay_holds_is_passed_by(fresh: Settings, queue: ArqRedis) -> None:
    await enqueue("a", "1")
    await enqueue("a", "2")
    async with connected(fresh) as held, held.transaction():
        await held.fetch("SELECT FROM outbox WHERE key = '1' FOR UPDATE")
        assert await relay_once(queue) == 1
    assert await fetch_value("SELECT key FROM outbox WHERE dispatched_at IS NOT NULL") == "2"


async def test_the_relay_is_woken_and_outlives_its_listener(fresh: Settings, queue: ArqRedis) -> None:
    stopping = asyncio.Event()
    relay = asyncio.create_task(run_relay(fresh, queue, stopping))
    try:
        for number in range(3):
            await enqueue("a", str(number))
            async with asyncio.timeout(15):
                while len(await _handed_over(queue)) <= number:  # noqa: ASYNC110 - the queue tells only who asks
                    await asyncio.sleep(0.02)
            async with connected(fresh) as held:
                await held.execute(
                    """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                       WHERE datname = current_database() AND query ILIKE 'LISTEN%' AND pid <> pg_backend_pid()"""
                )
        assert not relay.done()
    finally:
        stopping.set()
        await asyncio.wait_for(relay, 10)


async def test_requested_soon_it_is_requested_once(fresh: Settings) -> None:
    for _ in range(3):
        await enqueue_soon("count", "3201", {}, within=timedelta(seconds=30))
    await enqueue_soon("count", "301", {}, within=timedelta(seconds=30))
    assert await fetch_value("SELECT count(*) FROM outbox") == 2
    # Once it is due it may be running already, and would miss what comes now.
    await execute("UPDATE outbox SET due_at = now() WHERE key = '3201'")
    await enqueue_soon("count", "3201", {}, within=timedelta(seconds=30))
    assert await fetch_value("SELECT count(*) FROM outbox WHERE key = '3201'") == 2


async def test_a_job_and_its_mark_are_one(fresh: Settings, register: Register) -> None:
    async def work(payload: dict[str, Any]) -> None:
        await execute(_INSERT, payload["name"])

    register("write", work)
    await enqueue("write", "1", {"name": "Gjort"})
    row_id = await _only_row()
    await asyncio.gather(*(run_row(row_id) for _ in range(5)))
    await run_row(row_id)
    assert await fetch_value(_COUNT, "Gjort") == 1
    assert (await _row(row_id))["done_at"] is not None


async def test_a_job_that_fails_leaves_nothing_and_tries_again_later(
    fresh: Settings, register: Register
) -> None:
    async def work(_payload: dict[str, Any]) -> None:
        await execute(_INSERT, "Halvveis")
        raise Unavailable("away", "Borte.")

    register("write", work)
    await enqueue("write", "1")
    row_id = await _only_row()
    waits = []
    for attempt in range(1, MAX_ATTEMPTS + 1):
        await run_row(row_id)
        row = await _row(row_id)
        assert row["attempts"] == attempt
        assert row["error"] == "Unavailable"
        assert row["dispatched_at"] is None
        assert (row["failed_at"] is not None) is (attempt == MAX_ATTEMPTS)
        waits.append(row["within"].total_seconds())
    assert await fetch_value(_COUNT, "Halvveis") == 0
    # Each wait is twice the one before it.
    assert [round(wait) for wait in waits[:7]] == [1, 2, 4, 8, 16, 32, 64]
    # Failed for good: nobody runs it any more.
    await run_row(row_id)
    assert (await _row(row_id))["attempts"] == MAX_ATTEMPTS


async def test_a_job_that_never_ends_has_failed_this_time(fresh: Settings, register: Register) -> None:
    async def work(_payload: dict[str, Any]) -> None:
        await execute(_INSERT, "Halvveis")
        await asyncio.Event().wait()

    register("endless", work)
    await enqueue("endless", "1")
    row_id = await _only_row()
    await run_row(row_id, within=0.2)
    row = await _row(row_id)
    assert (row["attempts"], row["error"], row["done_at"]) == (1, "TimeoutError", None)
    assert await fetch_value(_COUNT, "Halvveis") == 0


async def test_a_bug_is_not_tried_as_often_as_an_outage(
    fresh: Settings, register: Register, queue: ArqRedis
) -> None:
    async def work(_payload: dict[str, Any]) -> None:
        raise ZeroDivisionError

    async def read_what_is_not_there(_payload: dict[str, Any]) -> None:
        raise FileNotFoundError

    register("bug", work)
    register("file", read_what_is_not_there)
    await enqueue("bug", "1")
    await enqueue("nobody_knows_this_job", "2")
    await enqueue("file", "3")
    for key, error in (("1", "ZeroDivisionError"), ("2", "KeyError"), ("3", "FileNotFoundError")):
        row_id = await fetch_value("SELECT id FROM outbox WHERE key = $1", key)
        for _ in range(3):
            await run_row(row_id)
        row = await _row(row_id)
        assert (row["attempts"], row["error"]) == (3, error)
        assert row["failed_at"] is not None
    await execute("UPDATE outbox SET due_at = now()")
    assert await relay_once(queue) == 0


async def test_after_a_failure_success_is_the_end(
    fresh: Settings, register: Register, queue: ArqRedis
) -> None:
    tries: list[int] = []

    async def work(_payload: dict[str, Any]) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise asyncpg.DeadlockDetectedError("made up")
        await execute(_INSERT, "Til slutt")

    register("write", work)
    await enqueue("write", "1")
    row_id = await _only_row()
    for _ in range(4):
        await execute("UPDATE outbox SET due_at = now()")
        await relay_once(queue)
        await run_row(row_id)
    row = await _row(row_id)
    assert (row["attempts"], row["error"], len(tries)) == (2, None, 3)
    assert row["done_at"] is not None
    assert await fetch_value(_COUNT, "Til slutt") == 1


async def test_a_job_outside_transactions_commits_on_its_own(fresh: Settings, register: Register) -> None:
    async def work(_payload: dict[str, Any]) -> None:
        async with unit_of_work():
            await execute(_INSERT, "Første del")
        raise OSError("the mail server is away")

    register("outside", work, transactional=False)
    await enqueue("outside", "1")
    row_id = await _only_row()
    await run_row(row_id)
    assert await fetch_value(_COUNT, "Første del") == 1
    assert (await _row(row_id))["done_at"] is None


async def test_an_interrupted_job_is_as_if_never_begun(fresh: Settings, register: Register) -> None:
    begun = asyncio.Event()

    async def work(_payload: dict[str, Any]) -> None:
        await execute(_INSERT, "Avbrutt")
        begun.set()
        await asyncio.sleep(60)

    register("long", work)
    await enqueue("long", "1")
    row_id = await _only_row()
    running = asyncio.create_task(run_row(row_id))
    await begun.wait()
    # While it runs, nobody else does it.
    await run_row(row_id)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await fetch_value(_COUNT, "Avbrutt") == 0
    row = await _row(row_id)
    assert (row["done_at"], row["failed_at"]) == (None, None)


def test_two_jobs_of_one_name_are_a_mistake(register: Register) -> None:
    async def work(_payload: dict[str, Any]) -> None: ...

    register("twice", work)
    with pytest.raises(ValueError, match="two jobs are called twice"):
        register("twice", work)
