"""Whether the parts a process stands on are in order."""

import asyncio
from dataclasses import dataclass
from importlib.resources import files

import asyncpg
from redis.asyncio import Redis
from redis.exceptions import RedisError

from backend.platform.database import DATABASE_AWAY, execute, fetch, fetch_value
from backend.platform.outbox import backlog

_SECONDS = 2.0
# A due job that nobody has taken for this long means that relay or workers stand still.
OUTBOX_PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Check:
    """One part, and a word about it that is fit for anyone to read. Without a vital one nothing can be served."""

    name: str
    is_ok: bool
    detail: str
    is_vital: bool = True


async def database_checks(municipality_id: int) -> list[Check]:
    """The database itself, its migrations, the municipality, and the age of the oldest due job.

    That it can be written to is tried: a read-only or a full one answers every question. Without the tables
    nothing more is looked at.
    """
    try:
        async with asyncio.timeout(_SECONDS):
            migrations = await _migrations()
            if not migrations.is_ok:
                return [Check("database", is_ok=True, detail="answers"), migrations]
            await _write()
            return [
                Check("database", is_ok=True, detail="is written to"),
                migrations,
                await _rights(),
                await _municipality(municipality_id),
                await _outbox(),
            ]
    except (*DATABASE_AWAY, asyncpg.PostgresError) as error:
        return [Check("database", is_ok=False, detail=type(error).__name__)]


async def _write() -> None:
    await execute(
        """INSERT INTO health_probe (id, checked_at) VALUES (1, now())
           ON CONFLICT (id) DO UPDATE SET checked_at = excluded.checked_at"""
    )


async def _municipality(municipality_id: int) -> Check:
    """Nobody can log in without the row, and no support is counted without the window."""
    is_there = await fetch_value(
        """SELECT EXISTS (SELECT FROM municipality m JOIN support_window w ON w.municipality_id = m.id
                          WHERE m.id = $1)""",
        municipality_id,
    )
    return Check(
        "municipality", is_ok=is_there, detail="stored" if is_there else "missing: run samskap migrate"
    )


async def redis_check(url: str) -> Check:
    """Whether the queue's Redis answers within two seconds."""
    client: Redis = Redis.from_url(url, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS)
    try:
        async with asyncio.timeout(_SECONDS):
            await client.ping()
    except (RedisError, OSError, TimeoutError) as error:
        return Check("redis", is_ok=False, detail=type(error).__name__)
    finally:
        await client.aclose()
    return Check("redis", is_ok=True, detail="answers")


def known_migrations() -> set[str]:
    """The migrations that this version of the code expects."""
    names = (entry.name for entry in files("migrations").iterdir())
    return {name.removesuffix(".py") for name in names if name[:4].isdigit() and name.endswith(".py")}


async def _migrations() -> Check:
    if await fetch_value("SELECT to_regclass('tortoise_migrations') IS NULL"):
        return Check("migrations", is_ok=False, detail="all missing")
    applied = {row["name"] for row in await fetch("SELECT name FROM tortoise_migrations")}
    missing = known_migrations() - applied
    return Check("migrations", is_ok=not missing, detail=f"{len(missing)} missing" if missing else "applied")


async def _rights() -> Check:
    """Whether this process could change ledgers and tables, were it made to."""
    owns = await fetch_value(
        "SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = 'support_event'::regclass"
    )
    detail = "the role owns the tables: see docs/deploy.md" if owns else "the role's own"
    return Check("rights", is_ok=not owns, detail=detail)


async def _outbox() -> Check:
    oldest = (await backlog()).oldest
    is_ok = oldest < OUTBOX_PATIENCE
    return Check("outbox", is_ok=is_ok, detail=f"oldest due job {oldest:.0f} s", is_vital=False)
