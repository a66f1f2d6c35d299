"""Migrations: in step with the models, run once each, and safe to run again after a crash."""

import asyncio
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from tortoise import Tortoise
from tortoise.migrations.graph import MigrationKey
from tortoise.migrations.loader import MigrationLoader
from tortoise.migrations.operations import RunSQL
from tortoise.migrations.recorder import MigrationRecorder

from backend.platform.database import DATABASE_AWAY, fetch, fetch_value, tortoise_config
from backend.platform.settings import Settings
from ops.commands._migrations import differences
from tests.imports.commands import samskap, start
from tests.platform.support import connected, empty_database

HISTORY = sorted(path.stem for path in (Path(__file__).parents[2] / "migrations").glob("0*.py"))
_HISTORY = "SELECT name FROM tortoise_migrations ORDER BY id"
_RECORDS = """
    CREATE TABLE tortoise_migrations (id serial PRIMARY KEY, app varchar(255) NOT NULL,
        name varchar(255) NOT NULL CHECK ({condition}), applied_at timestamptz NOT NULL, UNIQUE (app, name))
"""
_COLUMNS = """
    SELECT table_name, column_name, is_nullable = 'YES' AS nullable, is_generated = 'ALWAYS' AS computed
    FROM information_schema.columns WHERE table_schema = 'public'
        AND table_name NOT IN ('tortoise_migrations', 'health_probe')
"""
# Columns that PostgreSQL computes from others; they live in SQL only.
_COMPUTED = {
    ("comment", "level"),
    ("comment", "parent_level"),
    ("comment_transition", "previous"),
    ("proposal", "position"),
    ("proposal_transition", "previous"),
    ("support_event", "previous"),
}


async def _names(settings: Settings) -> list[str]:
    async with connected(settings) as held:
        return [row["name"] for row in await held.fetch(_HISTORY)]


async def _outline(settings: Settings) -> set[tuple[Any, ...]]:
    async with connected(settings) as held:
        return {tuple(row) for row in await held.fetch(_COLUMNS)}


def _loader() -> MigrationLoader:
    config = tortoise_config(Settings(database_url="postgresql://postgres@localhost/samskap"))
    return MigrationLoader(config["apps"], MigrationRecorder(None), load=False)


async def test_no_migration_is_missing() -> None:
    assert await differences() == []


async def test_the_command_says_so(services: Settings) -> None:
    code, output, errors = await samskap(services, "migrate", "--check")
    assert (code, errors) == (0, "")
    assert "in step" in output


async def test_there_is_one_line_of_migrations() -> None:
    loader = _loader()
    await loader.build_graph()
    leaves = loader.graph.leaf_nodes("samskap")
    assert leaves == [MigrationKey(app_label="samskap", name=HISTORY[-1])]
    # Each stands on the one before it, so there is one order to run them in.
    names = sorted(key.name for key in loader.graph.nodes)
    assert [key.name for key in loader.graph.forwards_plan(leaves[0])] == names


async def test_two_at_once_wait_for_each_other(services: Settings) -> None:
    async with empty_database(services) as settings:
        ends = await asyncio.gather(*(samskap(settings, "migrate") for _ in range(2)))
        assert [code for code, _, _ in ends] == [0, 0], ends
        assert await _names(settings) == HISTORY
        assert await _outline(settings) == await _outline(services)


async def test_killed_halfway_it_runs_to_the_end_the_next_time(services: Settings) -> None:
    async with empty_database(services) as settings, connected(settings) as watching:
        process = await start(settings, "migrate")
        while not await watching.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL"
        ):
            assert process.returncode is None
        process.kill()
        await process.communicate()
        assert (await samskap(settings, "migrate"))[0] == 0
        assert await _names(settings) == HISTORY


async def test_a_migration_and_its_record_are_stored_together(services: Settings) -> None:
    async with empty_database(services) as settings:
        async with connected(settings) as held:
            # The record is refused at the last moment: what the migration made must be gone too.
            await held.execute(_RECORDS.format(condition="name <> '0002_constraints'"))
        assert (await samskap(settings, "migrate"))[0] != 0
        async with connected(settings) as held:
            assert await held.fetchval("SELECT count(*) FROM tortoise_migrations") == 1
            assert await held.fetchval("SELECT to_regclass('topic')") == "topic"
            assert await held.fetchval("SELECT count(*) FROM pg_constraint WHERE contype = 'f'") == 0
            await held.execute(
                "ALTER TABLE tortoise_migrations DROP CONSTRAINT tortoise_migrations_name_check"
            )
        assert (await samskap(settings, "migrate"))[0] == 0
        assert await _names(settings) == HISTORY


async def test_handwritten_sql_can_be_run_again(fresh: Settings) -> None:
    async with connected(fresh) as held:
        before = await held.fetch(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1, 2"
        )
        indexes = await held.fetch("SELECT indexname, indexdef FROM pg_indexes ORDER BY 1")
        for name in HISTORY:
            for operation in import_module(f"migrations.{name}").Migration.operations:
                if isinstance(operation, RunSQL):
                    await held.execute(operation.sql)
        assert before == await held.fetch(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1, 2"
        )
        assert indexes == await held.fetch("SELECT indexname, indexdef FROM pg_indexes ORDER BY 1")


async def test_a_lost_history_is_not_taken_for_an_empty_database(fresh: Settings) -> None:
    async with connected(fresh) as held:
        await held.execute("DROP TABLE tortoise_migrations")
        topics = await held.fetchval("SELECT count(*) FROM topic")
        code, _, errors = await samskap(fresh, "migrate")
        assert code != 0
        assert "already exists" in errors
        assert await held.fetchval("SELECT count(*) FROM topic") == topics > 0


async def test_it_gives_up_waiting_for_a_table_that_is_in_use(services: Settings) -> None:
    async with empty_database(services) as settings, connected(settings) as busy:
        await busy.execute(_RECORDS.format(condition="true"))
        async with connected(settings) as watching, busy.transaction():
            await busy.execute("LOCK TABLE tortoise_migrations IN EXCLUSIVE MODE")
            started = asyncio.get_running_loop().time()
            code, _, errors = await samskap(settings, "migrate")
            assert code != 0
            assert "lock timeout" in errors
            assert asyncio.get_running_loop().time() - started < 60
            sessions = await watching.fetch(
                "SELECT usename FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'"
            )
            assert len(sessions) == 2, "the migration left a session behind"
        assert (await samskap(settings, "migrate"))[0] == 0


async def test_the_tables_have_the_columns_of_the_models(fresh: Settings) -> None:
    found = {
        (row["table_name"], row["column_name"]): (row["nullable"], row["computed"])
        for row in await fetch(_COLUMNS)
    }
    declared = {
        (model._meta.db_table, field.source_field or name): field.null
        for models in Tortoise.apps.values()
        for model in models.values()
        for name, field in model._meta.fields_map.items()
    }
    assert {key for key, (_, computed) in found.items() if computed} == _COMPUTED
    assert set(found) - _COMPUTED == set(declared)
    assert {key: nullable for key, (nullable, _) in found.items() if key not in _COMPUTED} == declared


async def test_the_pool_bounds_every_statement(fresh: Settings) -> None:
    assert await fetch_value("SHOW statement_timeout") == f"{fresh.statement_timeout}s"
    assert await fetch_value("SHOW idle_in_transaction_session_timeout") == "1min"
    assert await fetch_value("SHOW timezone") == "UTC"


async def test_the_column_types_are_those_of_the_models(fresh: Settings) -> None:
    """What Tortoise would make of the models today, next to what the migrations made."""
    wrong = []
    for models in Tortoise.apps.values():
        for model in models.values():
            for name, field in model._meta.fields_map.items():
                declared = str(field.get_for_dialect("postgres", "SQL_TYPE"))
                found = await fetch_value(
                    """SELECT format_type(atttypid, atttypmod) FROM pg_attribute
                       WHERE attrelid = $1::regclass AND attname = $2""",
                    model._meta.db_table,
                    field.source_field or name,
                )
                if await fetch_value("SELECT to_regtype($1)::oid <> to_regtype($2)::oid", declared, found):
                    wrong.append((model._meta.db_table, name, declared, found))
    assert wrong == []


async def test_a_killed_connection_leaves_the_pool_usable(fresh: Settings) -> None:
    async with connected(fresh) as held:
        await held.execute(
            """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()"""
        )
    for _ in range(fresh.database_pool_max * 2):
        try:
            await fetch_value("SELECT 1")
        except DATABASE_AWAY:
            continue
    assert await fetch_value("SELECT 1") == 1


async def test_a_last_word_of_the_server_is_an_outage(fresh: Settings) -> None:
    """It is read before the end of the connection is, and a statement may come between."""
    said = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0"
    async with connected(fresh) as held:
        held._protocol.data_received(b"E" + (len(said) + 4).to_bytes(4) + said)
        with pytest.raises(DATABASE_AWAY):
            await held.fetchval("SELECT 1")
        held.terminate()
