"""The role of web, relay and workers does what the domain does, and nothing else."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from backend.platform.authz import Actor
from backend.platform.database import connection_parameters, execute, fetch, fetch_value, unit_of_work
from backend.platform.provision import provision
from backend.platform.rights import rights
from backend.platform.scram import scram_verifier
from backend.platform.settings import Settings, SettingsError
from backend.platform.slices import contributions
from ops.embedded_postgres import ROLE
from tests.fixtures.people import MakePerson
from tests.imports.commands import samskap
from tests.platform.support import connected, empty_database
from tests.proposals.support import published

_TABLES = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"


async def test_every_table_stands_in_the_list(fresh: Settings) -> None:
    assert {row["relname"] for row in await fetch(_TABLES)} == set(rights())


async def test_the_processes_connect_as_a_role_that_owns_nothing(fresh: Settings) -> None:
    assert await fetch_value("SELECT current_user") == ROLE
    rows = await fetch("SELECT relname FROM pg_class WHERE pg_has_role(current_user, relowner, 'USAGE')")
    assert [row["relname"] for row in rows] == []
    flags = "rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"
    assert not await fetch_value(f"SELECT {flags} FROM pg_roles WHERE rolname = current_user")


async def test_the_ledgers_are_the_tables_whose_rows_never_change(fresh: Settings) -> None:
    rows = await fetch(
        """SELECT tgrelid::regclass::text AS name FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
           WHERE p.proname = 'forbid_change'"""
    )
    assert {row["name"] for row in rows} <= set(contributions("ledgers"))


@pytest.mark.parametrize("table", sorted(contributions("ledgers")))
async def test_rows_of_a_ledger_are_neither_changed_nor_deleted(fresh: Settings, table: str) -> None:
    column = await fetch_value(
        """SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0
           AND attgenerated = '' ORDER BY attnum DESC LIMIT 1""",
        table,
    )
    for statement in (
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
        f"SELECT FROM {table} FOR UPDATE",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "ALTER TABLE topic ADD COLUMN mine int",
        "ALTER TABLE support_event DISABLE TRIGGER ALL",
        "DROP TRIGGER support_event_append_only ON support_event",
        "DROP TABLE comment",
        "CREATE OR REPLACE FUNCTION forbid_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "UPDATE tortoise_migrations SET name = 'x'",
        "DELETE FROM account",
        "DELETE FROM proposal",
        "UPDATE role_grant SET role = 'admin'",
        "UPDATE proposal_note SET body = 'x'",
        "SET session_replication_role = replica",
        "SELECT setval('proposal_id_seq', 1)",
        "CREATE ROLE mine SUPERUSER",
        "COPY (SELECT 1) TO PROGRAM 'true'",
    ],
)
async def test_what_the_role_may_not_do(fresh: Settings, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await execute(statement)


async def test_no_setting_of_its_own_opens_a_ledger(
    fresh: Settings, person: MakePerson, topic_id: object
) -> None:
    """What the triggers let pass for whoever says so, the role may still not do."""

    async def change(setting: str) -> None:
        async with unit_of_work():
            await execute(f"SELECT set_config('samskap.{setting}', 'on', true)")
            await execute("UPDATE proposal_version SET title = 'x', body = 'y'")

    for setting in ("erasing", "restoring"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await change(setting)


async def test_the_words_of_somebody_who_is_still_there_are_not_erased(
    fresh: Settings, person: MakePerson, topic_id: object
) -> None:
    author: Actor = await person()
    number = await published(author, await topic_id())  # type: ignore[operator]
    with pytest.raises(asyncpg.RestrictViolationError):
        await execute("SELECT erase_proposal_words(3201, $1, $2, 'x')", number, author.account_id)
    assert await fetch_value("SELECT count(*) FROM proposal_version WHERE title = 'x'") == 0


async def test_several_at_once_give_the_rights_without_a_gap(services: Settings) -> None:
    async with empty_database(services) as settings:
        outcomes = await asyncio.gather(*(samskap(settings, "migrate") for _ in range(3)))
        assert [code for code, _, _ in outcomes] == [0, 0, 0], outcomes
        held = await asyncpg.connect(**connection_parameters(settings.database_url))
        assert await held.fetchval("SELECT count(*) FROM municipality") == 1
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await held.execute("DELETE FROM support_event")
        await held.close()


async def test_production_refuses_one_role_for_both(services: Settings) -> None:
    one = Settings(env="production", database_url=services.database_owner_url)
    with pytest.raises(SettingsError, match="SAMSKAP_DATABASE_OWNER_URL"):
        await provision(one)


def _lines(path: Path) -> Iterator[str]:
    yield from path.read_text(errors="replace").splitlines()


async def test_a_role_is_made_with_its_password_and_no_log_holds_it(services: Settings) -> None:
    secret = "4f9a2c7d1e8b"
    async with empty_database(services) as settings, connected(settings) as held:
        role = f"role_{await held.fetchval('SELECT current_database()')}"
        name = f"{role}:{secret}@"
        other = Settings(
            env="test",
            database_url=settings.database_url.replace(f"{ROLE}@", name),
            database_owner_url=settings.database_owner_url,
        )
        try:
            await provision(other)
            stored = await held.fetchval("SELECT rolpassword FROM pg_authid WHERE rolname = $1", role)
            assert stored.startswith("SCRAM-SHA-256$4096:")
            assert secret not in stored
            assert not any(secret in line for line in _lines(services.home / "postgres.log"))
        finally:
            await held.execute(f'DROP OWNED BY "{role}"; DROP ROLE "{role}"')


def test_a_password_that_would_be_prepared_otherwise_is_refused() -> None:
    with pytest.raises(ValueError, match="ASCII"):
        scram_verifier("blåbær")
