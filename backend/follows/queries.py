"""Every read of follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.content.kinds import ContentRef
from backend.platform.authz import Actor
from backend.platform.database import fetch


@dataclass(frozen=True, slots=True)
class FollowRow:
    """What a person follows: a topic or content, the other one is None."""

    id: int
    topic_id: int | None
    content: ContentRef | None
    created_at: datetime


async def followed_topics(actor: Actor, topic_ids: Sequence[int]) -> set[int]:
    """Which of these topics the actor follows."""
    rows = await fetch(
        """SELECT topic_id AS id FROM follow
           WHERE municipality_id = $1 AND account_id = $2 AND topic_id = ANY($3)""",
        actor.municipality_id,
        actor.account_id,
        topic_ids,
    )
    return {row["id"] for row in rows}


async def followed_content(actor: Actor, kind: str, ids: Sequence[int]) -> set[int]:
    """Which of these pieces of content of a kind the actor follows."""
    rows = await fetch(
        """SELECT subject_id AS id FROM follow
           WHERE municipality_id = $1 AND account_id = $2 AND subject_type = $3 AND subject_id = ANY($4)""",
        actor.municipality_id,
        actor.account_id,
        kind,
        ids,
    )
    return {row["id"] for row in rows}


async def own_follows(actor: Actor, *, before: int | None, limit: int) -> list[FollowRow]:
    """What the actor follows, the newest first; `before` is the id to go on from."""
    rows = await fetch(
        """SELECT id, topic_id, subject_type, subject_id, created_at FROM follow
           WHERE municipality_id = $1 AND account_id = $2 AND ($3::bigint IS NULL OR id < $3)
           ORDER BY id DESC LIMIT $4""",
        actor.municipality_id,
        actor.account_id,
        before,
        limit,
    )
    return [
        FollowRow(
            row["id"],
            row["topic_id"],
            ContentRef(row["subject_type"], row["subject_id"]) if row["subject_type"] else None,
            row["created_at"],
        )
        for row in rows
    ]
