"""Loaders of comments: one statement for all that an operation asks for."""

from strawberry.dataloader import DataLoader

from api.content.loaders import discussion_of
from api.context import Context
from backend.comments import queries
from backend.comments.access import visible_comments
from backend.comments.queries import CommentRow, CommentSort, PageKey
from backend.comments.rules import CommentFacts, concerns_reporter
from backend.comments.transitions import discussion_tag
from backend.content.kinds import ContentRef
from backend.moderation.part import reported_by

ASIDE_SHOWN = 20


def facts_loader(context: Context) -> DataLoader[int, CommentFacts | None]:
    """Comments by id, with what the rules look at; those the actor may not know of are missing."""

    async def load(ids: list[int]) -> dict[int, CommentFacts]:
        return await visible_comments(context.actor, ids)

    return context.loader("comment_facts", load)


async def facts_of_row(context: Context, row: CommentRow) -> CommentFacts | None:
    """What the rules look at, for a comment that is at hand already; what it is about is looked up once."""
    discussion = await discussion_of(context, row.root)
    if discussion is None:
        return None
    has_reported = concerns_reporter(context.actor, row) and await _reported_loader(context).load(row.id)
    return CommentFacts(row, discussion, has_reported)


def _reported_loader(context: Context) -> DataLoader[int, bool]:
    async def load(ids: list[int]) -> dict[int, bool]:
        return dict.fromkeys(await reported_by(context.actor, "comment", ids), True)

    return context.loader("comments_reported", load, default=False)


def thread_loader(context: Context, sort: CommentSort, limit: int) -> DataLoader[PageKey, list[CommentRow]]:
    """Pages of first-level comments."""

    async def load(keys: list[PageKey]) -> dict[PageKey, list[CommentRow]]:
        context.tags.update(discussion_tag(key.root) for key in keys)
        return await queries.thread_pages(context.municipality_id, keys, sort, limit=limit)

    return context.loader(f"comment_threads:{sort}:{limit}", load, [])


def replies_loader(context: Context, limit: int) -> DataLoader[PageKey, list[CommentRow]]:
    """Pages of replies."""

    async def load(keys: list[PageKey]) -> dict[PageKey, list[CommentRow]]:
        context.tags.update(discussion_tag(key.root) for key in keys)
        return await queries.reply_pages(context.municipality_id, keys, limit=limit)

    return context.loader(f"comment_replies:{limit}", load, [])


def aside_loader(context: Context) -> DataLoader[ContentRef, list[CommentRow]]:
    """The actor's own comments that only they see, by what they are about."""

    async def load(roots: list[ContentRef]) -> dict[ContentRef, list[CommentRow]]:
        if context.actor.seeing_account_id is None:
            return {}
        return await queries.own_comments_aside(context.actor, roots, limit=ASIDE_SHOWN)

    return context.loader("comments_aside", load, [])
