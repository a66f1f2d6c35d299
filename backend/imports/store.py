"""Writing a plan into the platform. The rules, which docs/imports.md tells to those who import:

- A bad row refuses the whole file. With `skip_bad` the sound proposals are imported whole; a proposal of
  which one row is bad is left out altogether. A file that is bad as a file is always refused.
- A proposal is known again by source and external key. Its digest tells whether the row has changed, so
  doing it again skips what is done: an import that was killed is taken up by running it once more.
- A changed row replaces words, topic, place and links. A state never changes by import: people may have moved
  on from it here. Where the two differ, the report says so.
- Personal data is masked. There is no author, and no screening: who imports answers for the file.
- `created_at` is the file's, else its `published_at`, else now; `submitted_at` the file's `created_at`, else
  unknown; `published_at` the file's, else its `created_at`, else now, for withdrawn ones too; `answered_at` is unknown.
- 500 proposals are one unit of work: a reader sees whole proposals, and at most so many are done twice.
"""

import time
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from backend.content.kinds import ContentRef
from backend.imports.errors import ImportRefused, RowError
from backend.imports.outcome import ImportReport, Progress, UnchangedState
from backend.imports.plan import ImportPlan
from backend.imports.positions import check_positions
from backend.imports.prepare import PreparedProposal, Preparer, unfit
from backend.imports.rows import ImportedProposal, row_digest
from backend.imports.runs import fail_run, finish_run, note_progress, only_import, start_run
from backend.imports.write import (
    Amended,
    ImportTarget,
    Known,
    create_proposals,
    known_proposals,
    update_proposals,
)
from backend.notifications.events import EventKind, record
from backend.platform.database import fetch, unit_of_work
from backend.platform.errors import NotFound
from backend.platform.settings import Settings
from backend.platform.tags import changed

CHUNK: Final = 500
_FILE_ERRORS: Final = frozenset({"missing_column", "wrong_delimiter", "truncated", "after_end"})
"""Errors that say the file is not what it seems: skipping rows would not mend it."""


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Proposals of one unit of work; `prepared` are the ones to write, and being made ready meanwhile."""

    rows: Sequence[ImportedProposal]
    known: dict[str, Known]
    prepared: Awaitable[list[PreparedProposal]]


async def import_plan(
    settings: Settings,
    plan: ImportPlan,
    *,
    file_name: str,
    skip_bad: bool = False,
    dry_run: bool = False,
    actor_id: int | None = None,
    on_progress: Progress | None = None,
) -> ImportReport:
    """Import what a file holds; see the top of this file for the rules. A dry run writes nothing.

    Raises ImportRefused (bad rows), NotFound (a topic that is not there), Conflict (the same source is being
    imported by another process).
    """
    positions = await check_positions(settings.municipality, plan)
    report, rows = checked(plan, file_name, skip_bad=skip_bad, forbidden=positions.swapped)
    report.warnings = positions.warnings
    report.dry_run = dry_run
    import_target = await find_ground(settings, plan, rows, actor_id)
    async with only_import(settings, import_target.source):
        if not dry_run:
            report.run_id = await start_run(settings, report, actor_id)
        try:
            await write_rows(settings, import_target, rows, report, on_progress)
            if not dry_run:
                await finish_run(settings, report)
        except BaseException:
            if not dry_run:
                await fail_run(settings, report)
            raise
    return report


async def write_rows(
    settings: Settings,
    import_target: ImportTarget,
    rows: Sequence[ImportedProposal],
    report: ImportReport,
    on_progress: Progress | None = None,
) -> None:
    """Store the rows chunk by chunk, each together with the run's progress; a dry run only counts.

    The caller holds the source's lock (`only_import`) and has checked the rows.
    """
    started = time.monotonic()
    async with aclosing(_chunks(import_target, rows)) as chunks:
        async for chunk in chunks:
            await _import_chunk(settings, import_target, chunk, report)
            report.seconds = time.monotonic() - started
            if on_progress is not None:
                on_progress(report.done, report.total)


def checked(
    plan: ImportPlan,
    file_name: str,
    *,
    skip_bad: bool,
    forbidden: Mapping[str, Sequence[RowError]] | None = None,
) -> tuple[ImportReport, tuple[ImportedProposal, ...]]:
    """A report to fill in and the proposals to import; `forbidden` are those that may not be, by external key.

    Raises ImportRefused when there are errors that nobody asked to skip.
    """
    found = {**unfit(plan), **(forbidden or {})}
    errors = [*plan.errors, *(error for errors in found.values() for error in errors)]
    errors.sort(key=lambda error: error.line)
    if errors and (not skip_bad or any(error.code in _FILE_ERRORS for error in errors)):
        raise ImportRefused(file_name, errors)
    rows = tuple(row for row in plan.proposals if row.external_key not in found)
    left_out = tuple(sorted({*plan.keys_left_out, *found}))
    report = ImportReport(plan, file_name, tuple(errors), left_out, len(rows))
    report.links_without_target = sum(not link.target for row in rows for link in row.links)
    return report, rows


async def find_ground(
    settings: Settings, plan: ImportPlan, rows: Sequence[ImportedProposal], actor_id: int | None
) -> ImportTarget:
    """What the rows are written into. Raises NotFound for a topic that is not there."""
    topics = {
        row["slug"]: row["id"]
        for row in await fetch(
            "SELECT slug, id FROM topic WHERE municipality_id = $1 AND slug = ANY($2)",
            settings.municipality,
            sorted({row.topic for row in rows}),
        )
    }
    for row in rows:
        if row.topic not in topics:
            raise NotFound(
                "topic_not_found", "Linje {line}: temaet {slug} finnes ikke.", line=row.line, slug=row.topic
            )
    places = await fetch(
        """SELECT lower(called) AS name, id FROM place, unnest(ARRAY[name_en, name_nn, name]) called
           WHERE municipality_id = $1 AND called IS NOT NULL""",
        settings.municipality,
    )
    return ImportTarget(
        settings.municipality,
        plan.mapping.source,
        actor_id,
        topics,
        {row["name"]: row["id"] for row in places},
    )


async def _chunks(
    import_target: ImportTarget, rows: Sequence[ImportedProposal]
) -> AsyncGenerator[_Chunk, None]:
    """The rows in order; while one chunk is written, the ones after it are being prepared."""
    async with Preparer() as preparer:
        waiting: deque[_Chunk] = deque()
        for at in range(0, len(rows), CHUNK):
            part = rows[at : at + CHUNK]
            known = await known_proposals(
                import_target.municipality_id, import_target.source, [row.external_key for row in part]
            )
            new = [row for row in part if not _is_stored(row, known)]
            waiting.append(_Chunk(part, known, preparer.start(new)))
            if len(waiting) > preparer.width:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()


def _is_stored(row: ImportedProposal, known: dict[str, Known]) -> bool:
    found = known.get(row.external_key)
    return found is not None and found.digest == bytes.fromhex(row_digest(row))


async def _import_chunk(
    settings: Settings, import_target: ImportTarget, chunk: _Chunk, report: ImportReport
) -> None:
    prepared = await chunk.prepared
    new = [item for item in prepared if item.row.external_key not in chunk.known]
    old = [
        (chunk.known[item.row.external_key], item)
        for item in prepared
        if item.row.external_key in chunk.known
    ]
    report.created += len(new)
    report.updated += len(old)
    report.unchanged += len(chunk.rows) - len(prepared)
    report.masked += (masked for item in prepared for masked in item.masked)
    report.unchanged_states += _unchanged_states(chunk)
    if report.dry_run:
        if report.run_id is not None:
            await note_progress(settings, report)
        return
    async with unit_of_work():
        await create_proposals(import_target, new)
        amended = await update_proposals(import_target, [(known.id, item) for known, item in old])
        await _tell_followers(import_target, amended)
        await _announce(import_target, new, old)
        await note_progress(settings, report)


def _unchanged_states(chunk: _Chunk) -> list[UnchangedState]:
    unchanged = []
    for row in chunk.rows:
        known = chunk.known.get(row.external_key)
        if known is not None and (known.state, known.outcome) != (row.state, row.outcome):
            in_file, here = _state(row.state, row.outcome), _state(known.state, known.outcome)
            unchanged.append(UnchangedState(row.external_key, row.line, in_file, here))
    return unchanged


def _state(state: str, outcome: str | None) -> str:
    return state if outcome is None else f"{state}/{outcome}"


async def _tell_followers(import_target: ImportTarget, amended: Sequence[Amended]) -> None:
    """Those who stand behind a proposal are told when its words change, by whatever way they changed."""
    for item in amended:
        await record(
            import_target.municipality_id,
            EventKind.AMENDED,
            f"proposal:{item.proposal_id}:{item.version}",
            ContentRef("proposal", item.proposal_id),
            topic_id=item.topic_id,
            actor_id=import_target.actor_id,
        )


async def _announce(
    import_target: ImportTarget,
    new: Sequence[PreparedProposal],
    old: Sequence[tuple[Known, PreparedProposal]],
) -> None:
    topics = {import_target.topics[item.row.topic] for item in [*new, *(item for _, item in old)]}
    topics |= {known.topic_id for known, _ in old}
    if topics:
        tags = [f"topic:{topic_id}" for topic_id in topics]
        await changed(["proposals", *tags, *(f"proposal:{known.id}" for known, _ in old)])
