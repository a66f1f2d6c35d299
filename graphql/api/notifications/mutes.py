"""The way out of one proposal, by login."""

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
from backend.content.kinds import ContentRef
from backend.notifications.mutes import mute, unmute
from backend.platform.authz import Actor

ProposalId = Annotated[strawberry.ID, strawberry.argument(description="The proposal's id.")]


@strawberry.type(description="The proposal, muted or not as requested.")
class ProposalMuteChanged:
    changed: bool = strawberry.field(description="False when it was so already.")
    proposal: Proposal | None = strawberry.field(
        description="As it stands now; null when it cannot be seen any more."
    )


ProposalMutePayload = payload(
    ProposalMuteChanged,
    "ProposalMutePayload",
    "The proposal, or why not.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
    LimitProblem,
    UnavailableProblem,
)


_muted = switch(
    "Proposal", fetch_proposal, lambda changed, found: ProposalMuteChanged(changed=changed, proposal=found)
)


async def _mute(actor: Actor, number: int) -> bool:
    return await mute(actor, ContentRef("proposal", number))


async def _unmute(actor: Actor, number: int) -> bool:
    return await unmute(actor, ContentRef("proposal", number))


@strawberry.type
class MuteMutations:
    """Muting and unmuting."""

    @mutation(
        ProposalMutePayload,
        scope="write",
        description="End all notifications of what happens to a proposal, whatever the viewer is to it; decisions "
        "about the viewer's own words still come. Following it unmutes.",
    )
    async def mute_proposal(self, info: Info, id: ProposalId) -> ProposalMuteChanged:  # noqa: A002
        changed: ProposalMuteChanged = await _muted(info, id, _mute)
        return changed

    @mutation(ProposalMutePayload, scope="write", description="Have notifications of a proposal again.")
    async def unmute_proposal(self, info: Info, id: ProposalId) -> ProposalMuteChanged:  # noqa: A002
        changed: ProposalMuteChanged = await _muted(info, id, _unmute)
        return changed
