"""A town that is migrated and seeded: what tests of real processes start from."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from backend.platform import database
from backend.platform.provision import provision
from backend.platform.settings import read_settings
from backend.topics.seeding import seed_once
from tests.system.processes import Town, town


@pytest.fixture(scope="module")
async def small_town() -> AsyncIterator[Town]:
    """PostgreSQL and Redis of a module's own, with tables and topics; no process of ours runs yet."""
    home = Path(tempfile.mkdtemp(prefix="samskap-town-"))
    try:
        async with town(home) as made:
            settings = read_settings(made.environment)
            await provision(replace(settings, database_owner_url=made.postgres.url))
            async with database.open_database(settings):
                await seed_once(settings)
            yield made
    finally:
        shutil.rmtree(home, ignore_errors=True)
