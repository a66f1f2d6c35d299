"""Noting what staff did to topics and places."""

from backend.platform.authz import Actor
from backend.platform.database import execute


async def record_staff_act(
    actor: Actor, kind: str, *, topic_id: int | None = None, place_id: int | None = None
) -> None:
    """Add a row to the ledger, in the caller's unit of work; of a topic or of a place."""
    await execute(
        "INSERT INTO staff_act (municipality_id, kind, actor_id, topic_id, place_id) VALUES ($1, $2, $3, $4, $5)",
        actor.municipality_id,
        kind,
        actor.account_id,
        topic_id,
        place_id,
    )
