"""Real PostgreSQL and Redis for the whole run; for each test that writes a database of its own."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from xdist.scheduler import LoadScopeScheduling

from backend.platform import database
from backend.platform.provision import provision
from backend.platform.settings import Settings
from backend.topics.seeding import seed_once
from ops.embedded import start_postgres, start_redis, stop
from ops.embedded_postgres import ROLE
from tests.fixtures.databases import opened
from tests.fixtures.pool import ClonePool

pytest_plugins = [
    "tests.fixtures.people",
    "tests.fixtures.provider",
    "tests.fixtures.real_proposals",
    "tests.fixtures.server",
    "tests.fixtures.data_sets",
]


# What shares something that takes long to start goes to the same process; everything else is dealt out by file.
TOGETHER = ("browser", "imports")
# What takes long begins early, so that no process is left with it at the end.
FIRST = ("browser", "system", "imports")


def _folder(nodeid: str) -> str:
    return nodeid.removeprefix("tests/").split("/")[0]


class _Dealing(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        folder = _folder(nodeid)
        return folder if folder in TOGETHER else nodeid.split("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _Dealing:
    """Deal the tests out, where several processes run them."""
    return _Dealing(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long first."""
    turns = {folder: turn for turn, folder in enumerate(FIRST)}
    items.sort(key=lambda item: turns.get(_folder(item.nodeid), len(FIRST)))


@pytest.fixture(scope="session")
def services() -> Iterator[Settings]:
    """Settings that point at running services with a migrated and seeded template database."""
    home = Path(tempfile.mkdtemp(prefix="samskap-test-"))
    try:
        owner = start_postgres(home, is_durable=False)
        settings = Settings(
            env="test",
            home=home,
            database_url=database.with_user(owner, ROLE),
            database_owner_url=owner,
            redis_url=start_redis(home),
            peppers={1: b"p" * 32},
            base_url="http://testserver",
            mail_dir=home / "mail",
            metrics_port=0,
            # `SAMSKAP_COMPILED_OPERATIONS=no pytest tests/api` has graphql-core answer for the same tests.
            compiled_operations=os.environ.get("SAMSKAP_COMPILED_OPERATIONS") != "no",
        )
        asyncio.run(_make_template(settings))
        yield settings
    finally:
        stop(home)
        shutil.rmtree(home, ignore_errors=True)


async def _make_template(settings: Settings) -> None:
    await provision(settings)
    async with database.open_database(settings):
        await seed_once(settings)


@pytest.fixture(scope="session")
async def copies(services: Settings) -> AsyncIterator[ClonePool]:
    """Copies of the template database."""
    pool = ClonePool(services)
    yield pool
    await pool.close()


@pytest.fixture
async def fresh(services: Settings, copies: ClonePool) -> AsyncIterator[Settings]:
    """A database of this test's own, migrated and seeded and open for use; Redis remembers no other test."""
    redis: Redis = Redis.from_url(services.redis_url)
    await redis.flushdb()
    await redis.aclose()
    copied = await copies.acquire()
    try:
        async with opened(copied):
            yield copied
    finally:
        await copies.release(copied)
