"""The relay: hands due outbox rows to the queue, woken by PostgreSQL's notifications.

A row is handed over again when its lease runs out and it is still not done: that is how jobs come back after
the queue was wiped or a worker was killed. Several relays may run; each takes rows that no other holds.
"""

import asyncio
import signal
from collections.abc import Sequence
from datetime import timedelta

import asyncpg
import structlog
from arq.connections import ArqRedis, create_pool
from redis.exceptions import RedisError

from backend.platform.database import DATABASE_AWAY, connect, fetch, open_database
from backend.platform.outbox import CHANNEL, backlog
from backend.platform.settings import Settings, get_settings
from backend.platform.telemetry import configure_logging, serve_metrics
from backend.platform.tracing import start_tracing
from workers.metrics import OUTBOX_DUE, OUTBOX_OLDEST, QUEUE_DEPTH
from workers.settings import EXPIRES_MS, TIMEOUT, deserialize, queue_name, redis_settings, serialize

log = structlog.get_logger("relay")
BATCH = 500
# Each that is handed over at the same time takes a connection to Redis of its own.
AT_ONCE = 32
# A row still open after its lease goes to the queue again; the queue drops it when it has it already.
LEASE_SECONDS = {"fast": 3, "slow": 60}
POLL_SECONDS = 1.0
# What is waited out quietly; anything else is a bug and is logged as one.
SERVICE_AWAY = (*DATABASE_AWAY, RedisError)

_TAKE = """
    WITH due AS (
        SELECT id FROM outbox
        WHERE done_at IS NULL AND failed_at IS NULL AND due_at <= now()
          AND (dispatched_at IS NULL
               OR dispatched_at < now() - make_interval(secs =>
                   CASE queue WHEN 'fast' THEN $2::float8 ELSE $3::float8 END))
        ORDER BY due_at, id LIMIT $1 FOR UPDATE SKIP LOCKED
    )
    UPDATE outbox o SET dispatched_at = clock_timestamp() FROM due WHERE o.id = due.id RETURNING o.id, o.queue
"""


async def relay_once(queue: ArqRedis) -> int:
    """Hand over one batch of due rows; returns how many.

    The mark is committed first: a worker would find a row that is still locked here, and pass it by. If the
    handing over fails, the lease brings the row back.
    """
    rows = await fetch(_TAKE, BATCH, float(LEASE_SECONDS["fast"]), float(LEASE_SECONDS["slow"]))
    await _hand_over(queue, [(row["id"], row["queue"]) for row in rows])
    return len(rows)


async def _hand_over(queue: ArqRedis, rows: Sequence[tuple[int, str]]) -> None:
    for first in range(0, len(rows), AT_ONCE):
        await asyncio.gather(
            *(
                queue.enqueue_job(
                    "run_row",
                    row_id,
                    _job_id=f"outbox:{row_id}",
                    _queue_name=queue_name(name),
                    _expires=timedelta(milliseconds=EXPIRES_MS),
                )
                for row_id, name in rows[first : first + AT_ONCE]
            )
        )


async def note_backlog(queue: ArqRedis) -> None:
    """Set the gauges that tell whether jobs keep up."""
    waiting = await backlog()
    OUTBOX_DUE.set(waiting.due)
    OUTBOX_OLDEST.set(waiting.oldest)
    for name in TIMEOUT:
        QUEUE_DEPTH.labels(name).set(await queue.zcard(queue_name(name)))


async def run_relay(settings: Settings, queue: ArqRedis, stopping: asyncio.Event) -> None:
    """Relay until told to stop; outages of PostgreSQL or Redis are waited out."""
    woken = asyncio.Event()
    listener: asyncpg.Connection | None = None
    while not stopping.is_set():
        try:
            if listener is None or listener.is_closed():
                listener = await _listen(settings, woken)
            woken.clear()
            while await relay_once(queue) == BATCH and not stopping.is_set():
                pass
            await note_backlog(queue)
        except SERVICE_AWAY as error:
            log.warning("relay waits for its services", error=type(error).__name__)
        except Exception as error:
            log.error("relay could not hand over", error=type(error).__name__, exc_info=error)
        await _wait(woken, stopping)
    if listener is not None and not listener.is_closed():
        await listener.close()


async def _listen(settings: Settings, woken: asyncio.Event) -> asyncpg.Connection:
    listener: asyncpg.Connection = await connect(settings.database_url, timeout=5)
    await listener.add_listener(CHANNEL, lambda *_: woken.set())
    return listener


async def _wait(woken: asyncio.Event, stopping: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in (woken, stopping)]
    _, pending = await asyncio.wait(waits, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    for wait in pending:
        wait.cancel()


async def main() -> None:
    """Run one relay until SIGTERM or SIGINT."""
    settings = get_settings()
    configure_logging(settings, "relay")
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    start_tracing(settings, "relay")
    serve_metrics(settings)
    async with open_database(settings):
        queue = await create_pool(
            redis_settings(settings), job_serializer=serialize, job_deserializer=deserialize
        )
        try:
            await run_relay(settings, queue, stopping)
        finally:
            await queue.aclose()


if __name__ == "__main__":
    asyncio.run(main())
