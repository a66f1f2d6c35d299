"""Queries of moderators, and the grounds that everybody may know."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.context import Info, context_of
from api.errors import InvalidProblem, LoginProblem, NotAllowedProblem, NotFoundProblem
from api.fields import payload, result_field
from api.moderation.enums import ReasonCode
from api.moderation.following import (
    ModerationQueueFilter,
    NextModerationCase,
    NextModerationCaseResult,
    next_of,
    queue_filter,
)
from api.moderation.parts import ModerationGround, ground_of
from api.moderation.queue_counts import ModerationQueueState, ModerationQueueStateResult
from api.moderation.types import ModerationCase
from api.node_ids import number_of
from api.pagination import (
    DEFAULT_PAGE,
    After,
    Connection,
    First,
    keyset_page,
)
from backend.moderation.history import list_decided
from backend.moderation.queue import access_case, list_queue
from backend.moderation.queue_counts import waiting_by_topic

ModerationQueueResult = payload(
    Connection[ModerationCase],
    "ModerationQueueResult",
    "Cases that wait, or why not.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
)
ModerationCaseResult = payload(
    ModerationCase,
    "ModerationCaseResult",
    "The case, or why not.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
)


@strawberry.type
class ModerationQueries:
    """What may be asked about moderation."""

    @result_field(
        ModerationQueueResult,
        description="Cases that nobody has decided, the longest waiting first. For moderators.",
    )
    async def moderation_queue(
        self,
        info: Info,
        first: First = DEFAULT_PAGE,
        after: After = None,
        filter: Annotated[  # noqa: A002
            ModerationQueueFilter | None, strawberry.argument(description="What to narrow the queue to.")
        ] = None,
    ) -> Connection[ModerationCase]:
        """A page of the viewer's topics; what the viewer wrote is left to others."""
        actor, narrowed = context_of(info).actor, queue_filter(filter)
        page: Connection[ModerationCase] = await keyset_page(
            first,
            after,
            datetime,
            int,
            fetch=lambda key, limit: list_queue(actor, narrowed, after=key, limit=limit),
            node=ModerationCase.from_row,
            key=lambda row: (row.created_at, row.id),
        )
        return page

    @result_field(
        ModerationQueueResult,
        description="Cases that moderators have decided, the latest first. For moderators.",
    )
    async def moderation_decisions(
        self,
        info: Info,
        first: First = DEFAULT_PAGE,
        after: After = None,
        filter: Annotated[  # noqa: A002
            ModerationQueueFilter | None, strawberry.argument(description="What to narrow them to.")
        ] = None,
    ) -> Connection[ModerationCase]:
        """A page of the viewer's topics; what is about the viewer's own words is left to others."""
        actor, narrowed = context_of(info).actor, queue_filter(filter)
        page: Connection[ModerationCase] = await keyset_page(
            first,
            after,
            datetime,
            int,
            fetch=lambda key, limit: list_decided(actor, narrowed, after=key, limit=limit),
            node=ModerationCase.from_row,
            key=lambda row: (row.decided_at, row.id),
        )
        return page

    @result_field(
        NextModerationCaseResult,
        description="The case after or before one in the queue that the viewer may take, from the end on to the "
        "beginning; that one need not wait any more. For moderators.",
    )
    async def next_moderation_case(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The case to go on from.")],  # noqa: A002
        filter: Annotated[  # noqa: A002
            ModerationQueueFilter | None, strawberry.argument(description="What to narrow the queue to.")
        ] = None,
        backwards: Annotated[bool, strawberry.argument(description="True for the one before.")] = False,
    ) -> NextModerationCase:
        number = number_of(id, "ModerationCase")
        found = await next_of(context_of(info), number, filter, backwards=backwards)
        return NextModerationCase(case=found)

    @result_field(ModerationQueueStateResult, description="How much waits, by topic. For moderators.")
    async def moderation_queue_state(self, info: Info) -> ModerationQueueState:
        """The figures as they are now; moderationQueueChanged tells when they change."""
        return ModerationQueueState.from_rows(await waiting_by_topic(context_of(info).actor))

    @result_field(ModerationCaseResult, description="A case, decided or not. For moderators.")
    async def moderation_case(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")],  # noqa: A002
    ) -> ModerationCase:
        number = number_of(id, "ModerationCase")
        return ModerationCase.from_row(await access_case(context_of(info).actor, number))

    @strawberry.field(description="Why content may break the rules: what readers and moderators choose from.")
    def moderation_grounds(self, info: Info) -> list[ModerationGround]:
        language = context_of(info).language
        return [ground_of(code, language) for code in ReasonCode]
