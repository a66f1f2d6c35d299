"""What happens by the clock. Each entry only enqueues; the outbox carries the work."""

from functools import cache
from typing import Any

from arq.cron import CronJob, cron

from backend.platform.database import fetch
from backend.platform.outbox import enqueue
from backend.platform.slices import ClockEntry, contributions


def _cron(entry: ClockEntry) -> CronJob:
    """Ask for the job in every municipality at its times (UTC)."""

    async def ask(ctx: dict[Any, Any], *_arguments: Any, **_named: Any) -> None:
        for row in await fetch("SELECT id FROM municipality"):
            await enqueue(entry.job, str(row["id"]), {"municipality_id": row["id"]}, queue=entry.queue)

    return cron(ask, name=f"ask:{entry.job}", unique=True, **entry.when)  # type: ignore[arg-type]


@cache
def cron_jobs() -> tuple[CronJob, ...]:
    """Every job of every slice that the clock asks for."""
    return tuple(_cron(entry) for entry in contributions("clock"))
