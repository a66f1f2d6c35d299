"""The way out of one proposal, by login."""

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
from backend.authz import require, with_scope
from backend.notifications import mutes

ProposalId = Annotated[strawberry.ID, strawberry.argument(description="The proposal's id.")]


@strawberry.type(description="The proposal, muted or not as requested.")
class ProposalMuteChanged:
    """Success."""

    changed: bool = strawberry.field(description="False when it was so already.")
    proposal: Proposal | None = strawberry.field(
        description="As it stands now; null when it cannot be seen any more."
    )


ProposalMutePayload = Annotated[
    ProposalMuteChanged
    | InvalidProblem
    | LoginProblem
    | NotAllowedProblem
    | NotFoundProblem
    | LimitProblem
    | UnavailableProblem,
    strawberry.union("ProposalMutePayload", description="The proposal, or why not."),
]


@strawberry.type
class MuteMutations:
    """Muting and unmuting."""

    @strawberry.mutation(
        description="End all notifications of what happens to a proposal, whatever the viewer is to it; decisions "
        "about the viewer's own words still come. Following it unmutes."
    )
    @with_problems
    async def mute_proposal(self, info: Info, id: ProposalId) -> ProposalMutePayload:  # noqa: A002
        """Muted."""
        context, number = _writer(info), number_of(id, "Proposal")
        return await _changed(context, number, changed=await mutes.mute_proposal(context.actor, number))

    @strawberry.mutation(description="Have notifications of a proposal again.")
    @with_problems
    async def unmute_proposal(self, info: Info, id: ProposalId) -> ProposalMutePayload:  # noqa: A002
        """No longer muted."""
        context, number = _writer(info), number_of(id, "Proposal")
        return await _changed(context, number, changed=await mutes.unmute_proposal(context.actor, number))


def _writer(info: Info) -> Context:
    context = context_of(info)
    require(with_scope("write")(context.actor, None))
    return context


async def _changed(context: Context, number: int, *, changed: bool) -> ProposalMuteChanged:
    found: Any = await fetch_proposal(context, number)
    return ProposalMuteChanged(changed=changed, proposal=found)
