"""Queries about topics and places."""

from typing import Annotated, Any

import strawberry

from api.context import Info, context_of
from api.pagination import (
    DEFAULT_PAGE,
    After,
    Connection,
    First,
    keyset_page,
)
from api.topics.types import GOALS, Goal, Place, Topic, goal
from backend.topics import queries


@strawberry.type
class TopicQueries:
    """What may be asked about topics and places."""

    @strawberry.field(description="Topics, in Norwegian alphabetical order of their titles.")
    async def topics(
        self,
        info: Info,
        first: First = DEFAULT_PAGE,
        after: After = None,
        open_only: Annotated[bool, strawberry.argument(description="Only those open for input now.")] = False,
    ) -> Connection[Topic]:
        context = context_of(info)

        async def fetch(key: Any, limit: int) -> list[queries.TopicRow]:
            rows = await queries.list_topics(
                context.municipality_id, context.language, open_only=open_only, after=key, limit=limit
            )
            context.tags.update(("topics", *(f"topic:{row.id}" for row in rows)))
            return rows

        page: Connection[Topic] = await keyset_page(
            first,
            after,
            str,
            str,
            fetch=fetch,
            node=Topic.from_row,
            key=lambda row: (row.title, row.slug),
        )
        return page

    @strawberry.field(description="The topic at an address; null when there is none.")
    async def topic(
        self, info: Info, slug: Annotated[str, strawberry.argument(description="Its name in addresses.")]
    ) -> Topic | None:
        context = context_of(info)
        row = await queries.topic_by_slug(context.municipality_id, slug, context.language)
        context.tags.add(f"topic:{row.id}" if row else "topics")
        return Topic.from_row(row) if row else None

    @strawberry.field(description="The main goals that a topic may serve.")
    def goals(self, info: Info) -> list[Goal]:
        """All four, in order of their number."""
        return [goal(number, context_of(info).language) for number in sorted(GOALS)]

    @strawberry.field(description="Places, in Norwegian alphabetical order of their names.")
    async def places(self, info: Info, first: First = DEFAULT_PAGE, after: After = None) -> Connection[Place]:
        context = context_of(info)
        context.tags.add("places")
        page: Connection[Place] = await keyset_page(
            first,
            after,
            str,
            str,
            fetch=lambda key, limit: queries.list_places(
                context.municipality_id, context.language, after=key, limit=limit
            ),
            node=Place.from_row,
            key=lambda row: (row.shown_name, row.slug),
        )
        return page
