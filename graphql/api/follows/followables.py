"""What can be followed: topics, and content with a page of its own, of whatever kind."""

from typing import Any

from api.context import Context
from api.node import NODE_TYPES, root_types
from api.node_ids import number_of_either
from backend.content.kinds import ContentRef
from backend.follows.service import follow_content, follow_topic, unfollow_content, unfollow_topic

_TOPIC = "Topic"


def followable_types() -> dict[str, str | None]:
    """The types whose things can be followed, and the kind of content that each is; None: it is none."""
    return {_TOPIC: None, **root_types()}


async def change_follow(context: Context, global_id: str, *, follows: bool) -> tuple[bool, Any]:
    """Follow what has this id, or cease to: whether that changed anything, and the thing as it stands.

    Raises Invalid, NotFound, Unauthenticated.
    """
    types = followable_types()
    type_name, number = number_of_either(global_id, types, field="id")
    kind = types[type_name]
    if kind is None:
        changed = await (follow_topic if follows else unfollow_topic)(context.actor, number)
    else:
        changed = await (follow_content if follows else unfollow_content)(
            context.actor, ContentRef(kind, number)
        )
    return changed, await NODE_TYPES[type_name](context, number)
