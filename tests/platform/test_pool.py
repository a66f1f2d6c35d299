"""A database that tests have one after the other is for each as it was for the first."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from backend.platform.settings import Settings
from tests.fixtures.databases import clone, database_name, drop, owner
from tests.fixtures.pool import ClonePool

_ACCOUNT = "INSERT INTO account (municipality_id, display_name) VALUES (3201, 'Person') RETURNING id"
_TABLES = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
)


async def _contents(settings: Settings) -> dict[str, list[str]]:
    """Every row and every sequence, as text."""
    connection = await owner(settings)
    try:
        found = {
            name: sorted(row[0] for row in await connection.fetch(f'SELECT t::text FROM "{name}" t'))
            for (name,) in await connection.fetch(_TABLES)
        }
        positions = await connection.fetch("SELECT sequencename, last_value FROM pg_sequences")
        found["sequences"] = sorted(f"{row['sequencename']} {row['last_value']}" for row in positions)
        return found
    finally:
        await connection.close()


async def _again(pool: ClonePool, used: Settings) -> Settings:
    await pool.release(used)
    return await pool.acquire()


@pytest.fixture
async def pool(services: Settings) -> AsyncIterator[ClonePool]:
    made = ClonePool(services)
    yield made
    await made.close()


async def _execute(settings: Settings, *statements: str) -> None:
    connection = await owner(settings)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        _ACCOUNT,
        "UPDATE topic SET slug = slug || '-' WHERE id = 1",
        "DELETE FROM topic_text",
        "SELECT nextval(pg_get_serial_sequence('account', 'id'))",
        f"{_ACCOUNT}; DELETE FROM account",
    ],
)
async def test_what_was_written_is_taken_away(services: Settings, pool: ClonePool, statement: str) -> None:
    before = await _contents(untouched := await clone(services, "untouched"))
    await drop(untouched)
    used = await pool.acquire()
    await _execute(used, statement)
    again = await _again(pool, used)
    assert database_name(again) == database_name(used)
    assert await _contents(again) == before


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE left_over (id int)",
        "ALTER TABLE account ADD COLUMN left_over int",
        "ALTER TABLE topic DISABLE TRIGGER ALL",
        "GRANT DELETE ON support_event TO PUBLIC",
        "DROP INDEX proposal_search_idx",
        "ANALYZE topic",
        "TRUNCATE account CASCADE",
        "CREATE OR REPLACE FUNCTION left_over() RETURNS int LANGUAGE sql RETURN 1",
        "ALTER TABLE account SET (fillfactor = 50)",
        "CREATE SEQUENCE left_over",
        "INSERT INTO account (municipality_id, display_name) SELECT 3201, n FROM generate_series(1, 50000) n",
    ],
)
async def test_what_cannot_be_taken_away_is_dropped(pool: ClonePool, statement: str) -> None:
    used = await pool.acquire()
    await _execute(used, statement)
    again = await _again(pool, used)
    assert database_name(again) != database_name(used)
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await owner(used)


async def test_a_setting_of_the_database_is_not_passed_on(pool: ClonePool) -> None:
    used = await pool.acquire()
    await _execute(used, f'ALTER DATABASE "{database_name(used)}" SET default_transaction_read_only = on')
    again = await _again(pool, used)
    assert database_name(again) != database_name(used)


async def test_two_at_once_have_one_each(pool: ClonePool) -> None:
    first, second = await pool.acquire(), await pool.acquire()
    assert database_name(first) != database_name(second)


async def test_whoever_is_still_connected_is_not_any_more(pool: ClonePool) -> None:
    used = await pool.acquire()
    connection = await owner(used)
    await connection.execute("BEGIN; LOCK TABLE account")
    await pool.release(used)
    assert connection.is_closed() or await _is_gone(connection)


async def _is_gone(connection: asyncpg.Connection) -> bool:
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
        await connection.execute("SELECT")
    await connection.close()
    return True
