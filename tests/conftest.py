"""Real PostgreSQL and Redis for the whole run; a database of its own, cloned from a migrated one, for each test
that writes."""

import asyncio
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from backend import database
from backend.embedded import start_postgres, start_redis, stop
from backend.settings import Settings
from backend.topics.seeding import seed_once

pytest_plugins = [
    "tests.fixtures.people",
    "tests.fixtures.provider",
    "tests.fixtures.real_proposals",
    "tests.fixtures.server",
]
_numbers = itertools.count()


@pytest.fixture(scope="session")
def services() -> Iterator[Settings]:
    """Settings that point at running services with a migrated and seeded template database."""
    home = Path(tempfile.mkdtemp(prefix="samskap-test-"))
    try:
        settings = Settings(
            env="test",
            home=home,
            database_url=start_postgres(home),
            redis_url=start_redis(home),
            peppers={1: b"p" * 32},
            base_url="http://testserver",
            mail_dir=home / "mail",
            metrics_port=0,
        )
        asyncio.run(_make_template(settings))
        yield settings
    finally:
        stop(home)
        shutil.rmtree(home, ignore_errors=True)


async def _make_template(settings: Settings) -> None:
    await database.migrate(settings)
    async with database.open_database(settings):
        await seed_once(settings)


def _admin_parameters(settings: Settings) -> dict[str, object]:
    return {**database.connection_parameters(settings.database_url), "database": "postgres"}


@pytest.fixture
async def fresh(services: Settings) -> AsyncIterator[Settings]:
    """A database of this test's own, seeded and open for use; Redis is emptied."""
    name = f"t{os.getpid()}_{next(_numbers)}"
    admin = await asyncpg.connect(**_admin_parameters(services))
    template = database.connection_parameters(services.database_url)["database"]
    await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY WAL_LOG')
    settings = replace(services, database_url=_with_database(services.database_url, name))
    try:
        async with database.open_database(settings):
            yield settings
    finally:
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await admin.close()


def _with_database(url: str, name: str) -> str:
    address, _, query = url.partition("?")
    base = address.rsplit("/", 1)[0]
    return f"{base}/{name}" + (f"?{query}" if query else "")
