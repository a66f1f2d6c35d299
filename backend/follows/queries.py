"""Every read of follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.platform.authz import Actor
from backend.platform.database import fetch


@dataclass(frozen=True, slots=True)
class FollowRow:
    """What a person follows: a topic or a proposal, the other one is None."""

    id: int
    topic_id: int | None
    proposal_id: int | None
    created_at: datetime


async def followed_topics(actor: Actor, topic_ids: Sequence[int]) -> set[int]:
    """Which of these topics the actor follows."""
    return await _followed(actor, "topic_id", topic_ids)


async def followed_proposals(actor: Actor, proposal_ids: Sequence[int]) -> set[int]:
    """Which of these proposals the actor follows."""
    return await _followed(actor, "proposal_id", proposal_ids)


async def _followed(actor: Actor, column: str, ids: Sequence[int]) -> set[int]:
    rows = await fetch(
        f"""SELECT {column} AS id FROM follow
            WHERE municipality_id = $1 AND account_id = $2 AND {column} = ANY($3)""",
        actor.municipality_id,
        actor.account_id,
        ids,
    )
    return {row["id"] for row in rows}


async def own_follows(actor: Actor, *, before: int | None, limit: int) -> list[FollowRow]:
    """What the actor follows, the newest first; `before` is the id to go on from."""
    rows = await fetch(
        """SELECT id, topic_id, proposal_id, created_at FROM follow
           WHERE municipality_id = $1 AND account_id = $2 AND ($3::bigint IS NULL OR id < $3)
           ORDER BY id DESC LIMIT $4""",
        actor.municipality_id,
        actor.account_id,
        before,
        limit,
    )
    return [FollowRow(*row.values()) for row in rows]
