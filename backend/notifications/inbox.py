"""A person's notifications in the app."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from backend.content.kinds import ContentRef
from backend.content.registry import kind_of, summaries_of
from backend.notifications.events import EventKind
from backend.notifications.kinds import Cause
from backend.notifications.wording import Message, render_message, wording_of
from backend.platform.authz import Actor, logged_in, require
from backend.platform.database import fetch, fetch_value, unit_of_work
from backend.platform.tags import changed

MOST_COUNTED = 100


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One notification: what happened to what, why the person is told, and whether they have read it.

    It is about `subject`, which stands on the page of `root`.
    """

    id: int
    kind: EventKind
    cause: Cause
    subject: ContentRef
    root: ContentRef
    topic_id: int | None
    detail: dict[str, Any]
    created_at: datetime
    read_at: datetime | None

    @property
    def path(self) -> str:
        """The address of what it is about, without the language."""
        return kind_of(self.subject.kind).path(self.subject.id)

    @property
    def action(self) -> str:
        """The words of the button that leads there, source text."""
        return kind_of(self.subject.kind).action


async def list_inbox(
    actor: Actor, *, before: int | None, limit: int, unread_only: bool = False
) -> list[InboxRow]:
    """Notifications, newest first; `before` is the id to go on from. Raises Unauthenticated."""
    require(logged_in(actor, None))
    rows = await fetch(
        """SELECT d.id, e.kind, d.cause, e.subject_type, e.subject_id, e.root_type, e.root_id, e.topic_id, e.detail,
                  d.created_at, d.read_at
           FROM delivery d JOIN event e ON e.municipality_id = d.municipality_id AND e.id = d.event_id
           WHERE d.municipality_id = $1 AND d.account_id = $2 AND d.channel = 'in_app' AND d.state = 'sent'
             AND ($3::bigint IS NULL OR d.id < $3) AND (NOT $4 OR d.read_at IS NULL)
           ORDER BY d.id DESC LIMIT $5""",
        actor.municipality_id,
        actor.account_id,
        before,
        unread_only,
        limit,
    )
    return [_row(dict(row)) for row in rows]


def _row(values: dict[str, Any]) -> InboxRow:
    values["kind"] = EventKind(values["kind"])
    values["cause"] = Cause(values["cause"])
    for name in ("subject", "root"):
        values[name] = ContentRef(values.pop(f"{name}_type"), values.pop(f"{name}_id"))
    values["detail"] = orjson.loads(values["detail"])
    return InboxRow(**values)


async def describe(actor: Actor, rows: Sequence[InboxRow]) -> dict[int, Message]:
    """Each notification in words, by id; what the person may no longer see is not named."""
    known = await summaries_of(actor, (row.root for row in rows))
    return {
        row.id: render_message(
            actor.language,
            wording_of(row.subject, row.root, row.kind, row.cause),
            known.get(row.root),
            row.detail,
        )
        for row in rows
    }


async def unread_count(actor: Actor) -> int:
    """How many notifications are unread, counted up to `MOST_COUNTED`. Raises Unauthenticated."""
    require(logged_in(actor, None))
    count: int = await fetch_value(
        """SELECT count(*) FROM (SELECT FROM delivery WHERE municipality_id = $1 AND account_id = $2
               AND channel = 'in_app' AND state = 'sent' AND read_at IS NULL LIMIT $3) unread""",
        actor.municipality_id,
        actor.account_id,
        MOST_COUNTED,
    )
    return count


async def mark_read(actor: Actor, ids: Sequence[int]) -> int:
    """Mark the actor's own among these as read; returns how many were unread. Raises Unauthenticated."""
    return await _mark(actor, "id = ANY($3::bigint[])", list(ids))


async def mark_all_read(actor: Actor, *, up_to: int) -> int:
    """Mark everything up to the id `up_to` as read, so that what came meanwhile stays unread."""
    return await _mark(actor, "id <= $3::bigint", up_to)


async def _mark(actor: Actor, which: str, value: int | list[int]) -> int:
    require(logged_in(actor, None))
    async with unit_of_work():
        rows = await fetch(
            f"""UPDATE delivery SET read_at = now()
                WHERE municipality_id = $1 AND account_id = $2 AND channel = 'in_app' AND state = 'sent'
                  AND read_at IS NULL AND {which} RETURNING id""",
            actor.municipality_id,
            actor.account_id,
            value,
        )
        if rows:
            await changed([f"inbox:{actor.account_id}"])
        return len(rows)
