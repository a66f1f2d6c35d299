"""What may be known of content of whatever kind, and of what is written below it."""

from collections.abc import Awaitable, Callable

from api.context import Context
from backend.content.kinds import ContentRef, Discussion, Summary
from backend.content.registry import discussions_of, summaries_of

# A kind whose own loader has what is asked for already spares a statement.
SUMMARIES: dict[str, Callable[[Context, int], Awaitable[Summary | None]]] = {}
DISCUSSIONS: dict[str, Callable[[Context, int], Awaitable[Discussion | None]]] = {}


async def summary_of(context: Context, ref: ContentRef) -> Summary | None:
    """What the actor may know of content with a page of its own; None where they may not."""
    if own := SUMMARIES.get(ref.kind):
        return await own(context, ref.id)
    loader = context.loader("summaries", lambda refs: summaries_of(context.actor, refs), None)
    found: Summary | None = await loader.load(ref)
    return found


async def discussion_of(context: Context, ref: ContentRef) -> Discussion | None:
    """How the actor stands to what is written below it; None where they may not see it."""
    if own := DISCUSSIONS.get(ref.kind):
        return await own(context, ref.id)
    loader = context.loader("discussions", lambda refs: discussions_of(context.actor, refs), None)
    found: Discussion | None = await loader.load(ref)
    return found
