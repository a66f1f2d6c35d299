"""Reads of runs: for who started them, and for administrators."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from backend.imports.choice import MappingChoice, choice_from
from backend.platform.authz import Actor, Role, logged_in, require
from backend.platform.database import fetch, fetch_row
from backend.platform.errors import NotFound

_SELECT = """
    SELECT id, source, file_name, dry_run, skip_bad, progress, rows_read, rows_bad, total, created, updated, unchanged,
           topic_id, started_by_id, upload_id, created_at, started_at, finished_at, problem, mapping,
           coalesce((report -> 'figures' ->> 'masked')::int, 0) AS masked,
           CASE WHEN state = 'running' AND mapping IS NOT NULL AND started_at IS NULL THEN 'waiting'
                WHEN state = 'failed' AND problem ->> 'code' = 'import_refused' THEN 'refused'
                ELSE state END AS state
    FROM import_run
"""


@dataclass(frozen=True, slots=True)
class ImportRunRow:
    """A run. `state` is waiting, running, done, refused (bad rows) or failed; `progress` 0 to 100.

    `rows_read` and `rows_bad` are rows of the file; `total`, `created`, `updated` and `unchanged` are proposals, and
    `masked` personal data that was taken out. `upload_id` is None once the file is deleted, `mapping`
    for a run of the command line.
    """

    id: int
    source: str
    file_name: str
    dry_run: bool
    skip_bad: bool
    progress: int
    rows_read: int
    rows_bad: int
    total: int
    created: int
    updated: int
    unchanged: int
    topic_id: int | None
    started_by_id: int | None
    upload_id: int | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    problem: dict[str, Any] | None
    mapping: MappingChoice | None
    masked: int
    state: str


def _run(row: asyncpg.Record) -> ImportRunRow:
    values = dict(row)
    values["problem"] = orjson.loads(values["problem"]) if values["problem"] else None
    values["mapping"] = choice_from(values["mapping"]) if values["mapping"] else None
    return ImportRunRow(**values)


async def import_run(actor: Actor, run_id: int) -> ImportRunRow:
    """A run that the actor started, or any for an administrator. Raises Unauthenticated, NotFound."""
    require(logged_in(actor, None))
    row = await fetch_row(
        f"{_SELECT} WHERE municipality_id = $1 AND id = $2 AND (started_by_id = $3 OR $4)",
        actor.municipality_id,
        run_id,
        actor.account_id,
        actor.has_role(Role.ADMIN),
    )
    if row is None:
        raise NotFound("import_not_found", "Importen finnes ikke.")
    return _run(row)


async def own_import_runs(
    municipality_id: int, account_id: int, *, before: int | None, limit: int
) -> list[ImportRunRow]:
    """The runs that an account started, the newest first; `before` is the id to go on from."""
    rows = await fetch(
        f"""{_SELECT} WHERE municipality_id = $1 AND started_by_id = $2 AND ($3::bigint IS NULL OR id < $3)
            ORDER BY id DESC LIMIT $4""",
        municipality_id,
        account_id,
        before,
        limit,
    )
    return [_run(row) for row in rows]
