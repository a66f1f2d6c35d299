"""Ending notifications by the link in a mail, without a login."""

from typing import Annotated

import strawberry

from api.context import Info, context_of
from api.errors import LoginProblem, NotAllowedProblem, NotFoundProblem
from api.fields import mutation, payload, result_field
from api.notifications.enums import Cause, EventKind, Scope
from api.proposals.loaders import facts_loader
from api.proposals.types import Proposal
from backend.notifications.kinds import CHOSEN_CAUSES, KINDS
from backend.notifications.ways_out import WayOutState, take_way_out, way_out_state
from backend.platform.i18n import translate

Token = Annotated[str, strawberry.argument(description="What the link in the mail ends with.")]


@strawberry.type(description="Something that a mail's link can end.")
class NotificationWayOutChoice:
    """A scope as it stands."""

    scope: Scope = strawberry.field(description="What it ends.")
    label: str | None = strawberry.field(
        description="The cause or the kind in words; null for the proposal, which is told apart."
    )
    enabled: bool = strawberry.field(description="Whether notifications come still.")


@strawberry.type(description="What a mail was about, and what its link can end.")
class NotificationWayOut:
    """For whoever has the link."""

    state: strawberry.Private[WayOutState]
    kind: EventKind = strawberry.field(description="What the mail was about.")
    cause: Cause = strawberry.field(description="Why it came.")
    choices: list[NotificationWayOutChoice] = strawberry.field(
        description="The nearest first, which is what one click in a mail program ends."
    )

    @strawberry.field(
        description="The proposal; null where the viewer, not the mail's receiver, may not see it."
    )
    async def proposal(self, info: Info) -> Proposal | None:
        """As anybody with the link may see it."""
        root = self.state.way_out.root
        if root is None or root.kind != "proposal":
            return None
        facts = await facts_loader(context_of(info)).load(root.id)
        return Proposal.from_row(facts.proposal) if facts else None

    @classmethod
    def from_state(cls, state: WayOutState, language: str) -> "NotificationWayOut":
        """The type for a state."""
        way_out = state.way_out
        labels = {
            Scope.PROPOSAL: None,
            Scope.CAUSE: CHOSEN_CAUSES.get(way_out.cause),
            Scope.KIND: KINDS[way_out.kind].label,
        }
        return cls(
            state=state,
            kind=way_out.kind,
            cause=way_out.cause,
            choices=[
                NotificationWayOutChoice(
                    scope=scope,
                    label=translate(language, label) if (label := labels[scope]) else None,
                    enabled=scope in state.enabled,
                )
                for scope in way_out.scopes
            ],
        )


NotificationWayOutResult = payload(
    NotificationWayOut,
    "NotificationWayOutResult",
    "What the link can end, or why it cannot.",
    NotFoundProblem,
    NotAllowedProblem,
)


UseNotificationWayOutPayload = payload(
    NotificationWayOut,
    "UseNotificationWayOutPayload",
    "As it stands after it, or why not.",
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
)


@strawberry.type
class WayOutQueries:
    """For the page that a mail's link leads to."""

    @result_field(
        NotificationWayOutResult,
        scope="read",
        description="What the link in a mail can end. It changes nothing.",
    )
    async def notification_way_out(self, info: Info, token: Token) -> NotificationWayOut:
        context = context_of(info)
        return NotificationWayOut.from_state(await way_out_state(context.settings, token), context.language)


@strawberry.type
class WayOutMutations:
    """For whoever has the link, logged in or not."""

    @mutation(
        UseNotificationWayOutPayload,
        scope="write",
        description="End what the link in a mail can end, or have it again; twice is once.",
    )
    async def use_notification_way_out(
        self,
        info: Info,
        token: Token,
        scope: Annotated[
            Scope | None, strawberry.argument(description="What to end; null: the nearest.")
        ] = None,
        enabled: Annotated[bool, strawberry.argument(description="True to have it again.")] = False,
    ) -> NotificationWayOut:
        context = context_of(info)
        state = await take_way_out(context.settings, token, scope, enabled=enabled)
        return NotificationWayOut.from_state(state, context.language)
