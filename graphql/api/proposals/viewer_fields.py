"""What a proposal is to the one who asks: what they did with it, and what they may do now."""

import strawberry

from api.comments.types import Comment, aside
from api.context import Info, context_of
from api.follows.loaders import followed_proposal_loader
from api.notifications.enums import Cause
from api.notifications.loaders import subscription_loader
from api.proposals import loaders
from api.proposals.enums import ProposalState
from api.viewer import Permission, permission_to
from backend.content.kinds import ContentRef
from backend.proposals.queries import ProposalRow
from backend.proposals.rules import may
from backend.proposals.states import Capacity, permits

# The scope that the mutation asks a token for.
_SCOPES = {"assess": "plan", "restore": "moderate"}


async def _may(proposal: "ProposalViewerFields", info: Info, action: str) -> Permission:
    context = context_of(info)
    facts = await loaders.row_facts_loader(context).load(proposal.row)
    scope = _SCOPES.get(action, "write")
    return permission_to(context.actor, scope, may(context.actor, action, facts), context.language)


@strawberry.type
class ProposalViewerFields:
    """Fields of `Proposal`, which is the only type that has them."""

    row: strawberry.Private[ProposalRow]

    @strawberry.field(description="Whether the viewer may read and write internal notes on it, and why not.")
    async def viewer_can_note(self, info: Info) -> Permission:
        """The rule's own answer; tokens for either kind of work will do."""
        context = context_of(info)
        facts = await loaders.row_facts_loader(context).load(self.row)
        scope = "moderate" if context.actor.may_use("moderate") else "plan"
        return permission_to(context.actor, scope, may(context.actor, "note", facts), context.language)

    @strawberry.field(description="Whether the viewer stands behind it.")
    async def viewer_has_supported(self, info: Info) -> bool:
        """False for a stranger."""
        return await loaders.supported_loader(context_of(info)).load(self.row.id)

    @strawberry.field(description="Whether the viewer is among its authors.")
    async def viewer_is_author(self, info: Info) -> bool:
        return (await loaders.row_facts_loader(context_of(info)).load(self.row)).is_author

    @strawberry.field(description="Whether the viewer may support it now, and why not.")
    async def viewer_can_support(self, info: Info) -> Permission:
        return await _may(self, info, "support")

    @strawberry.field(description="Whether the viewer's support may be taken back now, and why not.")
    async def viewer_can_withdraw_support(self, info: Info) -> Permission:
        return await _may(self, info, "withdraw_support")

    @strawberry.field(description="Whether the viewer may comment on it now, and why not.")
    async def viewer_can_comment(self, info: Info) -> Permission:
        return await _may(self, info, "comment")

    @strawberry.field(description="Whether the viewer may change its text now, and why not.")
    async def viewer_can_edit(self, info: Info) -> Permission:
        return await _may(self, info, "edit")

    @strawberry.field(
        description="Whether an edit of its author's would show as an amendment: others have stood behind it. "
        "False to everybody else."
    )
    async def viewer_edit_is_amendment(self, info: Info) -> bool:
        """Asked about one proposal at a time, by the page where it is edited."""
        return await loaders.amended_loader(context_of(info)).load(self.row)

    @strawberry.field(
        description="The same as viewerEditIsAmendment.",
        deprecation_reason="Use viewerEditIsAmendment. Goes after 2027-12-01.",
    )
    async def viewer_edit_amends(self, info: Info) -> bool:
        return await loaders.amended_loader(context_of(info)).load(self.row)

    @strawberry.field(description="Whether the viewer may hand it in now, and why not.")
    async def viewer_can_submit(self, info: Info) -> Permission:
        return await _may(self, info, "submit")

    @strawberry.field(description="Whether the viewer may take it back now, and why not.")
    async def viewer_can_withdraw(self, info: Info) -> Permission:
        return await _may(self, info, "withdraw")

    @strawberry.field(description="Whether the viewer may invite co-authors now, and why not.")
    async def viewer_can_invite(self, info: Info) -> Permission:
        return await _may(self, info, "invite")

    @strawberry.field(description="Whether the viewer may answer it and change its status, and why not.")
    async def viewer_can_assess(self, info: Info) -> Permission:
        return await _may(self, info, "assess")

    @strawberry.field(
        description="The states that the viewer may bring it to now as a planner; ANSWERED by answering."
    )
    async def viewer_next_states(self, info: Info) -> list[ProposalState]:
        """None for anybody else; in the order of the state machine."""
        if not (await _may(self, info, "assess")).allowed:
            return []
        return [state for state in ProposalState if permits(self.row.state, state, Capacity.PLANNER)]

    @strawberry.field(description="Whether the viewer may report it to the moderators now, and why not.")
    async def viewer_can_report(self, info: Info) -> Permission:
        return await _may(self, info, "report")

    @strawberry.field(description="Whether the viewer may show it again after it was hidden, and why not.")
    async def viewer_can_restore(self, info: Info) -> Permission:
        return await _may(self, info, "restore")

    @strawberry.field(description="Whether the viewer follows it.")
    async def viewer_is_following(self, info: Info) -> bool:
        """False for a stranger."""
        return await followed_proposal_loader(context_of(info)).load(self.row.id)

    @strawberry.field(description="Whether the viewer has muted it: no notifications of what happens to it.")
    async def viewer_has_muted(self, info: Info) -> bool:
        """False for a stranger."""
        return (await subscription_loader(context_of(info)).load(self.row.id)).is_muted

    @strawberry.field(
        description="Why the viewer is notified of what happens to it unless they have muted it, the strongest "
        "first; empty: they are not."
    )
    async def viewer_notification_causes(self, info: Info) -> list[Cause]:
        """None for a stranger."""
        return list((await subscription_loader(context_of(info)).load(self.row.id)).causes)

    @strawberry.field(description="The viewer's own comments on it that only they see, the newest first.")
    async def viewer_pending_comments(self, info: Info) -> list[Comment]:
        """Waiting, rejected or hidden ones; at most 20."""
        return await aside(context_of(info), ContentRef("proposal", self.row.id))

    @strawberry.field(
        description="The same as viewerPendingComments.",
        deprecation_reason="Use viewerPendingComments. Goes after 2027-12-01.",
    )
    async def viewer_comments_aside(self, info: Info) -> list[Comment]:
        return await aside(context_of(info), ContentRef("proposal", self.row.id))
