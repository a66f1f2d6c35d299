"""Co-authors by invitation."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.accounts.types import Author, author_of
from api.context import Info, context_of
from api.errors import ConflictProblem, InvalidProblem, LoginProblem, NotAllowedProblem, NotFoundProblem
from api.fields import IdempotencyKey, mutation, payload, result_field
from api.node_ids import number_of, to_global_id
from api.proposals.mutations import (
    ProposalChanged,
    ProposalId,
    ProposalPayload,
    changed_proposal,
)
from api.proposals.types import Proposal, fetch_proposal
from backend.proposals import invitations
from backend.proposals.invitations import InvitationRow, OpenInvitation


@strawberry.type(description="An invitation to be co-author, as the author sees it.")
class CoAuthorInvitation:
    """Open until it expires, or accepted by somebody."""

    row: strawberry.Private[InvitationRow]
    id: strawberry.ID = strawberry.field(description="What revokeInvitation takes.")
    created_at: datetime = strawberry.field(description="When it was made.")
    expires_at: datetime = strawberry.field(description="Until when it can be accepted.")
    accepted_at: datetime | None = strawberry.field(description="When somebody accepted it.")

    @strawberry.field(description="Who accepted it; null while it is open.")
    async def accepted_by(self, info: Info) -> Author | None:
        return await author_of(context_of(info), self.row.accepted_by_id)

    @classmethod
    def from_row(cls, row: InvitationRow) -> "CoAuthorInvitation":
        """The type for a row."""
        return cls(
            row=row,
            id=strawberry.ID(to_global_id("CoAuthorInvitation", row.id)),
            created_at=row.created_at,
            expires_at=row.expires_at,
            accepted_at=row.accepted_at,
        )


@strawberry.type(description="A proposal's invitations, newest first, at most 20.")
class CoAuthorInvitations:
    """What the author has given out."""

    invitations: list[CoAuthorInvitation] = strawberry.field(description="Those open, and those accepted.")


@strawberry.type(description="What the holder of an invitation's secret is invited to.")
class InvitedTo:
    """An invitation that can be accepted."""

    row: strawberry.Private[OpenInvitation]
    title: str = strawberry.field(description="The proposal's title.")
    language: str = strawberry.field(description="The language it is written in.")
    expires_at: datetime = strawberry.field(description="Until when it can be accepted.")

    @strawberry.field(description="Who invites.")
    async def invited_by(self, info: Info) -> Author | None:
        return await author_of(context_of(info), self.row.invited_by_id)


@strawberry.type(description="An invitation just made.")
class CoAuthorInvited:
    id: strawberry.ID = strawberry.field(description="What revokeInvitation takes.")
    secret: str = strawberry.field(
        description="What the invited person sends to acceptInvitation. Shown now and never again."
    )
    expires_at: datetime = strawberry.field(description="Until when it can be accepted.")


@strawberry.type(description="The viewer is no longer among the authors.")
class ProposalLeft:
    proposal: Proposal | None = strawberry.field(
        description="Null when the viewer may not know of it any more."
    )


InviteCoAuthorPayload = payload(
    CoAuthorInvited,
    "InviteCoAuthorPayload",
    "The invitation, or why not.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
    ConflictProblem,
)
LeaveProposalPayload = payload(
    ProposalLeft,
    "LeaveProposalPayload",
    "Left, or why not.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
)
CoAuthorInvitationsResult = payload(
    CoAuthorInvitations,
    "CoAuthorInvitationsResult",
    "The invitations, or why not.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
)


CoAuthorInvitationResult = payload(
    InvitedTo,
    "CoAuthorInvitationResult",
    "What one is invited to, or why not.",
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
)


@strawberry.type
class InvitationQueries:
    """What an author may ask about invitations."""

    @result_field(
        CoAuthorInvitationsResult, scope="read", description="What the author of a proposal has given out."
    )
    async def co_author_invitations(self, info: Info, proposal: ProposalId) -> CoAuthorInvitations:
        """For the author who invites."""
        context = context_of(info)
        rows = await invitations.invitations_of(
            context.actor, number_of(proposal, "Proposal", field="proposal")
        )
        return CoAuthorInvitations(invitations=[CoAuthorInvitation.from_row(row) for row in rows])

    @result_field(
        CoAuthorInvitationResult,
        scope="read",
        description="What an invitation's secret opens, for whoever holds it and has logged in.",
    )
    async def co_author_invitation(
        self, info: Info, secret: Annotated[str, strawberry.argument(description="The invitation's secret.")]
    ) -> InvitedTo:
        """Looking at it changes nothing."""
        context = context_of(info)
        row = await invitations.opened(context.actor, secret)
        return InvitedTo(row=row, title=row.title, language=row.language, expires_at=row.expires_at)


@strawberry.type
class InvitationMutations:
    """What authors do with invitations."""

    @mutation(
        InviteCoAuthorPayload,
        scope="write",
        description="Make an invitation to be co-author, for whoever gets its secret. A secret is shown once only: "
        "sent again with the same key, it is a conflict, and nothing is made.",
    )
    async def invite_co_author(
        self, info: Info, proposal: ProposalId, idempotency_key: IdempotencyKey = None
    ) -> CoAuthorInvited:
        """An invitation that holds for 14 days."""
        context = context_of(info)
        made = await invitations.invite(
            context.actor, number_of(proposal, "Proposal", field="proposal"), key=idempotency_key
        )
        return CoAuthorInvited(
            id=strawberry.ID(to_global_id("CoAuthorInvitation", made.id)),
            secret=made.secret,
            expires_at=made.expires_at,
        )

    @mutation(ProposalPayload, scope="write", description="Become co-author by an invitation's secret.")
    async def accept_invitation(
        self, info: Info, secret: Annotated[str, strawberry.argument(description="The invitation's secret.")]
    ) -> ProposalChanged:
        context = context_of(info)
        number = await invitations.redeem(context.actor, secret)
        return ProposalChanged(proposal=await changed_proposal(context, number))

    @mutation(
        ProposalPayload,
        scope="write",
        description="Take an invitation back; one that was accepted ends the co-authorship.",
    )
    async def revoke_invitation(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The invitation's id.")],  # noqa: A002
    ) -> ProposalChanged:
        context = context_of(info)
        number = await invitations.revoke(context.actor, number_of(id, "CoAuthorInvitation"))
        return ProposalChanged(proposal=await changed_proposal(context, number))

    @mutation(LeaveProposalPayload, scope="write", description="Be co-author no longer.")
    async def leave_proposal(self, info: Info, id: ProposalId) -> ProposalLeft:  # noqa: A002
        context = context_of(info)
        number = number_of(id, "Proposal")
        await invitations.leave(context.actor, number)
        context.reset()
        return ProposalLeft(proposal=await fetch_proposal(context, number))
