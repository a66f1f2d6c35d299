"""The one database: its connection pool, the unit of work, and running migrations.

Tortoise owns the pool; SQL written by hand travels over the same connections, inside the same transaction.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget
from tortoise.transactions import in_transaction

from backend.platform.errors import Invalid, Unavailable
from backend.platform.locks import Lock
from backend.platform.settings import Settings
from backend.platform.slices import contributions

# What a statement raises on a connection that the server ended. The driver calls it an internal error when the
# server's last word has come and the end of the connection has not.
CONNECTION_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
# What a statement raises while PostgreSQL takes no writes (25006: a standby, or set so) or has no more room, memory or
# connections (class 53).
DATABASE_UNABLE = (asyncpg.ReadOnlySQLTransactionError, asyncpg.InsufficientResourcesError)


class DatabaseAwayError(Exception):
    """PostgreSQL could not be reached, or did not answer in time."""


# What a statement raises while PostgreSQL is away, starting, stopping or unable: trying again later may help. An error
# of the operating system is one of these only where it came of talking to PostgreSQL; a file that is missing is a bug.
DATABASE_AWAY = (DatabaseAwayError, *CONNECTION_LOST, *DATABASE_UNABLE)
_MIGRATION_POLL = 0.2

_transaction: ContextVar[asyncpg.Connection | None] = ContextVar("transaction", default=None)


async def _keep_connection_as_it_is(_connection: asyncpg.Connection) -> None:
    """Stand in for asyncpg's reset query, which costs about 15 % of a short read.

    Nothing here changes a connection's session state: settings and locks are transaction-scoped.
    """


def connection_parameters(url: str) -> dict[str, Any]:
    """Host, port, user, password and database of a PostgreSQL URL; `?host=` may name a socket folder."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    return {
        "host": query.get("host", [parts.hostname or "127.0.0.1"])[0],
        "port": int(query.get("port", [parts.port or 5432])[0]),
        "user": unquote(parts.username or "postgres"),
        "password": unquote(parts.password) if parts.password else None,
        "database": parts.path.lstrip("/"),
    }


def owner_url(settings: Settings) -> str:
    """The address of the database for the role that its tables belong to."""
    return settings.database_owner_url or settings.database_url


def with_user(url: str, user: str) -> str:
    """The same database's address for another role, one that needs no password."""
    parts = urlsplit(url)
    return parts._replace(netloc=f"{quote(user)}@{parts.netloc.rpartition('@')[2]}").geturl()


def tortoise_config(settings: Settings, *, server_settings: dict[str, str] | None = None) -> dict[str, Any]:
    """Tortoise's configuration for one app over one asyncpg pool."""
    credentials = {
        **connection_parameters(settings.database_url),
        "minsize": settings.database_pool_min,
        "maxsize": settings.database_pool_max,
        "command_timeout": settings.statement_timeout,
        "reset": _keep_connection_as_it_is,
        "server_settings": server_settings
        or {
            "application_name": "samskap",
            "statement_timeout": f"{settings.statement_timeout}s",
            "idle_in_transaction_session_timeout": "60s",
            "timezone": "UTC",
        },
    }
    return {
        "connections": {"default": {"engine": "tortoise.backends.asyncpg", "credentials": credentials}},
        "apps": {
            "samskap": {
                "models": list(contributions("models")),
                "migrations": "migrations",
                "default_connection": "default",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[None]:
    """Open the pool for this process and close it at the end."""
    await Tortoise.init(config=tortoise_config(settings), _enable_global_fallback=True)
    try:
        await get_connection("default").execute_query("SELECT 1")
        yield
    finally:
        await Tortoise.close_connections()


def pool() -> asyncpg.Pool:
    """The pool itself, for listening and for statistics."""
    found: asyncpg.Pool | None = getattr(get_connection("default"), "_pool", None)
    if found is None:
        raise Unavailable("database_closed", "Databasen er ikke tilgjengelig.")
    return found


@asynccontextmanager
async def connection() -> AsyncIterator[asyncpg.Connection | PoolConnectionProxy]:
    """A connection for SQL: the unit of work's own when one is open, else one from the pool."""
    current = _transaction.get()
    if current is not None:
        yield current
        return
    with _reaching():
        acquired = await pool().acquire()
    try:
        yield acquired
    finally:
        with _reaching():
            await pool().release(acquired)


_UNSTORABLE = (
    asyncpg.CharacterNotInRepertoireError,
    asyncpg.UntranslatableCharacterError,
    UnicodeEncodeError,
)


@contextmanager
def _reaching() -> Iterator[None]:
    """What the operating system says of the way to PostgreSQL, and waiting too long for it, is DatabaseAwayError."""
    try:
        yield
    except OSError as error:
        raise DatabaseAwayError(f"{type(error).__name__}: {error}") from error


async def connect(url: str, **options: Any) -> asyncpg.Connection:
    """A connection of one's own, as asyncpg makes it. Raises what `DATABASE_AWAY` names."""
    with _reaching():
        return await asyncpg.connect(**connection_parameters(url), **options)


@contextmanager
def _plain_errors() -> Iterator[None]:
    """PostgreSQL stores no NUL and no half of a surrogate pair; whoever sent one is told so.

    Beside that as `_reaching`.
    """
    try:
        yield
    except OSError as error:
        raise DatabaseAwayError(f"{type(error).__name__}: {error}") from error
    except (*_UNSTORABLE, asyncpg.DataError) as error:
        if not _is_unstorable(error):
            raise
        raise Invalid("text_not_storable", "Teksten inneholder tegn som ikke kan lagres.") from None


def _is_unstorable(error: BaseException | None) -> bool:
    """Whether this, or what asyncpg wrapped in it (with the text quoted in the message), is about the text."""
    return error is not None and (isinstance(error, _UNSTORABLE) or _is_unstorable(error.__cause__))


@asynccontextmanager
async def unit_of_work() -> AsyncIterator[asyncpg.Connection]:
    """One transaction around models, SQL and outbox rows: all of it is stored, or none.

    Nested use joins the outer transaction. Never start a task inside that outlives it: the task would inherit
    a connection that has gone back to the pool.
    """
    current = _transaction.get()
    if current is not None:
        yield current
        return
    transaction = in_transaction("default")
    with _reaching():
        client = await transaction.__aenter__()
    acquired: asyncpg.Connection = client._connection
    token = _transaction.set(acquired)
    try:
        yield acquired
    except BaseException as error:
        _transaction.reset(token)
        await transaction.__aexit__(type(error), error, error.__traceback__)
        raise
    else:
        _transaction.reset(token)
        with _reaching():
            await transaction.__aexit__(None, None, None)


async def fetch(sql: str, *values: Any) -> list[asyncpg.Record]:
    """All rows of one statement."""
    async with connection() as held:
        with _plain_errors():
            return list(await held.fetch(sql, *values))


async def fetch_row(sql: str, *values: Any) -> asyncpg.Record | None:
    """The first row of one statement, or None."""
    async with connection() as held:
        with _plain_errors():
            return await held.fetchrow(sql, *values)


async def fetch_value(sql: str, *values: Any) -> Any:
    """The first column of the first row, or None."""
    async with connection() as held:
        with _plain_errors():
            return await held.fetchval(sql, *values)


async def execute(sql: str, *values: Any) -> str:
    """Run one statement; returns PostgreSQL's command tag."""
    async with connection() as held:
        with _plain_errors():
            return str(await held.execute(sql, *values))


async def analyze(settings: Settings, table: str) -> None:
    """Bring the planner's statistics of a table that was just filled up to date, which only its owner may."""
    held = await asyncpg.connect(**connection_parameters(owner_url(settings)))
    try:
        await held.execute(f'ANALYZE "{table}"')
    finally:
        await held.close()


async def migrate(settings: Settings) -> None:
    """Bring the schema up to date, as its owner; several at once wait for each other.

    A statement gives up after 5 s of waiting for a lock, so that a migration never queues up live traffic
    behind itself; an advisory lock on a connection of its own keeps two migrations apart.
    """
    settings = replace(settings, database_url=owner_url(settings))
    guard = await asyncpg.connect(**connection_parameters(settings.database_url))
    try:
        # Asked for again and again, since nothing tells that another process let go of it: a statement that waits holds
        # a snapshot, for whose end an index that is made concurrently would wait in turn.
        while not await guard.fetchval("SELECT pg_try_advisory_lock($1)", Lock.MIGRATION):  # noqa: ASYNC110
            await asyncio.sleep(_MIGRATION_POLL)
        config = tortoise_config(
            settings, server_settings={"lock_timeout": "5s", "statement_timeout": "10min", "timezone": "UTC"}
        )
        config["connections"]["default"]["credentials"]["command_timeout"] = 660
        try:
            await _apply_pending(config)
        finally:
            await Tortoise.close_connections()
    finally:
        await guard.close()


async def _apply_pending(config: dict[str, Any]) -> None:
    """Apply each migration in one transaction with its record: no crash can come between the two.

    What cannot run in a transaction (`atomic = False`) must bear being run again.
    """
    await Tortoise.init(config=config)
    outside = MigrationExecutor(get_connection("default"), config["apps"])
    await outside.migrate([])  # makes the table of records, where there is none
    for step in await outside.plan():
        async with in_transaction("default") if step.migration.atomic else nullcontext():
            executor = MigrationExecutor(get_connection("default"), config["apps"])
            await executor.migrate([MigrationTarget(step.migration.app_label, step.migration.name)])
