"""Beginning and ceasing to follow."""

from typing import Annotated

import strawberry

from api.context import Info
from api.errors import (
    InvalidProblem,
    LimitProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
    UnavailableProblem,
)
from api.fields import mutation, payload
from api.proposals.types import Proposal, fetch_proposal
from api.switches import switch
from api.topics.types import Topic, fetch_topic
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


ProposalFollowPayload = payload(
    ProposalFollowChanged,
    "ProposalFollowPayload",
    "The proposal, or why not.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
    LimitProblem,
    UnavailableProblem,
)
TopicFollowPayload = payload(
    TopicFollowChanged,
    "TopicFollowPayload",
    "The topic, or why not.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
    LimitProblem,
    UnavailableProblem,
)


_proposal = switch(
    "Proposal", fetch_proposal, lambda changed, found: ProposalFollowChanged(changed=changed, proposal=found)
)
_topic = switch("Topic", fetch_topic, lambda changed, found: TopicFollowChanged(changed=changed, topic=found))


@strawberry.type
class FollowMutations:
    """Wanting to be told, or no longer."""

    @mutation(
        ProposalFollowPayload, scope="write", description="Be told when something happens to a proposal."
    )
    async def follow_proposal(self, info: Info, id: ProposalId) -> ProposalFollowChanged:  # noqa: A002
        """Followed."""
        changed: ProposalFollowChanged = await _proposal(info, id, service.follow_proposal)
        return changed

    @mutation(ProposalFollowPayload, scope="write", description="No longer be told about a proposal.")
    async def unfollow_proposal(self, info: Info, id: ProposalId) -> ProposalFollowChanged:  # noqa: A002
        """No longer followed."""
        changed: ProposalFollowChanged = await _proposal(info, id, service.unfollow_proposal)
        return changed

    @mutation(TopicFollowPayload, scope="write", description="Be told when something new comes in a topic.")
    async def follow_topic(self, info: Info, id: TopicId) -> TopicFollowChanged:  # noqa: A002
        """Followed."""
        changed: TopicFollowChanged = await _topic(info, id, service.follow_topic)
        return changed

    @mutation(TopicFollowPayload, scope="write", description="No longer be told about a topic.")
    async def unfollow_topic(self, info: Info, id: TopicId) -> TopicFollowChanged:  # noqa: A002
        """No longer followed."""
        changed: TopicFollowChanged = await _topic(info, id, service.unfollow_topic)
        return changed
