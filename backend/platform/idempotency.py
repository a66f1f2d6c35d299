"""A creating operation that is sent twice with one key is done once, and answered alike."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from tortoise import fields

from backend.platform.authz import Actor, Refusal
from backend.platform.database import execute, fetch_row, fetch_value, unit_of_work
from backend.platform.errors import Conflict, Invalid
from backend.platform.rows import Row

MAX_KEY = 80


class IdempotencyKey(Row):
    """A key that an account used for an operation, a hash of what was sent, and which thing came of it."""

    account_id = fields.BigIntField()
    operation = fields.CharField(max_length=60)
    key = fields.CharField(max_length=80)
    request_hash = fields.BinaryField()
    subject_id = fields.BigIntField(null=True)

    class Meta:
        table = "idempotency_key"
        unique_together = (("municipality_id", "account_id", "operation", "key"),)


async def once(
    actor: Actor, operation: str, key: str | None, request: Any, create: Callable[[], Awaitable[int]]
) -> int:
    """The id of the thing that `create` made, now or when this key was first used.

    Everything happens in one unit of work: two simultaneous requests with one key wait for each other, and the
    second finds what the first made. Without a key, `create` simply runs. Raises Conflict when the key was used
    for something else, Invalid when it is too long.
    """
    if key is None:
        async with unit_of_work():
            return await create()
    if not 1 <= len(key) <= MAX_KEY:
        raise Invalid("idempotency_key_length", "Nøkkelen må ha 1 til {most} tegn.", most=MAX_KEY)
    digest = hashlib.sha256(orjson.dumps(request, option=orjson.OPT_SORT_KEYS)).digest()
    async with unit_of_work():
        row_id = await fetch_value(
            """INSERT INTO idempotency_key (municipality_id, account_id, operation, key, request_hash)
               VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (municipality_id, account_id, operation, key) DO NOTHING RETURNING id""",
            actor.municipality_id,
            actor.account_id,
            operation,
            key,
            digest,
        )
        if row_id is None:
            return await _earlier(actor, operation, key, digest)
        subject_id = await create()
        await execute(
            "UPDATE idempotency_key SET subject_id = $3 WHERE municipality_id = $1 AND id = $2",
            actor.municipality_id,
            row_id,
            subject_id,
        )
        return subject_id


async def once_shown(
    actor: Actor,
    operation: str,
    key: str | None,
    request: Any,
    create: Callable[[], Awaitable[int]],
    shown_already: Refusal,
) -> int:
    """As `once`, for what holds a secret that is shown a single time: sent again, raises `shown_already`."""
    is_made = False

    async def made_now() -> int:
        nonlocal is_made
        is_made = True
        return await create()

    made = await once(actor, operation, key, request, made_now)
    if not is_made:
        raise shown_already.as_error()
    return made


async def _earlier(actor: Actor, operation: str, key: str, digest: bytes) -> int:
    row = await fetch_row(
        """SELECT request_hash, subject_id FROM idempotency_key
           WHERE municipality_id = $1 AND account_id = $2 AND operation = $3 AND key = $4""",
        actor.municipality_id,
        actor.account_id,
        operation,
        key,
    )
    if row is None or row["request_hash"] != digest:
        raise Conflict("idempotency_key_reused", "Nøkkelen er allerede brukt til noe annet.")
    return int(row["subject_id"])
