"""Beginning and ceasing to follow."""

from typing import Annotated

import strawberry

from api.context import Info, context_of
from api.errors import (
    InvalidProblem,
    LimitProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
    UnavailableProblem,
)
from api.fields import mutation, payload
from api.follows.followables import change_follow
from api.node import Node
from api.proposals.types import Proposal, fetch_proposal
from api.switches import switch
from api.topics.types import Topic, fetch_topic
from backend.content.kinds import ContentRef
from backend.follows import service
from backend.platform.authz import Actor

ThingId = Annotated[
    strawberry.ID,
    strawberry.argument(description="The id of a topic, a proposal or whatever else can be followed."),
]
ProposalId = Annotated[strawberry.ID, strawberry.argument(description="The proposal's id.")]
TopicId = Annotated[strawberry.ID, strawberry.argument(description="The topic's id.")]


@strawberry.type(description="The thing, followed or not as asked.")
class FollowChanged:
    changed: bool = strawberry.field(description="False when it was so already.")
    is_following: bool = strawberry.field(description="Whether the viewer follows it now.")
    thing: Node | None = strawberry.field(
        description="As it stands now; null when it cannot be seen any more."
    )


@strawberry.type(description="The proposal, followed or not as asked.")
class ProposalFollowChanged:
    changed: bool = strawberry.field(description="False when it was so already.")
    proposal: Proposal | None = strawberry.field(
        description="As it stands now; null when it cannot be seen any more."
    )


@strawberry.type(description="The topic, followed or not as asked.")
class TopicFollowChanged:
    changed: bool = strawberry.field(description="False when it was so already.")
    topic: Topic | None = strawberry.field(description="As it stands now.")


FollowPayload = payload(
    FollowChanged,
    "FollowPayload",
    "The thing, or why not.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
    LimitProblem,
    UnavailableProblem,
)
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


async def _follow_proposal(actor: Actor, number: int) -> bool:
    return await service.follow_content(actor, ContentRef("proposal", number))


async def _unfollow_proposal(actor: Actor, number: int) -> bool:
    return await service.unfollow_content(actor, ContentRef("proposal", number))


_USE_FOLLOW = "Use follow. Goes after 2027-12-01."
_USE_UNFOLLOW = "Use unfollow. Goes after 2027-12-01."


@strawberry.type
class FollowMutations:
    """Beginning to follow, and ceasing to."""

    @mutation(FollowPayload, scope="write", description="Be notified of what happens to something.")
    async def follow(self, info: Info, id: ThingId) -> FollowChanged:  # noqa: A002
        changed, thing = await change_follow(context_of(info), id, follows=True)
        return FollowChanged(changed=changed, is_following=True, thing=thing)

    @mutation(FollowPayload, scope="write", description="No longer be notified of what happens to something.")
    async def unfollow(self, info: Info, id: ThingId) -> FollowChanged:  # noqa: A002
        changed, thing = await change_follow(context_of(info), id, follows=False)
        return FollowChanged(changed=changed, is_following=False, thing=thing)

    @mutation(
        ProposalFollowPayload,
        scope="write",
        description="Be told when something happens to a proposal.",
        deprecation_reason=_USE_FOLLOW,
    )
    async def follow_proposal(self, info: Info, id: ProposalId) -> ProposalFollowChanged:  # noqa: A002
        changed: ProposalFollowChanged = await _proposal(info, id, _follow_proposal)
        return changed

    @mutation(
        ProposalFollowPayload,
        scope="write",
        description="No longer be told about a proposal.",
        deprecation_reason=_USE_UNFOLLOW,
    )
    async def unfollow_proposal(self, info: Info, id: ProposalId) -> ProposalFollowChanged:  # noqa: A002
        changed: ProposalFollowChanged = await _proposal(info, id, _unfollow_proposal)
        return changed

    @mutation(
        TopicFollowPayload,
        scope="write",
        description="Be told when something new comes in a topic.",
        deprecation_reason=_USE_FOLLOW,
    )
    async def follow_topic(self, info: Info, id: TopicId) -> TopicFollowChanged:  # noqa: A002
        changed: TopicFollowChanged = await _topic(info, id, service.follow_topic)
        return changed

    @mutation(
        TopicFollowPayload,
        scope="write",
        description="No longer be told about a topic.",
        deprecation_reason=_USE_UNFOLLOW,
    )
    async def unfollow_topic(self, info: Info, id: TopicId) -> TopicFollowChanged:  # noqa: A002
        changed: TopicFollowChanged = await _topic(info, id, service.unfollow_topic)
        return changed
