"""What happens by the clock. Each entry only enqueues; the outbox carries the work."""

from typing import Any

from arq.cron import CronJob, cron

from backend.database import execute, fetch
from backend.outbox import enqueue

DONE_KEPT_DAYS = 7


async def _every_municipality(job: str) -> None:
    for row in await fetch("SELECT id FROM municipality"):
        await enqueue(job, str(row["id"]), {"municipality_id": row["id"]})


async def sweep_counts(_context: dict[str, Any]) -> None:
    """Count supports even if nobody asked: the request may have been lost between two transactions."""
    await _every_municipality("count_supports")


async def prove_counts(_context: dict[str, Any]) -> None:
    """Prove the counts every night."""
    await _every_municipality("prove_counts")


async def sweep_sending(_context: dict[str, Any]) -> None:
    """Find mails whose sender died, or that wait too long."""
    await _every_municipality("sweep_sending")


async def clear_outbox(_context: dict[str, Any]) -> None:
    """Forget jobs that were done a week ago; failed ones stay until somebody has looked at them."""
    await execute("DELETE FROM outbox WHERE done_at < now() - make_interval(days => $1)", DONE_KEPT_DAYS)


CRON: tuple[CronJob, ...] = (
    cron(sweep_counts, second=7, unique=True),
    cron(sweep_sending, second=37, unique=True),
    cron(prove_counts, hour=2, minute=10, unique=True),
    cron(clear_outbox, hour=3, minute=10, unique=True),
)
