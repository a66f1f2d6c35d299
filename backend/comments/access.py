"""Fetching comments for an actor: found, known and allowed, or refused."""

from collections.abc import Sequence

from backend.comments.queries import CommentRow, comments_by_id
from backend.comments.rules import NOT_FOUND, CommentFacts, concerns_reporter, may
from backend.content.registry import discussions_of
from backend.moderation.part import reported_by
from backend.platform.authz import Actor, require
from backend.platform.database import execute


async def facts_of(actor: Actor, comments: Sequence[CommentRow]) -> dict[int, CommentFacts]:
    """What the rules need to know about each of these; those on what is out of sight are missing."""
    if not comments:
        return {}
    discussions = await discussions_of(actor, {comment.root for comment in comments})
    reported = await reported_by(actor, "comment", [c.id for c in comments if concerns_reporter(actor, c)])
    return {
        comment.id: CommentFacts(comment, discussions[comment.root], comment.id in reported)
        for comment in comments
        if comment.root in discussions
    }


async def visible_comments(actor: Actor, ids: Sequence[int]) -> dict[int, CommentFacts]:
    """Those of these that the actor may know of."""
    rows = await comments_by_id(actor.municipality_id, ids)
    facts = await facts_of(actor, list(rows.values()))
    return {key: value for key, value in facts.items() if may(actor, "view", value)}


async def access_comment(actor: Actor, comment_id: int, action: str) -> CommentFacts:
    """The comment, locked for this unit of work, once the rules allow `action`.

    Raises NotFound, Unauthenticated, Forbidden.
    """
    await execute(
        "SELECT FROM comment WHERE municipality_id = $1 AND id = $2 FOR NO KEY UPDATE",
        actor.municipality_id,
        comment_id,
    )
    rows = await comments_by_id(actor.municipality_id, [comment_id])
    facts = (await facts_of(actor, list(rows.values()))).get(comment_id)
    if facts is None:
        raise NOT_FOUND.as_error()
    require(may(actor, action, facts))
    return facts
