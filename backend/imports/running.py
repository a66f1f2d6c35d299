"""A planner's import, as a worker does it: checked as a whole, written chunk by chunk, told row by row.

Done again after it was killed, it goes on: what is stored already is met as unchanged, and counted as the run's own.
"""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from backend.imports.choice import choice_from, mapping_of
from backend.imports.errors import ImportRefused
from backend.imports.forbidden_rows import forbidden_rows
from backend.imports.outcome import ImportReport
from backend.imports.plan import ImportPlan, read_proposals
from backend.imports.positions import check_positions
from backend.imports.row_errors import bad_lines, store_errors
from backend.imports.rules import PLANNERS_ONLY, planned_topics
from backend.imports.runs import finish_run, only_import
from backend.imports.store import checked, find_ground, write_rows
from backend.imports.uploads import delete_upload, upload_part
from backend.platform.database import execute, fetch_row, fetch_value, unit_of_work
from backend.platform.errors import Conflict, DomainError, Unavailable
from backend.platform.settings import Settings

_CLAIM: Final = """
    UPDATE import_run SET started_at = coalesce(started_at, now())
    WHERE municipality_id = $1 AND id = $2 AND state = 'running' AND upload_id IS NOT NULL
    RETURNING id, source, file_name, upload_id, mapping, topic_id, dry_run, skip_bad, created, updated, started_by_id
"""


class BusyError(Exception):
    """Another import of the same source is under way; this one has to wait for it."""


@dataclass(frozen=True, slots=True)
class _Run:
    """What was asked for, and what an earlier attempt has stored of it."""

    id: int
    source: str
    file_name: str
    upload_id: int
    mapping: str
    topic_id: int | None
    dry_run: bool
    skip_bad: bool
    created: int
    updated: int
    started_by_id: int


async def run_import(settings: Settings, run_id: int) -> None:
    """Check and take in what a planner sent; nothing when that is done. Raises BusyError, Unavailable.

    What is wrong with the file becomes part of the run, and is not raised.
    """
    source = await fetch_value(
        "SELECT source FROM import_run WHERE municipality_id = $1 AND id = $2", settings.municipality, run_id
    )
    if source is None:
        return
    try:
        async with only_import(settings, source):
            row = await fetch_row(_CLAIM, settings.municipality, run_id)
            if row is not None:
                await _attempt(settings, _Run(*row.values()))
    except Conflict as error:
        raise BusyError from error


async def _attempt(settings: Settings, run: _Run) -> None:
    try:
        await _import_run(settings, run)
    except Unavailable:
        raise
    except ImportRefused as refused:
        async with unit_of_work():
            await store_errors(settings.municipality, run.id, refused.errors)
            await _fail(settings, run, refused)
    except DomainError as error:
        await _fail(settings, run, error)


async def _import_run(settings: Settings, run: _Run) -> None:
    topics = await planned_topics(settings.municipality, run.started_by_id)
    if topics == frozenset():
        raise PLANNERS_ONLY.as_error()
    plan = await _read(settings, run)
    await _note_rows(settings, run, plan)
    forbidden = await forbidden_rows(settings.municipality, plan, topics)
    positions = await check_positions(settings.municipality, plan)
    for key, errors in positions.swapped.items():
        forbidden[key] = [*forbidden.get(key, ()), *errors]
    report, rows = checked(plan, run.file_name, skip_bad=run.skip_bad, forbidden=forbidden)
    report.warnings = positions.warnings
    ground = await find_ground(settings, plan, rows, run.started_by_id)
    report.dry_run, report.run_id = run.dry_run, run.id
    if not run.dry_run:
        report.taken_up(run.created, run.updated)
    await _note_total(settings, report)
    await write_rows(settings, ground, rows, report)
    async with unit_of_work():
        found = sorted([*report.errors, *report.warnings], key=lambda error: error.line)
        await store_errors(settings.municipality, run.id, found)
        await finish_run(settings, report)
        if not run.dry_run:
            # A file that was only tried is most often taken in next.
            await delete_upload(settings.municipality, run.upload_id)


async def _read(settings: Settings, run: _Run) -> ImportPlan:
    topic = await fetch_value(
        "SELECT slug FROM topic WHERE municipality_id = $1 AND id = $2", settings.municipality, run.topic_id
    )
    head = await upload_part(settings.municipality, run.upload_id, 0)
    mapping = mapping_of(choice_from(run.mapping), run.file_name, head, topic)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"opplasting{Path(run.file_name).suffix}"
        await _copy(settings.municipality, run.upload_id, path)
        return await asyncio.to_thread(read_proposals, path, mapping)


async def _copy(municipality_id: int, upload_id: int, path: Path) -> None:
    """A file of this worker's own, for as long as it is read."""
    ordinal = 0
    with path.open("wb") as stream:
        while part := await upload_part(municipality_id, upload_id, ordinal):
            await asyncio.to_thread(stream.write, part)
            ordinal += 1


async def _note_rows(settings: Settings, run: _Run, plan: ImportPlan) -> None:
    await execute(
        """UPDATE import_run SET rows_read = $3, progress = greatest(progress, 5)
           WHERE municipality_id = $1 AND id = $2""",
        settings.municipality,
        run.id,
        plan.rows_read,
    )


async def _note_total(settings: Settings, report: ImportReport) -> None:
    await execute(
        """UPDATE import_run SET total = $3, rows_bad = $4, progress = greatest(progress, 10)
           WHERE municipality_id = $1 AND id = $2""",
        settings.municipality,
        report.run_id,
        report.total,
        bad_lines(report.errors),
    )


async def _fail(settings: Settings, run: _Run, error: DomainError) -> None:
    """Note why nothing (more) is taken in; the file goes, unless it was only tried."""
    params: dict[str, Any] = {name: str(value) for name, value in error.params.items()}
    # What the file is called on this worker is nobody's business.
    if "file" in params:
        params["file"] = run.file_name
    problem = {"code": error.code, "message": error.message, "params": params}
    bad = bad_lines(error.errors) if isinstance(error, ImportRefused) else 0
    async with unit_of_work():
        await execute(
            """UPDATE import_run SET state = 'failed', finished_at = now(), problem = $3::jsonb, rows_bad = $4
               WHERE municipality_id = $1 AND id = $2""",
            settings.municipality,
            run.id,
            orjson.dumps(problem).decode(),
            bad,
        )
        if not run.dry_run:
            await delete_upload(settings.municipality, run.upload_id)
