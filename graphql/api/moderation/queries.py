"""Queries of moderators, and the grounds that everybody may know."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from api.context import Info, context_of
from api.errors import InvalidProblem, LoginProblem, NotAllowedProblem, NotFoundProblem
from api.moderation.enums import CaseOrigin, ReasonCode, SubjectType
from api.moderation.load import ModerationQueueState, ModerationQueueStateResult
from api.moderation.parts import ModerationGround, ground_of
from api.moderation.types import ModerationCase
from api.node_ids import number_of
from api.pagination import (
    DEFAULT_PAGE,
    After,
    Connection,
    First,
    connection,
    decode_cursor,
    encode_cursor,
    page_size,
)
from api.refusals import with_problems
from backend.moderation.history import list_decided
from backend.moderation.queue import CaseRow, QueueFilter, access_case, list_queue
from backend.moderation.waiting import waiting_by_topic


@strawberry.input(description="What the queue is narrowed to; everything given must hold.")
class ModerationQueueFilter:
    """All parts are optional."""

    topic: strawberry.ID | None = strawberry.field(default=None, description="Only in this topic.")
    subject_type: SubjectType | None = strawberry.field(default=None, description="Only about such content.")
    origin: CaseOrigin | None = strawberry.field(default=None, description="Only what came this way.")
    claimed_by_me: bool = strawberry.field(
        default=False, description="Only what the viewer is at work on, or has decided."
    )


ModerationQueueResult = Annotated[
    Connection[ModerationCase] | InvalidProblem | LoginProblem | NotAllowedProblem | NotFoundProblem,
    strawberry.union("ModerationQueueResult", description="Cases that wait, or why not."),
]
ModerationCaseResult = Annotated[
    ModerationCase | InvalidProblem | LoginProblem | NotAllowedProblem | NotFoundProblem,
    strawberry.union("ModerationCaseResult", description="The case, or why not."),
]


def _filter(given: ModerationQueueFilter | None) -> QueueFilter:
    given = given or ModerationQueueFilter()
    return QueueFilter(
        topic_id=None if given.topic is None else number_of(given.topic, "Topic", field="filter.topic"),
        subject_type=given.subject_type and given.subject_type.value,
        origin=given.origin and given.origin.value,
        claimed_by_me=given.claimed_by_me,
    )


def _decided_cursor(row: CaseRow) -> str:
    return encode_cursor(row.decided_at, row.id)


@strawberry.type
class ModerationQueries:
    """What may be asked about moderation."""

    @strawberry.field(description="Cases that nobody has decided, the longest waiting first. For moderators.")
    @with_problems
    async def moderation_queue(
        self,
        info: Info,
        first: First = DEFAULT_PAGE,
        after: After = None,
        filter: Annotated[  # noqa: A002
            ModerationQueueFilter | None, strawberry.argument(description="What to narrow the queue to.")
        ] = None,
    ) -> ModerationQueueResult:
        """A page of the viewer's topics; what the viewer wrote is left to others."""
        limit = page_size(first)
        key: Any = decode_cursor(after, datetime, int)
        rows = await list_queue(context_of(info).actor, _filter(filter), after=key, limit=limit + 1)
        page: Connection[ModerationCase] = connection(
            rows,
            limit,
            after,
            node=ModerationCase.from_row,
            cursor=lambda row: encode_cursor(row.created_at, row.id),
        )
        return page

    @strawberry.field(description="Cases that moderators have decided, the latest first. For moderators.")
    @with_problems
    async def moderation_decisions(
        self,
        info: Info,
        first: First = DEFAULT_PAGE,
        after: After = None,
        filter: Annotated[  # noqa: A002
            ModerationQueueFilter | None, strawberry.argument(description="What to narrow them to.")
        ] = None,
    ) -> ModerationQueueResult:
        """A page of the viewer's topics; what is about the viewer's own words is left to others."""
        limit = page_size(first)
        key: Any = decode_cursor(after, datetime, int)
        rows = await list_decided(context_of(info).actor, _filter(filter), after=key, limit=limit + 1)
        page: Connection[ModerationCase] = connection(
            rows, limit, after, node=ModerationCase.from_row, cursor=_decided_cursor
        )
        return page

    @strawberry.field(description="How much waits, by topic. For moderators.")
    @with_problems
    async def moderation_queue_state(self, info: Info) -> ModerationQueueStateResult:
        """The figures as they are now; moderationQueueChanged tells when they change."""
        return ModerationQueueState.from_rows(await waiting_by_topic(context_of(info).actor))

    @strawberry.field(description="A case, decided or not. For moderators.")
    @with_problems
    async def moderation_case(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")],  # noqa: A002
    ) -> ModerationCaseResult:
        """One case."""
        number = number_of(id, "ModerationCase")
        return ModerationCase.from_row(await access_case(context_of(info).actor, number))

    @strawberry.field(description="Why content may break the rules: what readers and moderators choose from.")
    def moderation_grounds(self, info: Info) -> list[ModerationGround]:
        """All of them."""
        language = context_of(info).language
        return [ground_of(code, language) for code in ReasonCode]
