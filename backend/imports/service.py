"""Having a file taken in: a planner asks, a worker does."""

from dataclasses import dataclass, field

from backend.imports.choice import MappingChoice, check_choice, mapping_of
from backend.imports.rules import import_files, import_into
from backend.imports.uploads import UploadRow, own_upload, upload_part
from backend.platform.authz import Actor, require
from backend.platform.database import fetch_row, fetch_value, unit_of_work
from backend.platform.errors import Conflict, Invalid, NotFound
from backend.platform.idempotency import once
from backend.platform.outbox import enqueue
from backend.platform.validation import all_checked

JOB = "import_upload"


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """What to do with a file. `topic_id` None: the rows say their topics. A dry run writes no proposals.

    With `skip_bad` the sound proposals are taken in although others are bad.
    """

    upload_id: int
    topic_id: int | None = None
    choice: MappingChoice = field(default_factory=MappingChoice)
    dry_run: bool = False
    skip_bad: bool = False


async def start_import(actor: Actor, order: ImportOrder, *, key: str | None = None) -> int:
    """Ask for a file to be checked and taken in; returns the run's id.

    For planners, with files of their own and into topics that they plan. Raises Unauthenticated, Forbidden, NotFound
    (file, topic), Invalid (mapping), Conflict (the file is being taken in already, key reused).
    """
    require(import_files(actor, None))
    request = [order.upload_id, order.topic_id, order.choice.as_json(), order.dry_run, order.skip_bad]
    return await once(actor, "start_import", key, request, lambda: _start(actor, order))


async def _start(actor: Actor, order: ImportOrder) -> int:
    with all_checked() as check:
        upload = await check.wait(own_upload(actor, order.upload_id))
        topic = await check.wait(_topic(actor, order.topic_id))
        check(check_choice, order.choice)
    head = await upload_part(actor.municipality_id, upload.id, 0)
    mapping = mapping_of(order.choice, upload.file_name, head, topic)
    if not ("topic" in mapping.columns or "topic" in mapping.defaults):
        # Said once and at its field, where every row would say it otherwise.
        raise Invalid("topic_missing", "Velg temaet forslagene skal inn i.", field="topic")
    async with unit_of_work():
        run_id = await _insert(actor, order, upload, mapping.source)
        payload = {"municipality_id": actor.municipality_id, "run_id": run_id}
        await enqueue(JOB, f"import_run:{run_id}", payload, queue="slow")
    return run_id


async def _topic(actor: Actor, topic_id: int | None) -> str | None:
    """The topic's slug. Every topic is public, so one may know which there are."""
    if topic_id is None:
        return None
    row = await fetch_row(
        "SELECT slug FROM topic WHERE municipality_id = $1 AND id = $2", actor.municipality_id, topic_id
    )
    if row is None:
        raise NotFound("topic_not_found", "Temaet finnes ikke.", field="topic")
    require(import_into(actor, topic_id))
    return str(row["slug"])


async def _insert(actor: Actor, order: ImportOrder, upload: UploadRow, source: str) -> int:
    run_id: int | None = await fetch_value(
        """INSERT INTO import_run (municipality_id, source, file_name, file_digest, report, started_by_id, upload_id,
                                   mapping, topic_id, dry_run, skip_bad)
           SELECT $1, $2, $3, $4, '{}', $5, u.id, $7::jsonb, $8, $9, $10 FROM import_upload u
           WHERE u.municipality_id = $1 AND u.id = $6
           ON CONFLICT (municipality_id, upload_id) WHERE state = 'running' DO NOTHING RETURNING id""",
        actor.municipality_id,
        source,
        upload.file_name,
        upload.digest,
        actor.account_id,
        upload.id,
        order.choice.as_json_text(),
        order.topic_id,
        order.dry_run,
        order.skip_bad,
    )
    if run_id is None:
        raise Conflict("upload_in_use", "Filen blir allerede hentet inn.")
    return run_id
