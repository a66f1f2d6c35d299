"""What the queue can be narrowed to, and which of its cases comes next."""

import strawberry

from api.context import Context
from api.errors import InvalidProblem, LoginProblem, NotAllowedProblem, NotFoundProblem
from api.fields import payload
from api.moderation.enums import ModerationCaseOrigin, SubjectType
from api.moderation.types import ModerationCase
from api.node_ids import number_of
from backend.moderation.next_case import next_case
from backend.moderation.queue import QueueFilter


@strawberry.input(description="What the queue is narrowed to; everything given must hold.")
class ModerationQueueFilter:
    """All parts are optional."""

    topic: strawberry.ID | None = strawberry.field(default=None, description="Only in this topic.")
    subject_type: SubjectType | None = strawberry.field(default=None, description="Only about such content.")
    origin: ModerationCaseOrigin | None = strawberry.field(
        default=None, description="Only what came this way."
    )
    claimed_by_me: bool = strawberry.field(
        default=False, description="Only what the viewer is at work on, or has decided."
    )


def queue_filter(given: ModerationQueueFilter | None) -> QueueFilter:
    """The filter as the domain takes it; raises Invalid for a topic that can be none."""
    given = given or ModerationQueueFilter()
    return QueueFilter(
        topic_id=None if given.topic is None else number_of(given.topic, "Topic", field="filter.topic"),
        subject_type=given.subject_type and given.subject_type.value,
        origin=given.origin and given.origin.value,
        claimed_by_me=given.claimed_by_me,
    )


@strawberry.type(description="The case that comes next for the viewer.")
class NextModerationCase:
    case: ModerationCase | None = strawberry.field(
        description="A case that the viewer may take; null when no other is left."
    )


NextModerationCaseResult = payload(
    NextModerationCase,
    "NextModerationCaseResult",
    "The case, or why not.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
)


async def next_of(
    context: Context, number: int, given: ModerationQueueFilter | None, *, backwards: bool = False
) -> ModerationCase | None:
    """The case after (or before) the one of that number which the actor may take. Raises as `next_case`."""
    row = await next_case(context.actor, number, queue_filter(given), backwards=backwards)
    return ModerationCase.from_row(row) if row else None
