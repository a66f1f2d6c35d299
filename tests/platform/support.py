"""What tests of the database itself begin with."""

import itertools
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from backend.platform.database import connection_parameters
from backend.platform.settings import Settings
from tests.fixtures.databases import with_database

_numbers = itertools.count()


async def connect(settings: Settings, database: str | None = None) -> asyncpg.Connection:
    """A connection of the test's own, outside the pool, as the tables' owner."""
    parameters = connection_parameters(settings.database_owner_url)
    return await asyncpg.connect(**{**parameters, "database": database or parameters["database"]})


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    """As `connect`, closed at the end."""
    held = await connect(settings)
    try:
        yield held
    finally:
        await held.close()


@asynccontextmanager
async def empty_database(services: Settings) -> AsyncIterator[Settings]:
    """A database with nothing in it, dropped at the end."""
    name = f"empty{os.getpid()}_{next(_numbers)}"
    admin = await connect(services, "postgres")
    await admin.execute(f'CREATE DATABASE "{name}"')
    try:
        yield with_database(services, name)
    finally:
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await admin.close()
