"""What a job is: a coroutine over one outbox row, safe to run twice, in a unit of work with that row.

The row is locked while the job runs, and marked done in the job's own transaction: if the job committed, the
row says so; if it did not, the row is still due. So a job never takes effect twice, whatever the queue does.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg
import orjson
import structlog

from backend.platform.database import DATABASE_AWAY, execute, fetch_row, unit_of_work
from backend.platform.errors import Unavailable
from backend.platform.tracing import span
from workers.metrics import JOB_SECONDS, JOBS

Work = Callable[[dict[str, Any]], Awaitable[None]]
log = structlog.get_logger("job")

# What may be gone the next time, a job that took too long among it.
TRANSIENT = (
    Unavailable,
    TimeoutError,
    *DATABASE_AWAY,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
)
MAX_ATTEMPTS = 8
# The rest is taken for a bug. It is tried again all the same, twice: while an upgrade replaces one version by the next,
# a job of the one may meet what the other has not made yet. After that it is left for a person to look into.
BUG_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Job:
    """A named piece of work; `transactional` jobs share the outbox row's unit of work.

    A job that talks to the outside (mail) or runs long is not transactional: it manages its own units of work,
    each of which leaves the database in a state from which the job can be started again.
    """

    name: str
    work: Work
    transactional: bool


class RetryLaterError(Exception):
    """Another process does this work at the moment; whether it got through is seen after the row's lease."""


JOBS_BY_NAME: dict[str, Job] = {}


def job(name: str, *, transactional: bool = True) -> Callable[[Work], Work]:
    """Register a coroutine as the job of this name."""

    def register(work: Work) -> Work:
        if name in JOBS_BY_NAME:
            raise ValueError(f"two jobs are called {name}")
        JOBS_BY_NAME[name] = Job(name, work, transactional)
        return work

    return register


async def run_row(row_id: int, *, within: float | None = None) -> None:
    """Do the job of an outbox row, unless it is done or being done.

    One that takes longer than `within` seconds has failed this time, which counts as an attempt.
    """
    started = time.perf_counter()
    name, result = "unknown", "skipped"
    try:
        async with asyncio.timeout(within):
            name, result = await _attempt(row_id)
    except Exception as error:
        name, result = await _note_failure(row_id, error)
    finally:
        seconds = time.perf_counter() - started
        JOBS.labels(name, result).inc()
        JOB_SECONDS.labels(name).observe(seconds)
        if result != "skipped":
            log.info("job", job=name, job_id=row_id, result=result, ms=round(seconds * 1000, 1))


async def _attempt(row_id: int) -> tuple[str, str]:
    async with unit_of_work():
        row = await fetch_row(
            """SELECT id, job, payload FROM outbox WHERE id = $1 AND done_at IS NULL AND failed_at IS NULL
               FOR UPDATE SKIP LOCKED""",
            row_id,
        )
        if row is None:
            return "unknown", "skipped"
        work = JOBS_BY_NAME[row["job"]]
        structlog.contextvars.bind_contextvars(job=work.name, job_id=row_id)
        if work.transactional:
            with span(f"job {work.name}", job_id=row_id):
                await work.work(orjson.loads(row["payload"]))
            await _mark_done(row_id)
            return work.name, "done"
    # The lock is given up before the outside is talked to; the job itself keeps two runs apart.
    try:
        with span(f"job {work.name}", job_id=row_id):
            await work.work(orjson.loads(row["payload"]))
    except RetryLaterError:
        return work.name, "skipped"
    await _mark_done(row_id)
    return work.name, "done"


async def _mark_done(row_id: int) -> None:
    await execute("UPDATE outbox SET done_at = now(), error = NULL WHERE id = $1", row_id)


async def _note_failure(row_id: int, error: Exception) -> tuple[str, str]:
    """Put the row back with a later due time, or mark it failed: exhausted retries never vanish."""
    transient = isinstance(error, TRANSIENT)
    row = await fetch_row(
        """UPDATE outbox SET attempts = attempts + 1, error = $2, dispatched_at = NULL,
                  due_at = now() + $3::interval * least(power(2, attempts), 600),
                  failed_at = CASE WHEN attempts + 1 >= $4 THEN now() END
           WHERE id = $1 AND done_at IS NULL RETURNING job, attempts, failed_at""",
        row_id,
        type(error).__name__,
        timedelta(seconds=1),
        MAX_ATTEMPTS if transient else BUG_ATTEMPTS,
    )
    failed = row is not None and row["failed_at"] is not None
    log.error(
        "job failed" if failed else "job will be tried again", error=type(error).__name__, exc_info=error
    )
    return (row["job"] if row else "unknown"), ("failed" if failed else "retried")
