"""What commands that work on data share: the open database, and refusals as one sentence."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TypeVar

import asyncpg
from tortoise.exceptions import DBConnectionError, OperationalError

from backend.platform.database import CONNECTION_LOST, open_database, owner_url
from backend.platform.errors import DomainError
from backend.platform.settings import Settings, get_settings
from ops.commands._errors import CommandError

Result = TypeVar("Result")


def with_database(work: Callable[[Settings], Awaitable[Result]], *, as_owner: bool = False) -> Result:
    """Run `work` with the database open. A refusal, or a database that is away, becomes a CommandError.

    `as_owner` connects as the role that the tables belong to.
    """
    try:
        return asyncio.run(_run(work, as_owner=as_owner))
    except asyncpg.InsufficientPrivilegeError:
        raise CommandError("This needs the tables' owner: set SAMSKAP_DATABASE_OWNER_URL.") from None
    except DomainError as error:
        raise CommandError(sentence(error)) from None
    except CONNECTION_LOST as error:
        raise CommandError(f"The database was lost on the way: {error}.") from None


def sentence(error: DomainError) -> str:
    """What a refusal says, filled in."""
    return error.message.format(**error.params)


async def _run(work: Callable[[Settings], Awaitable[Result]], *, as_owner: bool) -> Result:
    settings = get_settings()
    if as_owner:
        settings = replace(settings, database_url=owner_url(settings))
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(open_database(settings))
        except (OSError, asyncpg.PostgresError, DBConnectionError, OperationalError) as error:
            raise CommandError(f"The database of SAMSKAP_DATABASE_URL does not answer: {error}.") from None
        return await work(settings)
