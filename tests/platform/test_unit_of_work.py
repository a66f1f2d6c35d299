"""The unit of work: all of it is stored, or none, and nobody hears of what was not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from backend.platform.database import connection, execute, fetch, fetch_row, fetch_value, pool, unit_of_work
from backend.platform.errors import Invalid, NotFound
from backend.platform.idempotency import IdempotencyKey
from backend.platform.outbox import enqueue, enqueue_many
from backend.platform.settings import Settings
from backend.platform.tags import CHANNEL, changed
from tests.fixtures.people import MakePerson
from tests.platform.support import connected

_INSERT = "INSERT INTO account (municipality_id, display_name) VALUES (3201, $1)"
_COUNT = "SELECT count(*) FROM account WHERE display_name = $1"


@pytest.fixture
async def received(fresh: Settings) -> AsyncIterator[asyncio.Queue[str]]:
    """What a process that listens is told."""
    queue: asyncio.Queue[str] = asyncio.Queue()
    async with connected(fresh) as held:
        await held.add_listener(CHANNEL, lambda _c, _p, _n, payload: queue.put_nowait(str(payload)))
        yield queue


@asynccontextmanager
async def _given_up(*errors: type[Exception]) -> AsyncIterator[asyncpg.Connection]:
    """A unit of work that ends with one of these."""
    with pytest.raises(errors):
        async with unit_of_work() as held:
            yield held


async def _all_of_it(name: str) -> None:
    await execute(_INSERT, name)
    await enqueue("a_job", name)
    await enqueue_many("another_job", [(name, {})])
    await changed([name])


async def test_rolled_back_nothing_is_stored_and_nothing_shown(
    fresh: Settings, received: asyncio.Queue[str]
) -> None:
    async with _given_up(NotFound):
        await _all_of_it("borte")
        raise NotFound("no", "Nei.")
    assert await fetch_value(_COUNT, "borte") == 0
    assert await fetch_value("SELECT count(*) FROM outbox") == 0
    async with unit_of_work():
        await _all_of_it("her")
    # Notifications come in the order of their transactions, so the first one would have been here first.
    assert await asyncio.wait_for(received.get(), 5) == "her"
    assert await fetch_value("SELECT count(*) FROM outbox") == 2


async def test_cancelled_nothing_is_stored(fresh: Settings) -> None:
    begun = asyncio.Event()

    async def work() -> None:
        async with unit_of_work():
            await _all_of_it("borte")
            begun.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await fetch_value(_COUNT, "borte") == 0
    assert await fetch_value("SELECT count(*) FROM outbox") == 0


async def test_cancelled_in_the_middle_of_a_statement_the_connection_comes_back_clean(
    fresh: Settings,
) -> None:
    async def work() -> None:
        async with unit_of_work():
            await execute(_INSERT, "borte")
            await execute("SELECT pg_sleep(60)")

    for _ in range(fresh.database_pool_max + 2):
        task = asyncio.create_task(work())
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await fetch_value(_COUNT, "borte") == 0
    assert (
        await fetch_value("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'")
        == 0
    )
    async with unit_of_work():
        await execute(_INSERT, "her")
    assert await fetch_value(_COUNT, "her") == 1


async def test_nested_use_is_one_transaction(fresh: Settings) -> None:
    async with _given_up(NotFound) as outer:
        await execute(_INSERT, "ytre")
        async with unit_of_work() as inner, connection() as held:
            assert inner is outer
            assert held is outer
            await execute(_INSERT, "indre")
        # The inner one has ended, and nothing is committed yet.
        async with connected(fresh) as elsewhere:
            assert await elsewhere.fetchval(_COUNT, "indre") == 0
        raise NotFound("no", "Nei.")
    assert await fetch_value(_COUNT, "indre") == 0


async def test_models_travel_in_the_same_transaction(fresh: Settings, person: MakePerson) -> None:
    actor = await person()
    async with _given_up(NotFound):
        await IdempotencyKey.create(
            municipality_id=3201, account_id=actor.account_id, operation="x", key="k", request_hash=b""
        )
        assert await fetch_value("SELECT count(*) FROM idempotency_key") == 1
        raise NotFound("no", "Nei.")
    assert await fetch_value("SELECT count(*) FROM idempotency_key") == 0


async def test_after_it_the_context_is_as_before(fresh: Settings) -> None:
    async with unit_of_work() as first:
        number = await fetch_value("SELECT pg_current_xact_id()::text")
        assert await first.fetchval("SELECT pg_current_xact_id()::text") == number
    async with connection() as held:
        assert not held.is_in_transaction()
    async with unit_of_work():
        assert await fetch_value("SELECT pg_current_xact_id()::text") != number


async def test_others_work_on_connections_of_their_own(fresh: Settings) -> None:
    async def name_of(text: str) -> int:
        async with unit_of_work():
            await execute(_INSERT, text)
            await asyncio.sleep(0.01)
            return int(await fetch_value("SELECT pg_backend_pid()"))

    pids = await asyncio.gather(*(name_of(f"person {n}") for n in range(4)))
    assert len(set(pids)) == 4
    assert await fetch_value("SELECT count(*) FROM account WHERE display_name LIKE 'person %'") == 4


async def test_a_refused_row_inside_a_savepoint_leaves_the_rest(fresh: Settings) -> None:
    async with unit_of_work() as held:
        await execute(_INSERT, "først")
        with pytest.raises(asyncpg.ForeignKeyViolationError) as refused:
            async with held.transaction():
                await execute(
                    "INSERT INTO account (municipality_id, display_name) VALUES (1, 'ukjent kommune')"
                )
        assert refused.value.constraint_name == "account_municipality_id_fkey"
        await execute(_INSERT, "sist")
    assert await fetch_value("SELECT count(*) FROM account WHERE display_name IN ('først', 'sist')") == 2


async def test_without_a_savepoint_the_whole_is_lost(fresh: Settings) -> None:
    async with _given_up(asyncpg.InFailedSQLTransactionError):
        await execute(_INSERT, "først")
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await execute("INSERT INTO account (municipality_id, display_name) VALUES (1, 'ukjent kommune')")
        await execute(_INSERT, "sist")
    assert await fetch_value("SELECT count(*) FROM account WHERE display_name IN ('først', 'sist')") == 0


@pytest.mark.parametrize("text", ["null\x00tegn", "halvt \ud83d par", "\udc00"])
async def test_what_cannot_be_stored_is_shown_plainly(fresh: Settings, text: str) -> None:
    async def run(ask: object, *values: object) -> None:
        with pytest.raises(Invalid) as refused:
            await ask(*values)  # type: ignore[operator]
        assert refused.value.code == "text_not_storable"
        assert text not in str(refused.value)

    for ask in (fetch, fetch_row, fetch_value, execute):
        await run(ask, "SELECT $1::text", text)
    await run(fetch, "SELECT unnest($1::text[])", [text])
    await run(execute, _INSERT, text)
    await run(enqueue, "a_job", text)


@pytest.mark.parametrize("text", ["👩‍🚒", "æøå ÆØÅ", "شکراً", "Čáhcesuolu", "a\u0301", "\U0010ffff", "\ufffd"])
async def test_what_can_be_stored_comes_back_as_it_was(fresh: Settings, text: str) -> None:
    assert await fetch_value(f"{_INSERT} RETURNING display_name", text) == text


async def test_a_payload_with_null_characters_is_refused_like_any_text(fresh: Settings) -> None:
    with pytest.raises(Invalid):
        await enqueue("a_job", "key", {"text": "null\x00tegn"})
    assert await fetch_value("SELECT count(*) FROM outbox") == 0


async def test_many_more_than_the_pool_holds_are_served_in_turn(fresh: Settings) -> None:
    async def one(number: int) -> None:
        async with unit_of_work():
            await execute(_INSERT, f"kø {number}")

    await asyncio.gather(*(one(number) for number in range(fresh.database_pool_max * 5)))
    assert await fetch_value("SELECT count(*) FROM account WHERE display_name LIKE 'kø %'") == 50
    assert pool().get_idle_size() == pool().get_size()


async def test_an_idle_transaction_is_ended(fresh: Settings) -> None:
    """Sessions are bounded by the server, so a process that hangs holds no row for long."""
    async with _given_up(asyncpg.PostgresError, asyncpg.InterfaceError):
        await execute(_INSERT, "for sent")
        await execute("SET LOCAL idle_in_transaction_session_timeout = '100ms'")
        await asyncio.sleep(0.5)
        await execute(_INSERT, "for sent")
    assert await fetch_value(_COUNT, "for sent") == 0
    assert pool().get_idle_size() == pool().get_size()
