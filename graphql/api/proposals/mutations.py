"""What authors and supporters do; planners' mutations are in assessment.py."""

from dataclasses import replace
from typing import Annotated

import strawberry

from api.context import Context, Info, context_of
from api.errors import (
    ConflictProblem,
    InvalidProblem,
    LimitProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
    UnavailableProblem,
)
from api.fields import IdempotencyKey, mutation, payload
from api.node_ids import number_of
from api.proposals.loaders import supported_loader
from api.proposals.queries import PositionInput
from api.proposals.types import Proposal, fetch_proposal
from backend.platform.authz import Actor
from backend.platform.errors import NotFound
from backend.platform.validation import all_checked
from backend.proposals import service, supports
from backend.proposals.content import Point
from backend.proposals.rules import NOT_FOUND


@strawberry.input(description="The words and place of a proposal.")
class ProposalInput:
    title: str = strawberry.field(description="5 to 140 characters.")
    body: str = strawberry.field(
        description="20 to 10,000 characters of Markdown: paragraphs, emphasis, lists, links."
    )
    language: str = strawberry.field(default="nb", description="The language it is written in.")
    place: strawberry.ID | None = strawberry.field(default=None, description="The place it is about.")
    position: PositionInput | None = strawberry.field(default=None, description="The point it is about.")


@strawberry.type(description="The proposal after the change.")
class ProposalChanged:
    proposal: Proposal = strawberry.field(description="As it stands now.")


@strawberry.type(description="The proposal, supported or not as asked.")
class SupportChanged:
    changed: bool = strawberry.field(description="False when it was so already.")
    proposal: Proposal = strawberry.field(description="As it stands now.")


ProposalPayload = payload(ProposalChanged, "ProposalPayload", "The proposal, or why not.")
SupportPayload = payload(
    SupportChanged,
    "SupportPayload",
    "The proposal with the support changed, or why not.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
    ConflictProblem,
    LimitProblem,
    UnavailableProblem,
)
ProposalId = Annotated[strawberry.ID, strawberry.argument(description="The proposal's id.")]


async def written(
    actor: Actor, given: ProposalInput, topic: str | None
) -> tuple[int | None, service.ProposalInput]:
    """The topic's number and the input as the service takes it. Raises Invalid for all of it when an id is none."""
    with all_checked() as check:
        topic_id = None if topic is None else check(number_of, topic, "Topic", field="topic")
        place_id = None if given.place is None else check(number_of, given.place, "Place", field="place")
        spot = given.position
        words = service.ProposalInput(
            title=given.title,
            body=given.body,
            language=given.language,
            place_id=place_id,
            position=None if spot is None else Point(spot.longitude, spot.latitude),
        )
        if check.has_refused:
            await check.wait(service.check_written(actor, replace(words, place_id=None)))
    return topic_id, words


async def changed_proposal(context: Context, number: int) -> Proposal:
    """The proposal as the actor sees it after a change."""
    context.reset()
    found: Proposal | None = await fetch_proposal(context, number)
    if found is None:
        raise NotFound(NOT_FOUND.code, NOT_FOUND.message)
    return found


@strawberry.type
class ProposalMutations:
    """What residents do with proposals."""

    @mutation(ProposalPayload, scope="write", description="Write a proposal: a draft, or handed in at once.")
    async def create_proposal(
        self,
        info: Info,
        input: Annotated[ProposalInput, strawberry.argument(description="Its words and place.")],  # noqa: A002
        topic: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="The topic it belongs to; null: a draft that has none yet."),
        ] = None,
        submit: Annotated[bool, strawberry.argument(description="Whether to hand it in at once.")] = False,
        idempotency_key: IdempotencyKey = None,
    ) -> ProposalChanged:
        context = context_of(info)
        topic_id, words = await written(context.actor, input, topic)
        number = await service.create_proposal(
            context.actor,
            topic_id,
            words,
            submit=submit,
            key=idempotency_key,
        )
        return ProposalChanged(proposal=await changed_proposal(context, number))

    @mutation(
        ProposalPayload,
        scope="write",
        description="Change a proposal's words or place. What is public stays as it is until the edit, its "
        "`pendingVersion`, has been screened, and approved where the topic says so.",
    )
    async def edit_proposal(
        self,
        info: Info,
        id: ProposalId,  # noqa: A002
        input: Annotated[ProposalInput, strawberry.argument(description="Its new words and place.")],  # noqa: A002
        expected_version: Annotated[
            int,
            strawberry.argument(
                description="The version the edit started from: the `number` of its `pendingVersion`, or else "
                "its `version`."
            ),
        ],
        topic: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="Another topic, for a draft; null: it stays where it is."),
        ] = None,
    ) -> ProposalChanged:
        context = context_of(info)
        number = number_of(id, "Proposal")
        topic_id, words = await written(context.actor, input, topic)
        await service.edit_proposal(
            context.actor, number, words, expected_version=expected_version, topic_id=topic_id
        )
        return ProposalChanged(proposal=await changed_proposal(context, number))

    @mutation(
        ProposalPayload,
        scope="write",
        description="Take an edit of what is public back before it is in force, or put one aside that was rejected.",
    )
    async def withdraw_edit(
        self,
        info: Info,
        id: ProposalId,  # noqa: A002
        expected_version: Annotated[
            int, strawberry.argument(description="The `number` of its `pendingVersion`.")
        ],
    ) -> ProposalChanged:
        context = context_of(info)
        number = number_of(id, "Proposal")
        await service.withdraw_edit(context.actor, number, expected_version=expected_version)
        return ProposalChanged(proposal=await changed_proposal(context, number))

    @mutation(
        ProposalPayload, scope="write", description="Hand in a draft; it is screened and then published."
    )
    async def submit_proposal(self, info: Info, id: ProposalId) -> ProposalChanged:  # noqa: A002
        context = context_of(info)
        number = number_of(id, "Proposal")
        await service.submit_proposal(context.actor, number)
        return ProposalChanged(proposal=await changed_proposal(context, number))

    @mutation(ProposalPayload, scope="write", description="Take a proposal back.")
    async def withdraw_proposal(
        self,
        info: Info,
        id: ProposalId,  # noqa: A002
        reason: Annotated[
            str | None,
            strawberry.argument(description="Why, for the public timeline; at most 2,000 characters."),
        ] = None,
    ) -> ProposalChanged:
        context = context_of(info)
        number = number_of(id, "Proposal")
        await service.withdraw_proposal(context.actor, number, reason)
        return ProposalChanged(proposal=await changed_proposal(context, number))

    @mutation(
        SupportPayload,
        scope="write",
        description="Stand behind a proposal. Done when answered: the support is stored.",
    )
    async def support_proposal(self, info: Info, id: ProposalId) -> SupportChanged:  # noqa: A002
        """Supported."""
        return await _set_support(context_of(info), id, is_supported=True)

    @mutation(SupportPayload, scope="write", description="Take one's support back.")
    async def withdraw_support(self, info: Info, id: ProposalId) -> SupportChanged:  # noqa: A002
        """No longer supported."""
        return await _set_support(context_of(info), id, is_supported=False)


async def _set_support(context: Context, global_id: strawberry.ID, *, is_supported: bool) -> SupportChanged:
    number = number_of(global_id, "Proposal")
    act = supports.support if is_supported else supports.withdraw_support
    done = await act(context.actor, number)
    context.reset()
    supported_loader(context).prime(number, is_supported)
    return SupportChanged(changed=done.changed, proposal=Proposal.from_row(done.proposal))
