"""Compares the models with what the migrations make of them; needs no database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector

from backend.platform.database import tortoise_config
from backend.platform.settings import Settings


@asynccontextmanager
async def _detector() -> AsyncIterator[MigrationAutodetector]:
    # Tortoise connects at the first statement, and comparing makes none: any address will do.
    config = tortoise_config(Settings(database_url="postgresql://postgres@localhost/samskap"))
    async with TortoiseContext() as context:
        await context.init(config=config)
        if context.apps is None:
            raise RuntimeError("Tortoise has read no models.")
        yield MigrationAutodetector(context.apps, config["apps"])


async def differences() -> list[str]:
    """What a new migration would do, one line for each operation; empty when all is in step."""
    async with _detector() as detector:
        return [
            _describe(operation) for writer in await detector.changes() for operation in writer.operations
        ]


def _describe(operation: object) -> str:
    names = ", ".join(value for value in vars(operation).values() if isinstance(value, str))
    return f"  {type(operation).__name__}: {names}"


async def write() -> list[str]:
    """Write the migration that is missing; returns the paths of the new files."""
    async with _detector() as detector:
        return await detector.write()
