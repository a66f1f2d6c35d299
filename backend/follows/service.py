"""Beginning and ceasing to follow; doing either twice changes nothing."""

from backend.content.kinds import ContentRef
from backend.content.registry import access_root
from backend.notifications.mutes import unmute
from backend.platform.authz import Actor, logged_in, require
from backend.platform.database import execute, fetch_value, unit_of_work
from backend.platform.errors import NotFound
from backend.topics.queries import topics_by_id


async def follow_topic(actor: Actor, topic_id: int) -> bool:
    """Follow a topic; False when the actor already did. Raises NotFound, Unauthenticated."""
    require(logged_in(actor, None))
    if topic_id not in await topics_by_id(actor.municipality_id, [topic_id], actor.language):
        raise NotFound("topic_not_found", "Temaet finnes ikke.")
    added = await fetch_value(
        """INSERT INTO follow (municipality_id, account_id, topic_id) VALUES ($1, $2, $3)
           ON CONFLICT DO NOTHING RETURNING id""",
        actor.municipality_id,
        actor.account_id,
        topic_id,
    )
    return added is not None


async def follow_content(actor: Actor, content: ContentRef) -> bool:
    """Follow content with a page that the actor may see; False when they already did. Raises as `follow_topic`.

    Who had muted it has not any more.
    """
    require(logged_in(actor, None))
    await access_root(actor, content)
    async with unit_of_work():
        await unmute(actor, content)
        added = await fetch_value(
            """INSERT INTO follow (municipality_id, account_id, subject_type, subject_id) VALUES ($1, $2, $3, $4)
               ON CONFLICT DO NOTHING RETURNING id""",
            actor.municipality_id,
            actor.account_id,
            *content,
        )
        return added is not None


async def unfollow_topic(actor: Actor, topic_id: int) -> bool:
    """Cease to follow a topic; False when the actor did not. Raises Unauthenticated."""
    require(logged_in(actor, None))
    done = await execute(
        "DELETE FROM follow WHERE municipality_id = $1 AND account_id = $2 AND topic_id = $3",
        actor.municipality_id,
        actor.account_id,
        topic_id,
    )
    return done != "DELETE 0"


async def unfollow_content(actor: Actor, content: ContentRef) -> bool:
    """Cease to follow content, also what is out of sight by now. Returns and raises as `unfollow_topic`."""
    require(logged_in(actor, None))
    done = await execute(
        """DELETE FROM follow
           WHERE municipality_id = $1 AND account_id = $2 AND subject_type = $3 AND subject_id = $4""",
        actor.municipality_id,
        actor.account_id,
        *content,
    )
    return done != "DELETE 0"
