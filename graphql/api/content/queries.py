"""Finding content of whatever kind."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import strawberry

from api.context import Context, Info, context_of
from api.node import Node, fetch_content
from api.slices import content_types
from backend.content.finding import matching_content, similar_content
from backend.content.kinds import ContentRef
from backend.platform.errors import Invalid

MOST = 20
First = Annotated[int, strawberry.argument(description="How many at the most, 1 to 20.")]


def _size(first: int) -> int:
    if not 1 <= first <= MOST:
        raise Invalid("page_size", "En side har 1 til {most} rader.", field="first", most=MOST)
    return first


async def _things(context: Context, found: Sequence[ContentRef]) -> list[Node]:
    things = await asyncio.gather(
        *(fetch_content(context, ref) for ref in found if ref.kind in content_types())
    )
    return [thing for thing in things if thing is not None]


@strawberry.type
class ContentQueries:
    """Across all kinds."""

    @strawberry.field(
        description="What has all these words, whatever kind of content it is; the best match first."
    )
    async def matching_content(
        self,
        info: Info,
        words: Annotated[
            str, strawberry.argument(description="What to look for; its first 200 characters count.")
        ],
        first: First = 10,
    ) -> list[Node]:
        """Public content only."""
        context = context_of(info)
        limit = _size(first)
        found = await matching_content(context.municipality_id, words[:200], context.language, limit=limit)
        return await _things(context, found)

    @strawberry.field(
        description="What says much the same as a text being written, whatever kind of content it is; the most alike "
        "first."
    )
    async def similar_content(
        self,
        info: Info,
        title: Annotated[str, strawberry.argument(description="The title so far.")],
        body: Annotated[str, strawberry.argument(description="The text so far.")] = "",
        first: First = 5,
    ) -> list[Node]:
        """Public content only."""
        context = context_of(info)
        found = await similar_content(context.municipality_id, title[:500], body[:20_000], limit=_size(first))
        return await _things(context, found)
