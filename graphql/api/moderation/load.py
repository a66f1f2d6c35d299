"""How much waits for a moderator."""

from typing import Any

import strawberry

from api.context import Info, context_of
from api.errors import LoginProblem, NotAllowedProblem
from api.fields import payload
from api.topics.loaders import topic_loader
from api.topics.types import Topic
from backend.moderation.queue_counts import WaitingRow


@strawberry.type(description="A topic and how much waits for a moderator there.")
class ModerationLoad:
    """One topic of the queue."""

    topic_id: strawberry.Private[int]
    count: int = strawberry.field(description="Cases that nobody has decided.")

    @strawberry.field(description="The topic.")
    async def topic(self, info: Info) -> Topic:
        row: Any = await topic_loader(context_of(info)).load(self.topic_id)
        return Topic.from_row(row)


@strawberry.type(description="How much waits for the viewer as a moderator.")
class ModerationQueueState:
    count: int = strawberry.field(description="Cases that nobody has decided, in all topics of the viewer's.")
    topics: list[ModerationLoad] = strawberry.field(description="The topics where cases wait.")

    @classmethod
    def from_rows(cls, rows: list[WaitingRow]) -> "ModerationQueueState":
        """The state that these rows tell."""
        topics = [ModerationLoad(topic_id=row.topic_id, count=row.count) for row in rows]
        return cls(count=sum(row.count for row in rows), topics=topics)


ModerationQueueStateResult = payload(
    ModerationQueueState,
    "ModerationQueueStateResult",
    "The queue in figures, or why not.",
    LoginProblem,
    NotAllowedProblem,
)
