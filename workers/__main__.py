"""`python -m workers --queue fast|slow`: one worker process; with `--check`, whether the one here is alive."""

import argparse
import asyncio
import contextlib
import importlib
import pkgutil
import sys
from datetime import UTC
from typing import Any

from arq.worker import Worker, async_check_health, func
from redis.exceptions import RedisError

import workers
from backend.platform.database import open_database
from backend.platform.settings import Settings, get_settings
from backend.platform.telemetry import configure_logging, serve_metrics
from backend.platform.tracing import start_tracing
from workers.job import run_row as run_outbox_row
from workers.schedule import cron_jobs
from workers.settings import (
    CONCURRENCY,
    EXPIRES_MS,
    IN_PROGRESS_SECONDS,
    TIMEOUT,
    deserialize,
    health_key,
    queue_name,
    redis_settings,
    serialize,
)

# A job that was interrupted this often by dying workers is left to the outbox, which knows it is not done.
_TRIES = 10


def load_jobs() -> None:
    """Import every module of this package, so that each job has registered itself."""
    for module in pkgutil.iter_modules(workers.__path__):
        if module.name != "__main__":
            importlib.import_module(f"workers.{module.name}")


async def run_row(ctx: dict[Any, Any], *args: Any, **_named: Any) -> None:
    """arq's one function: do the job of an outbox row."""
    await run_outbox_row(args[0], within=ctx["within"])


def make_worker(settings: Settings, queue: str) -> Worker:
    """A worker for one queue; the schedule runs beside the fast one."""
    worker = Worker(
        functions=[func(run_row, name="run_row", timeout=TIMEOUT[queue], keep_result=0, max_tries=_TRIES)],
        queue_name=queue_name(queue),
        cron_jobs=list(cron_jobs()) if queue == "fast" else None,
        redis_settings=redis_settings(settings),
        job_serializer=serialize,
        job_deserializer=deserialize,
        max_jobs=CONCURRENCY[queue],
        job_timeout=TIMEOUT[queue],
        job_completion_wait=TIMEOUT[queue],
        keep_result=0,
        poll_delay=0.1,
        health_check_interval=15,
        health_check_key=health_key(queue),
        expires_extra_ms=EXPIRES_MS,
        timezone=UTC,
        log_results=False,
        # Shorter than arq's own limit, which would end the job without a trace in its row.
        ctx={"within": TIMEOUT[queue] - 2.0},
    )
    # arq waits for the longest timeout before it starts a dead worker's job again; the outbox row's lock
    # already keeps two runs apart, so the wait can be short.
    worker.in_progress_timeout_s = IN_PROGRESS_SECONDS[queue]
    return worker


async def main(queue: str) -> None:
    """Work until SIGTERM or SIGINT; jobs that are running finish first."""
    settings = get_settings()
    configure_logging(settings, f"worker-{queue}")
    load_jobs()
    start_tracing(settings, f"worker-{queue}")
    serve_metrics(settings)
    async with open_database(settings):
        worker = make_worker(settings, queue)
        # A signal ends the worker by cancelling its loop once the running jobs are through.
        with contextlib.suppress(asyncio.CancelledError):
            await worker.async_run()
        await worker.close()


async def check(queue: str) -> int:
    """Exit code 0 when this machine's worker of a queue has told within 16 seconds that it lives, else 1."""
    settings = get_settings()
    try:
        return await async_check_health(redis_settings(settings), health_key(queue), queue_name(queue))
    except (RedisError, OSError):
        # A worker without Redis does no work, and leaves on its own.
        return 1


def _run() -> int:
    parser = argparse.ArgumentParser(prog="python -m workers", description="Work on one queue.")
    parser.add_argument("--queue", choices=sorted(TIMEOUT), required=True)
    parser.add_argument("--check", action="store_true", help="only tell whether the worker here is alive")
    wish = parser.parse_args()
    if wish.check:
        return asyncio.run(check(wish.queue))
    asyncio.run(main(wish.queue))
    return 0


if __name__ == "__main__":
    sys.exit(_run())
