"""GraphQL types of follows."""

from datetime import datetime
from typing import Any

import strawberry

from api.context import Context, Info, context_of
from api.node import Node, fetch_content
from api.pagination import After, Connection, keyset_page
from api.proposals.types import Proposal, fetch_proposal
from api.topics.types import Topic, fetch_topic
from backend.follows.queries import FollowRow, own_follows


@strawberry.type(description="That the viewer wants to be notified of what happens to something.")
class Follow:
    """A follow of a topic or of content."""

    row: strawberry.Private[FollowRow]
    since: datetime = strawberry.field(description="From when.")

    @strawberry.field(description="What is followed; null when it cannot be seen any more.")
    async def thing(self, info: Info) -> Node | None:
        found: Any
        if self.row.content is not None:
            found = await fetch_content(context_of(info), self.row.content)
        else:
            assert self.row.topic_id is not None
            found = await fetch_topic(context_of(info), self.row.topic_id)
        return found if isinstance(found, Node) else None

    @strawberry.field(description="The topic, when it is one.")
    async def topic(self, info: Info) -> Topic | None:
        if self.row.topic_id is None:
            return None
        found: Any = await fetch_topic(context_of(info), self.row.topic_id)
        return found if isinstance(found, Topic) else None

    @strawberry.field(description="The proposal, when it is one that can still be seen.")
    async def proposal(self, info: Info) -> Proposal | None:
        if self.row.content is None or self.row.content.kind != "proposal":
            return None
        found: Any = await fetch_proposal(context_of(info), self.row.content.id)
        return found if isinstance(found, Proposal) else None

    @classmethod
    def from_row(cls, row: FollowRow) -> "Follow":
        """The type for a row."""
        return cls(row=row, since=row.created_at)


async def follow_page(context: Context, first: int, after: After) -> Connection[Follow]:
    """A page of what the actor follows, the newest first."""
    page: Connection[Follow] = await keyset_page(
        first,
        after,
        int,
        fetch=lambda before, limit: own_follows(context.actor, before=before, limit=limit),
        node=Follow.from_row,
        key=lambda row: row.id,
    )
    return page
