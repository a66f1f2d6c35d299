"""Jobs to be done, written in the same transaction as the reason for them.

The relay hands due rows to the queue; a job's own transaction marks its row done. A row that was handed over
but is not done comes back after its lease, so losing the whole queue loses nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from tortoise import fields
from tortoise.fields.db_defaults import Now
from tortoise.models import Model

from backend.platform.database import execute, fetch_row, unit_of_work

CHANNEL = "outbox"


class OutboxRow(Model):
    """One job: its name, what it works on (`key`) and its arguments, and how far it has come."""

    id = fields.BigIntField(primary_key=True)
    job = fields.CharField(max_length=80)
    key = fields.CharField(max_length=200)
    payload: fields.JSONField[dict[str, Any]] = fields.JSONField()
    queue = fields.CharField(max_length=20)
    created_at = fields.DatetimeField(db_default=Now())
    due_at = fields.DatetimeField(db_default=Now())
    dispatched_at = fields.DatetimeField(null=True)
    done_at = fields.DatetimeField(null=True)
    failed_at = fields.DatetimeField(null=True)
    attempts = fields.SmallIntField(db_default=0)
    error = fields.TextField(null=True)

    class Meta:
        table = "outbox"


async def enqueue(
    job: str,
    key: str,
    payload: dict[str, Any] | None = None,
    *,
    due: datetime | None = None,
    queue: str = "fast",
) -> None:
    """Ask for `job` on `key`; it happens if and only if the surrounding unit of work commits.

    `due` is when at the earliest (default: now). The queue `slow` is for jobs that may run for minutes.
    """
    async with unit_of_work():
        await execute(
            "INSERT INTO outbox (job, key, payload, queue, due_at) VALUES ($1, $2, $3::jsonb, $4, coalesce($5, now()))",
            job,
            key,
            orjson.dumps(payload or {}).decode(),
            queue,
            due,
        )
        await execute("SELECT pg_notify($1, '')", CHANNEL)


async def enqueue_many(job: str, entries: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Ask for `job` on many keys with their payloads, in one statement; otherwise as `enqueue`."""
    if not entries:
        return
    async with unit_of_work():
        await execute(
            """INSERT INTO outbox (job, key, payload, queue)
               SELECT $1, key, payload::jsonb, 'fast' FROM unnest($2::text[], $3::text[]) AS asked (key, payload)""",
            job,
            [key for key, _ in entries],
            [orjson.dumps(payload).decode() for _, payload in entries],
        )
        await execute("SELECT pg_notify($1, '')", CHANNEL)


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many jobs are due and not done, and for how many seconds the oldest of them has been."""

    due: int
    oldest: float


async def backlog() -> Backlog:
    """What waits now."""
    row = await fetch_row(
        """SELECT count(*) AS due, coalesce(extract(epoch FROM now() - min(due_at)), 0)::float8 AS oldest FROM outbox
           WHERE done_at IS NULL AND failed_at IS NULL AND due_at <= now()"""
    )
    return Backlog(row["due"], row["oldest"]) if row else Backlog(0, 0.0)


# For work that takes in all that has gathered: asked for unless it is asked for already, by transactions that
# may not see each other (then twice) and never wait for each other. What is due at once is not shared: the work
# could look before the one who asks has written. Its parts are filled in with SQL.
ASK_SOON = """INSERT INTO outbox (job, key, payload, queue, due_at)
    SELECT {job}, {key}, {payload}, 'fast', now() + {within}
    WHERE {condition} AND NOT EXISTS (SELECT FROM outbox o WHERE o.job = {job} AND o.key = {key}
        AND o.done_at IS NULL AND o.failed_at IS NULL AND o.due_at > now() + interval '0.3 seconds')"""


async def enqueue_soon(job: str, key: str, payload: dict[str, Any], *, within: timedelta) -> None:
    """Ask for `job` on `key` within a moment, unless that has been asked for already (ASK_SOON)."""
    statement = ASK_SOON.format(
        job="$1::varchar", key="$2::varchar", payload="$3::jsonb", within="$4::interval", condition="true"
    )
    await execute(statement, job, key, orjson.dumps(payload).decode(), within)
