"""What can be subscribed to. Each subscription answers at once, and again after every change.

A generator reads by the context that its feed gives it, never by the one it was asked in: that one is as old as
the subscription.
"""

from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Annotated, Any

import strawberry

from api.broker import Feed
from api.context import Context, Info, context_of
from api.errors import LoginProblem, NotAllowedProblem, problem_of
from api.moderation.queue_counts import ModerationQueueState
from api.node_ids import number_of
from api.notifications.types import Notification
from api.proposals.types import Proposal, fetch_proposal
from backend.moderation.queue_counts import waiting_by_topic
from backend.notifications.inbox import describe, list_inbox, unread_count
from backend.platform.authz import require, with_scope
from backend.platform.errors import DomainError, Invalid

ModerationQueueChangedResult = Annotated[
    ModerationQueueState | LoginProblem | NotAllowedProblem,
    strawberry.union(
        "ModerationQueueChangedResult",
        description="The queue in figures, or why the viewer may not know; after that nothing more comes.",
    ),
]


@strawberry.type(description="The viewer's notifications in short.")
class InboxState:
    unread_count: int = strawberry.field(description="How many are unread, counted up to 100.")
    newest: Notification | None = strawberry.field(description="The newest; null when there is none.")


NotificationArrivedResult = Annotated[
    InboxState | LoginProblem | NotAllowedProblem,
    strawberry.union(
        "NotificationArrivedResult",
        description="The notifications in short, or why there are none to tell; after that nothing more comes.",
    ),
]


def _feed(info: Info) -> Feed:
    feed = context_of(info).feed
    if feed is None:
        raise RuntimeError("a subscription is run by api.streams only")
    return feed


@strawberry.type
class Subscriptions:
    """Streams of answers."""

    @strawberry.subscription(
        description="A proposal whenever it has changed. Null, and then no more, when there is none that the "
        "viewer may know of."
    )
    async def proposal_updated(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")],  # noqa: A002
    ) -> AsyncGenerator[Proposal | None, None]:
        """The proposal as the viewer may see it then."""
        try:
            number = number_of(id, "Proposal")
        except Invalid:
            yield None
            return
        async for context in _feed(info).of(f"proposal:{number}"):
            found: Proposal | None = await fetch_proposal(context, number)
            yield found
            if found is None:
                return

    @strawberry.subscription(description="How much waits for moderators, whenever that has changed.")
    async def moderation_queue_changed(
        self, info: Info
    ) -> AsyncGenerator[ModerationQueueChangedResult, None]:
        """Figures only: what waits is read by its own query."""
        async for context in _feed(info).of("moderation"):
            state = await _queue_state(context)
            yield state
            if not isinstance(state, ModerationQueueState):
                return

    @strawberry.subscription(
        description="The viewer's notifications in short, whenever one arrived or was read."
    )
    async def notification_arrived(self, info: Info) -> AsyncGenerator[NotificationArrivedResult, None]:
        """The newest one and how many are unread."""
        account_id = context_of(info).actor.account_id
        async for context in _feed(info).of(f"inbox:{account_id}"):
            state = await _inbox_state(context)
            yield state
            if not isinstance(state, InboxState):
                return


async def _queue_state(context: Context) -> Any:
    try:
        return ModerationQueueState.from_rows(await waiting_by_topic(context.actor))
    except DomainError as refusal:
        return problem_of(refusal, context.language)


async def _inbox_state(context: Context) -> Any:
    try:
        require(with_scope("read")(context.actor, None))
        unread = await unread_count(context.actor)
        rows = await list_inbox(context.actor, before=None, limit=1)
        messages = await describe(replace(context.actor, language=context.language), rows)
    except DomainError as refusal:
        return problem_of(refusal, context.language)
    newest = [Notification.from_row(row, messages[row.id]) for row in rows]
    return InboxState(unread_count=unread, newest=newest[0] if newest else None)
