"""How the platform is, for administrators: its parts, what waits, and whether its counts were proved."""

from dataclasses import dataclass
from datetime import datetime

from backend.platform.authz import Actor, administer, require
from backend.platform.database import DATABASE_AWAY, fetch, fetch_value
from backend.platform.errors import Unavailable
from backend.platform.health import Check, database_checks, redis_check
from backend.platform.outbox import Backlog, backlog
from backend.platform.settings import Settings


@dataclass(frozen=True, slots=True)
class Recount:
    """When counts were last held against their ledgers (of the last seven days), and how many differed then.

    `good_at` is the last time that none did.
    """

    at: datetime | None
    differences: int
    good_at: datetime | None


@dataclass(frozen=True, slots=True)
class PlatformStatus:
    """`failed_jobs` were given up and wait for a person; `migration` is the latest that was applied."""

    parts: tuple[Check, ...]
    backlog: Backlog
    failed_jobs: int
    recount: Recount
    migration: str | None


async def platform_status(settings: Settings, actor: Actor) -> PlatformStatus:
    """How it is now. Raises Unauthenticated, Forbidden, Unavailable."""
    require(administer(actor, None))
    parts = (*await database_checks(actor.municipality_id), await redis_check(settings.redis_url))
    try:
        return PlatformStatus(
            parts,
            await backlog(),
            await fetch_value("SELECT count(*) FROM outbox WHERE failed_at IS NOT NULL AND done_at IS NULL"),
            await _recount(actor.municipality_id),
            await fetch_value("SELECT max(name) FROM tortoise_migrations"),
        )
    except DATABASE_AWAY as error:
        raise Unavailable("database_away", "Databasen svarer ikke.") from error


async def _recount(municipality_id: int) -> Recount:
    # The proof, its alarms and its end are one transaction, so they have one time.
    rows = await fetch(
        """SELECT o.done_at, (SELECT count(*) FROM recount_alarm a
                              WHERE a.municipality_id = $1 AND a.created_at = o.done_at)::int AS differences
           FROM outbox o WHERE o.job = 'prove_counts' AND o.key = $1::int::text AND o.done_at IS NOT NULL
           ORDER BY o.done_at DESC LIMIT 100""",
        municipality_id,
    )
    good = next((row["done_at"] for row in rows if not row["differences"]), None)
    if not rows:
        return Recount(None, 0, None)
    return Recount(rows[0]["done_at"], rows[0]["differences"], good)
