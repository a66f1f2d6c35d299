"""The row that remembers an import, and the lock that keeps two imports of one source apart."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg
import orjson

from backend.imports.outcome import MOST_IN_RUN, ImportReport
from backend.platform.database import connect, execute, fetch_value, unit_of_work
from backend.platform.errors import Conflict
from backend.platform.locks import Lock
from backend.platform.settings import Settings

_LOCK_WAIT: Final = 2.0
_LOCK_RETRY: Final = 0.2


@asynccontextmanager
async def only_import(settings: Settings, source: str) -> AsyncIterator[None]:
    """Be the only import of this source in the municipality; raises Conflict after two seconds of waiting.

    The lock belongs to a connection of its own, so it ends with this process, however that ends.
    """
    guard = await connect(settings.database_url)
    try:
        await _take(guard, f"{settings.municipality}:{source}", source)
        yield
    finally:
        await guard.close()


async def _take(guard: asyncpg.Connection, name: str, source: str) -> None:
    deadline = asyncio.get_running_loop().time() + _LOCK_WAIT
    while not await guard.fetchval("SELECT pg_try_advisory_lock($1, hashtext($2))", Lock.IMPORT, name):
        if asyncio.get_running_loop().time() >= deadline:
            raise Conflict(
                "import_running",
                "En import fra {source} pågår allerede. Prøv igjen når den er ferdig.",
                source=source,
            )
        await asyncio.sleep(_LOCK_RETRY)


async def start_run(settings: Settings, report: ImportReport, actor_id: int | None) -> int:
    """Note that an import has begun; runs of the source that never ended are noted as failed.

    Those of planners are left to their jobs, which take them up again.
    """
    source = report.plan.mapping.source
    async with unit_of_work():
        await execute(
            """UPDATE import_run SET state = 'failed', finished_at = now()
               WHERE municipality_id = $1 AND source = $2 AND state = 'running' AND mapping IS NULL""",
            settings.municipality,
            source,
        )
        run_id: int = await fetch_value(
            """INSERT INTO import_run (municipality_id, source, file_name, file_digest, rows_read, total,
                                       report, started_by_id)
               VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8) RETURNING id""",
            settings.municipality,
            source,
            report.file_name[:255],
            bytes.fromhex(report.plan.digest),
            report.plan.rows_read,
            report.total,
            _report(report),
            actor_id,
        )
    return run_id


async def note_progress(settings: Settings, report: ImportReport) -> None:
    """Store how far the run has come; part of the unit of work that took it there."""
    await _note(settings, report, is_done=False)


async def finish_run(settings: Settings, report: ImportReport) -> None:
    """The import is through."""
    await _note(settings, report, is_done=True)


async def fail_run(settings: Settings, report: ImportReport) -> None:
    """The import stopped; the progress that the last chunk stored stands."""
    await execute(
        """UPDATE import_run SET state = 'failed', finished_at = now()
           WHERE municipality_id = $1 AND id = $2""",
        settings.municipality,
        report.run_id,
    )


async def _note(settings: Settings, report: ImportReport, *, is_done: bool) -> None:
    await execute(
        """UPDATE import_run SET done = $3::int, created = $4, updated = $5, unchanged = $6, report = $7::jsonb,
                  state = CASE WHEN $8 THEN 'done' ELSE state END,
                  finished_at = CASE WHEN $8 THEN now() ELSE finished_at END,
                  progress = CASE WHEN $8 THEN 100 ELSE 10 + (89::bigint * $3::int / greatest(total, 1))::smallint END
           WHERE municipality_id = $1 AND id = $2""",
        settings.municipality,
        report.run_id,
        report.done,
        report.created,
        report.updated,
        # A run that is taken up again begins below zero: see `taken_up`.
        max(report.unchanged, 0),
        _report(report),
        is_done,
    )


def _report(report: ImportReport) -> str:
    return orjson.dumps(report.as_json(MOST_IN_RUN)).decode()
