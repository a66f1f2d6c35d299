"""What happens by the clock. Each entry only enqueues; the outbox carries the work."""

from typing import Any

from arq.cron import CronJob, cron

from backend.platform.database import fetch
from backend.platform.outbox import enqueue


def _entry(job: str, queue: str = "fast", **when: int | set[int]) -> CronJob:
    """Ask for `job` in every municipality at these times (UTC)."""

    async def ask(ctx: dict[Any, Any], *_arguments: Any, **_named: Any) -> None:
        for row in await fetch("SELECT id FROM municipality"):
            await enqueue(job, str(row["id"]), {"municipality_id": row["id"]}, queue=queue)

    return cron(ask, name=f"ask:{job}", unique=True, **when)  # type: ignore[arg-type]


CRON: tuple[CronJob, ...] = (
    # Counting is asked for by whoever supports; this catches a request lost between two transactions.
    _entry("count_supports", second=7),
    # Supports come and deadlines pass without asking.
    _entry("count_figures", second=22),
    # Mails whose sender died, or that wait too long.
    _entry("sweep_sending", second=37),
    # Files that nobody took in, and imports whose job was given up.
    _entry("settle_imports", minute={9, 19, 29, 39, 49, 59}, second=21),
    # Nothing but a look at an index, unless the program was upgraded.
    _entry("reindex_proposals", "slow", minute={4, 14, 24, 34, 44, 54}, second=51),
    _entry("prove_counts", hour=2, minute=10, second=0),
    _entry("lapse_access", minute=40, second=0),
    _entry("clear_expired", hour=3, minute=10, second=0),
)
