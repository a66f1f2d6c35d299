"""Writing down that something happened, in the same transaction as the happening."""

from enum import StrEnum
from typing import Any

import orjson

from backend.content.kinds import ContentRef
from backend.platform.database import fetch_value
from backend.platform.outbox import enqueue


class EventKind(StrEnum):
    """What people can be told about."""

    PUBLISHED = "published"
    HELD = "held"
    REJECTED = "rejected"
    ANSWERED = "answered"
    STATUS_CHANGED = "status_changed"
    COMMENT_ON_YOURS = "comment_on_yours"
    NEW_IN_TOPIC = "new_in_topic"
    NEW_ON_PROPOSAL = "new_on_proposal"
    CONTENT_HIDDEN = "content_hidden"
    AMENDED = "amended"


async def record(
    municipality_id: int,
    kind: EventKind,
    key: str,
    subject: ContentRef,
    *,
    root: ContentRef | None = None,
    topic_id: int | None = None,
    actor_id: int | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Record an event about `subject` and ask for its delivery; the same `key` again changes nothing.

    `root` is the content whose page the subject stands on; None: it has a page of its own.
    `detail` holds stable codes and ids, never personal data.
    """
    event_id = await fetch_value(
        """INSERT INTO event (municipality_id, kind, key, subject_type, subject_id, root_type, root_id, topic_id,
                              actor_id, detail)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb)
           ON CONFLICT (municipality_id, key) DO NOTHING RETURNING id""",
        municipality_id,
        kind.value,
        f"{kind.value}:{key}",
        *subject,
        *(root or subject),
        topic_id,
        actor_id,
        orjson.dumps(detail or {}).decode(),
    )
    if event_id is not None:
        await enqueue(
            "notify_event", f"event:{event_id}", {"municipality_id": municipality_id, "event_id": event_id}
        )
