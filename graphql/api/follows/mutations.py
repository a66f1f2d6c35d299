"""Beginning and ceasing to follow."""

from typing import Annotated, Any

import strawberry

from api.context import Context, Info, context_of
from api.errors import (
    InvalidProblem,
    LimitProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
    UnavailableProblem,
)
from api.node_ids import number_of
from api.proposals.types import Proposal, fetch_proposal
from api.refusals import with_problems
from api.topics.types import Topic, fetch_topic
from backend.authz import require, with_scope
from backend.follows import service

ProposalId = Annotated[strawberry.ID, strawberry.argument(description="The proposal's id.")]
TopicId = Annotated[strawberry.ID, strawberry.argument(description="The topic's id.")]


@strawberry.type(description="The proposal, followed or not as asked.")
class ProposalFollowChanged:
    """Success."""

    changed: bool = strawberry.field(description="False when it was so already.")
    proposal: Proposal | None = strawberry.field(
        description="As it stands now; null when it cannot be seen any more."
    )


@strawberry.type(description="The topic, followed or not as asked.")
class TopicFollowChanged:
    """Success."""

    changed: bool = strawberry.field(description="False when it was so already.")
    topic: Topic | None = strawberry.field(description="As it stands now.")


ProposalFollowPayload = Annotated[
    ProposalFollowChanged
    | InvalidProblem
    | LoginProblem
    | NotAllowedProblem
    | NotFoundProblem
    | LimitProblem
    | UnavailableProblem,
    strawberry.union("ProposalFollowPayload", description="The proposal, or why not."),
]
TopicFollowPayload = Annotated[
    TopicFollowChanged
    | InvalidProblem
    | LoginProblem
    | NotAllowedProblem
    | NotFoundProblem
    | LimitProblem
    | UnavailableProblem,
    strawberry.union("TopicFollowPayload", description="The topic, or why not."),
]


async def _proposal(context: Context, number: int, *, changed: bool) -> ProposalFollowChanged:
    found: Any = await fetch_proposal(context, number)
    return ProposalFollowChanged(changed=changed, proposal=found)


async def _topic(context: Context, number: int, *, changed: bool) -> TopicFollowChanged:
    found: Any = await fetch_topic(context, number)
    return TopicFollowChanged(changed=changed, topic=found)


def _writer(info: Info) -> Context:
    context = context_of(info)
    require(with_scope("write")(context.actor, None))
    return context


@strawberry.type
class FollowMutations:
    """Wanting to be told, or no longer."""

    @strawberry.mutation(description="Be told when something happens to a proposal.")
    @with_problems
    async def follow_proposal(self, info: Info, id: ProposalId) -> ProposalFollowPayload:  # noqa: A002
        """Followed."""
        context, number = _writer(info), number_of(id, "Proposal")
        return await _proposal(context, number, changed=await service.follow_proposal(context.actor, number))

    @strawberry.mutation(description="No longer be told about a proposal.")
    @with_problems
    async def unfollow_proposal(self, info: Info, id: ProposalId) -> ProposalFollowPayload:  # noqa: A002
        """No longer followed."""
        context, number = _writer(info), number_of(id, "Proposal")
        return await _proposal(
            context, number, changed=await service.unfollow_proposal(context.actor, number)
        )

    @strawberry.mutation(description="Be told when something new comes in a topic.")
    @with_problems
    async def follow_topic(self, info: Info, id: TopicId) -> TopicFollowPayload:  # noqa: A002
        """Followed."""
        context, number = _writer(info), number_of(id, "Topic")
        return await _topic(context, number, changed=await service.follow_topic(context.actor, number))

    @strawberry.mutation(description="No longer be told about a topic.")
    @with_problems
    async def unfollow_topic(self, info: Info, id: TopicId) -> TopicFollowPayload:  # noqa: A002
        """No longer followed."""
        context, number = _writer(info), number_of(id, "Topic")
        return await _topic(context, number, changed=await service.unfollow_topic(context.actor, number))
