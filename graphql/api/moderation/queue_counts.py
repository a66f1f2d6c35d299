"""How much waits for a moderator."""

from typing import Any

import strawberry

from api.context import Info, context_of
from api.errors import LoginProblem, NotAllowedProblem
from api.fields import payload
from api.topics.loaders import topic_loader
from api.topics.types import Topic
from backend.moderation.queue_counts import WaitingRow


@strawberry.type(description="A topic and how many cases wait for a moderator there.")
class ModerationQueueCount:
    topic_id: strawberry.Private[int]
    count: int = strawberry.field(description="Cases that nobody has decided.")

    @strawberry.field(description="The topic.")
    async def topic(self, info: Info) -> Topic:
        row: Any = await topic_loader(context_of(info)).load(self.topic_id)
        return Topic.from_row(row)


@strawberry.type(description="The same as ModerationQueueCount, which takes its place.")
class ModerationLoad(ModerationQueueCount):
    pass


@strawberry.type(description="How much waits for the viewer as a moderator.")
class ModerationQueueState:
    count: int = strawberry.field(description="Cases that nobody has decided, in all topics of the viewer's.")
    topic_counts: list[ModerationQueueCount] = strawberry.field(description="The topics where cases wait.")

    @strawberry.field(
        description="The same as topicCounts.",
        deprecation_reason="Use topicCounts. Goes after 2027-12-01.",
    )
    def topics(self) -> list[ModerationLoad]:
        return [ModerationLoad(topic_id=each.topic_id, count=each.count) for each in self.topic_counts]

    @classmethod
    def from_rows(cls, rows: list[WaitingRow]) -> "ModerationQueueState":
        """The state that these rows tell."""
        counts = [ModerationQueueCount(topic_id=row.topic_id, count=row.count) for row in rows]
        return cls(count=sum(row.count for row in rows), topic_counts=counts)


ModerationQueueStateResult = payload(
    ModerationQueueState,
    "ModerationQueueStateResult",
    "The queue in figures, or why not.",
    LoginProblem,
    NotAllowedProblem,
)
