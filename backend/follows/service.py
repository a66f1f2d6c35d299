"""Beginning and ceasing to follow; doing either twice changes nothing."""

from backend.notifications.mutes import unmute_proposal
from backend.platform.authz import Actor, logged_in, require
from backend.platform.database import execute, fetch_value, unit_of_work
from backend.platform.errors import NotFound
from backend.proposals.access import visible_proposals
from backend.proposals.rules import NOT_FOUND
from backend.topics.queries import topics_by_id


async def follow_topic(actor: Actor, topic_id: int) -> bool:
    """Follow a topic; False when the actor already did. Raises NotFound, Unauthenticated."""
    require(logged_in(actor, None))
    if topic_id not in await topics_by_id(actor.municipality_id, [topic_id], actor.language):
        raise NotFound("topic_not_found", "Temaet finnes ikke.")
    return await _follow(actor, "topic_id", topic_id)


async def follow_proposal(actor: Actor, proposal_id: int) -> bool:
    """Follow a proposal that the actor may see; False when they already did. Raises as `follow_topic`.

    Who had muted it has not any more.
    """
    require(logged_in(actor, None))
    if proposal_id not in await visible_proposals(actor, [proposal_id]):
        raise NOT_FOUND.as_error()
    async with unit_of_work():
        await unmute_proposal(actor, proposal_id)
        return await _follow(actor, "proposal_id", proposal_id)


async def unfollow_topic(actor: Actor, topic_id: int) -> bool:
    """Cease to follow a topic; False when the actor did not. Raises Unauthenticated."""
    return await _unfollow(actor, "topic_id", topic_id)


async def unfollow_proposal(actor: Actor, proposal_id: int) -> bool:
    """Cease to follow a proposal, also one that is out of sight by now. Returns and raises as `unfollow_topic`."""
    return await _unfollow(actor, "proposal_id", proposal_id)


async def _follow(actor: Actor, column: str, number: int) -> bool:
    added = await fetch_value(
        f"""INSERT INTO follow (municipality_id, account_id, {column}) VALUES ($1, $2, $3)
            ON CONFLICT (municipality_id, account_id, {column}) DO NOTHING RETURNING id""",
        actor.municipality_id,
        actor.account_id,
        number,
    )
    return added is not None


async def _unfollow(actor: Actor, column: str, number: int) -> bool:
    require(logged_in(actor, None))
    done = await execute(
        f"DELETE FROM follow WHERE municipality_id = $1 AND account_id = $2 AND {column} = $3",
        actor.municipality_id,
        actor.account_id,
        number,
    )
    return done != "DELETE 0"
