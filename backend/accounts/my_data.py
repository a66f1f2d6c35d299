"""Asking for one's data, or to be deleted: a row that a job works on and that tells how far it has come."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from backend.accounts.erasure import erase_account
from backend.accounts.export import Progress, export_zip
from backend.accounts.roles import is_admin, require_another_admin
from backend.platform.authz import Actor, logged_in, require
from backend.platform.database import execute, fetch, fetch_row, fetch_value, unit_of_work
from backend.platform.errors import Forbidden, NotFound
from backend.platform.outbox import enqueue
from backend.platform.sql import one_of
from backend.platform.tags import changed

RETENTION = timedelta(days=7)
"""How long an export can be fetched."""


class RequestState(StrEnum):
    """How far a request has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


UNFINISHED = (RequestState.WAITING, RequestState.RUNNING)
"""A job works on it, or should."""

_LISTED_MAX = 20
_COLUMNS = """
    id, kind, keep_content, state, progress, error, created_at, finished_at, expires_at,
    state = 'done' AND result IS NOT NULL AND expires_at > now() AS can_fetch
"""
_JOBS = {"export": "export_my_data", "delete": "erase_account"}


@dataclass(frozen=True, slots=True)
class DataRequestRow:
    """A request and its progress (0 to 100). `can_fetch`: the export is there until `expires_at`."""

    id: int
    kind: str
    keep_content: bool | None
    state: str
    progress: int
    error: str | None
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None
    can_fetch: bool


def _require_browser(actor: Actor) -> int:
    require(logged_in(actor, None))
    if actor.scopes is not None or actor.account_id is None:
        raise Forbidden("browser_needed", "Dette gjør du når du er logget inn i nettleseren.")
    return actor.account_id


async def request_export(actor: Actor) -> int:
    """Ask for everything about oneself; returns the request's id, that of the one under way if there is one.

    Raises Unauthenticated, Forbidden (tokens).
    """
    return await _request(actor, "export", None)


async def request_deletion(actor: Actor, *, keep_content: bool) -> int:
    """Ask to be deleted; returns the request's id. With `keep_content` what was public stays, without a name.

    Otherwise public content goes too, but for proposals that others have a part in: see erasure.py. Raises
    Unauthenticated, Forbidden (tokens), Conflict (the last administrator).
    """
    account_id = _require_browser(actor)
    async with unit_of_work():
        if await is_admin(actor.municipality_id, account_id):
            await require_another_admin(actor.municipality_id, account_id)
        return await _request(actor, "delete", keep_content)


async def _request(actor: Actor, kind: str, keep_content: bool | None) -> int:
    account_id = _require_browser(actor)
    async with unit_of_work():
        request_id: int | None = await fetch_value(
            """INSERT INTO data_request (municipality_id, account_id, kind, keep_content)
               VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING id""",
            actor.municipality_id,
            account_id,
            kind,
            keep_content,
        )
        if request_id is None:
            under_way: int = await fetch_value(
                """SELECT id FROM data_request WHERE municipality_id = $1 AND account_id = $2 AND kind = $3
                   ORDER BY id DESC LIMIT 1""",
                actor.municipality_id,
                account_id,
                kind,
            )
            return under_way
        payload = {"municipality_id": actor.municipality_id, "request_id": request_id}
        await enqueue(_JOBS[kind], f"data_request:{request_id}", payload, queue="slow")
        return request_id


async def data_requests(actor: Actor) -> list[DataRequestRow]:
    """The person's own requests, newest first, at most 20. Raises Unauthenticated, Forbidden (tokens)."""
    account_id = _require_browser(actor)
    rows = await fetch(
        f"""SELECT {_COLUMNS} FROM data_request
            WHERE municipality_id = $1 AND account_id = $2 ORDER BY id DESC LIMIT $3""",
        actor.municipality_id,
        account_id,
        _LISTED_MAX,
    )
    return [DataRequestRow(*row.values()) for row in rows]


async def data_request(actor: Actor, request_id: int) -> DataRequestRow:
    """One of the person's own requests. Raises Unauthenticated, Forbidden (tokens), NotFound."""
    account_id = _require_browser(actor)
    row = await fetch_row(
        f"""SELECT {_COLUMNS} FROM data_request
            WHERE municipality_id = $1 AND account_id = $2 AND id = $3""",
        actor.municipality_id,
        account_id,
        request_id,
    )
    if row is None:
        raise NotFound("request_not_found", "Forespørselen finnes ikke.")
    return DataRequestRow(*row.values())


async def fetch_export(actor: Actor, request_id: int) -> bytes:
    """The ZIP of a finished export. Raises Unauthenticated, Forbidden (tokens), NotFound (or expired)."""
    account_id = _require_browser(actor)
    found: bytes | None = await fetch_value(
        """SELECT result FROM data_request
           WHERE municipality_id = $1 AND account_id = $2 AND id = $3 AND state = 'done'
             AND expires_at > now()""",
        actor.municipality_id,
        account_id,
        request_id,
    )
    if found is None:
        raise NotFound("export_not_found", "Eksporten finnes ikke, eller er slettet.")
    return found


async def run_export(municipality_id: int, request_id: int) -> None:
    """Make the export that was asked for; done again, it starts over, and once done it stays done."""

    async def work(account_id: int, _keep_content: bool, progress: Progress) -> None:
        made = await export_zip(municipality_id, account_id, progress)
        await execute(
            """UPDATE data_request SET result = $3, expires_at = now() + $4
               WHERE municipality_id = $1 AND id = $2""",
            municipality_id,
            request_id,
            made,
            RETENTION,
        )

    await _run(municipality_id, request_id, work)


async def run_deletion(municipality_id: int, request_id: int) -> None:
    """Delete the account that asked for it; done again, it goes on where it was."""

    async def work(account_id: int, keep_content: bool, progress: Progress) -> None:
        await erase_account(municipality_id, account_id, keep_content=keep_content, progress=progress)

    await _run(municipality_id, request_id, work)


async def _run(
    municipality_id: int, request_id: int, work: Callable[[int, bool, Progress], Awaitable[None]]
) -> None:
    row = await fetch_row(
        """UPDATE data_request SET state = 'running', error = NULL
           WHERE municipality_id = $1 AND id = $2 AND state <> 'done' RETURNING account_id, keep_content""",
        municipality_id,
        request_id,
    )
    if row is None:
        return
    account_id = row["account_id"]

    async def progress(percent: int) -> None:
        async with unit_of_work():
            await execute(
                "UPDATE data_request SET progress = $3 WHERE municipality_id = $1 AND id = $2",
                municipality_id,
                request_id,
                percent,
            )
            await changed([f"data_request:{request_id}"])

    try:
        await work(account_id, bool(row["keep_content"]), progress)
    except Exception as error:
        # The queue tries again; a request that it gives up must not seem to be under way.
        await _mark_finished(
            municipality_id, request_id, "failed", getattr(error, "code", type(error).__name__)
        )
        raise
    await _mark_finished(municipality_id, request_id, "done", None)


async def _mark_finished(municipality_id: int, request_id: int, state: str, error: str | None) -> None:
    async with unit_of_work():
        await execute(
            """UPDATE data_request SET state = $3::text, error = $4,
                      progress = CASE WHEN $3::text = 'done' THEN 100 ELSE progress END,
                      finished_at = CASE WHEN $3::text = 'done' THEN now() END
               WHERE municipality_id = $1 AND id = $2""",
            municipality_id,
            request_id,
            state,
            error,
        )
        await changed([f"data_request:{request_id}"])


async def give_up_requests(municipality_id: int) -> int:
    """End the requests whose job is gone, so that the person may ask again; returns how many."""
    rows = await fetch(
        f"""UPDATE data_request r SET state = 'failed', error = 'given_up'
           WHERE r.municipality_id = $1 AND {one_of("r.state", UNFINISHED)}
             AND r.created_at < now() - interval '10 minutes'
             AND NOT EXISTS (SELECT FROM outbox o WHERE o.job = ANY($2) AND o.key = 'data_request:' || r.id
                             AND o.done_at IS NULL AND o.failed_at IS NULL)
           RETURNING r.id""",
        municipality_id,
        list(_JOBS.values()),
    )
    for row in rows:
        async with unit_of_work():
            await changed([f"data_request:{row['id']}"])
    return len(rows)
