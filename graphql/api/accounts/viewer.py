"""The viewer: what a person sees of their own."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.accounts.bounded import bounded_page
from api.accounts.enums import NameKind, ResidenceSource
from api.accounts.grants import RoleGrant
from api.accounts.own import AccessToken, AccessTokensResult, DataRequest, DataRequestsResult, Session
from api.comments.types import Comment
from api.context import Context, Info, context_of
from api.fields import result_field
from api.follows.types import Follow, follow_page
from api.imports.types import ImportRun, own_import_page
from api.node_ids import to_global_id
from api.notifications.types import (
    Notification,
    NotificationCausePreference,
    NotificationPreference,
    inbox,
)
from api.pagination import (
    DEFAULT_PAGE,
    After,
    Connection,
    First,
    keyset_page,
)
from api.proposals.enums import ProposalState
from api.proposals.types import Proposal
from api.topics.loaders import place_loader
from api.topics.planner import PlannerDesk, desk_of
from api.topics.types import Place
from api.viewer import Permission, permission
from backend.accounts.binding import own_binding
from backend.accounts.emails import masked_email
from backend.accounts.my_data import data_requests
from backend.accounts.queries import AccountRow, own_account
from backend.accounts.roles import grants_of
from backend.accounts.sessions import list_sessions
from backend.accounts.tokens import list_tokens, may_create_token
from backend.comments.queries import own_comments
from backend.notifications.inbox import unread_count
from backend.notifications.preferences import cause_preferences_of, preferences_of
from backend.platform.authz import administer
from backend.proposals.listing import answered_for, own_proposals, supported_proposals


@strawberry.type(
    description="Two accounts that are one person's: what was done with either, the person has done."
)
class AccountBinding:
    since: datetime = strawberry.field(description="Since when.")
    is_employee: bool = strawberry.field(description="Whether the account that asks is the employee's.")


@strawberry.type(description="The person who asks.")
class Viewer:
    row: strawberry.Private[AccountRow]
    id: strawberry.ID = strawberry.field(description="The same as the `Author` that others see.")
    display_name: str = strawberry.field(description="The name one is seen by.")
    name_kind: NameKind = strawberry.field(description="What kind of name it is.")
    language: str = strawberry.field(description="The language to be written to in: nb, nn or en.")
    birth_year: int | None = strawberry.field(description="The year of birth, from the login provider.")
    home_municipality: str | None = strawberry.field(
        description="The number of the municipality one lives in, by the word of `residenceSource`."
    )
    residence_source: ResidenceSource | None = strawberry.field(
        description="Who said so, or that one does not live here; null when nobody has."
    )
    is_new: bool = strawberry.field(description="Whether one has yet to choose a name.")
    is_staff: bool = strawberry.field(description="Whether the municipality speaks through one.")
    created_at: datetime = strawberry.field(description="When one first logged in.")
    email: str | None = strawberry.field(description="Where mails go; all but hidden from scripts.")
    pending_email: str | None = strawberry.field(
        description="Where mails go once `confirmEmail` is called; all but hidden from scripts. Null when nothing "
        "is to be confirmed."
    )

    @strawberry.field(
        description="Whether a login proved who one is by a national number, as supporting takes: it is counted by "
        "person."
    )
    def has_national_number(self, info: Info) -> bool:
        """Of the account that acts."""
        return context_of(info).actor.has_national_number

    @strawberry.field(
        description="That one's accounts as a resident and as an employee are bound; null when they are not."
    )
    async def account_binding(self, info: Info) -> AccountBinding | None:
        row = await own_binding(context_of(info).actor)
        return AccountBinding(since=row.since, is_employee=row.is_employee) if row else None

    @strawberry.field(description="The place one belongs to, by one's own word.")
    async def home_place(self, info: Info) -> Place | None:
        if self.row.home_place_id is None:
            return None
        row = await place_loader(context_of(info)).load(self.row.home_place_id)
        return Place.from_row(row) if row else None

    @strawberry.field(description="The roles one holds.")
    async def roles(self, info: Info) -> list[RoleGrant]:
        """At most 100, the newest first."""
        rows = await grants_of(context_of(info).actor, self.row.id)
        return [RoleGrant.from_row(row) for row in rows if row.ended_at is None]

    @strawberry.field(description="What one has to do with as a planner; null for anybody else.")
    async def planner(self, info: Info) -> PlannerDesk | None:
        return await desk_of(context_of(info))

    @strawberry.field(description="What one wrote or joined as co-author, in any state, the newest first.")
    async def proposals(
        self,
        info: Info,
        first: First = DEFAULT_PAGE,
        after: After = None,
        states: Annotated[
            list[ProposalState] | None, strawberry.argument(description="Only in these states.")
        ] = None,
    ) -> Connection[Proposal]:
        """A page of one's own proposals."""
        context = context_of(info)
        in_states = None if states is None else tuple(state.value for state in states)
        page: Connection[Proposal] = await keyset_page(
            first,
            after,
            int,
            fetch=lambda before, limit: own_proposals(
                context.municipality_id, self.row.id, before=before, limit=limit, states=in_states
            ),
            node=Proposal.from_row,
            key=lambda row: row.id,
        )
        return page

    @strawberry.field(description="What one stands behind, the latest support first.")
    async def supported_proposals(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Proposal]:
        """A page of proposals that are still to be seen."""
        context = context_of(info)
        page: Connection[Proposal] = await keyset_page(
            first,
            after,
            int,
            fetch=lambda before, limit: supported_proposals(
                context.municipality_id, self.row.id, before=before, limit=limit
            ),
            node=lambda listed: Proposal.from_row(listed.row),
            key=lambda listed: listed.sort_value,
        )
        return page

    @strawberry.field(
        description="Answered proposals that one wrote, stands behind or follows, the latest answer first."
    )
    async def answered_proposals(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Proposal]:
        """A page of proposals that the municipality has answered."""
        context = context_of(info)
        page: Connection[Proposal] = await keyset_page(
            first,
            after,
            datetime,
            int,
            fetch=lambda key, limit: answered_for(
                context.municipality_id, self.row.id, after=key, limit=limit
            ),
            node=lambda listed: Proposal.from_row(listed.row),
            key=lambda listed: (listed.sort_value, listed.row.id),
        )
        return page

    @strawberry.field(description="What one wrote below proposals, in any state, the newest first.")
    async def comments(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Comment]:
        """A page of one's own comments."""
        page: Connection[Comment] = await keyset_page(
            first,
            after,
            int,
            fetch=lambda before, limit: own_comments(context_of(info).actor, before=before, limit=limit),
            node=Comment.from_row,
            key=lambda row: row.id,
        )
        return page

    @strawberry.field(description="What one follows, the newest first.")
    async def follows(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Follow]:
        """A page of topics and proposals."""
        return await follow_page(context_of(info), first, after)

    @strawberry.field(description="Where one is logged in, the latest used first.")
    async def sessions(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Session]:
        """A page of at most 100."""
        context = context_of(info)
        page: Connection[Session] = bounded_page(
            await list_sessions(context.settings, context.actor),
            first,
            after,
            node=Session.from_row,
            key=lambda row: (row.last_seen_at, row.id),
        )
        return page

    @result_field(AccessTokensResult, description="One's keys for scripts, the newest first.")
    async def access_tokens(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[AccessToken]:
        """A page of at most 20."""
        rows = await list_tokens(context_of(info).actor)
        page: Connection[AccessToken] = bounded_page(
            rows, first, after, node=AccessToken.from_row, key=lambda row: (row.id,)
        )
        return page

    @strawberry.field(description="Whether one may make keys for scripts, and why not.")
    def viewer_can_create_access_tokens(self, info: Info) -> Permission:
        context = context_of(info)
        return permission(may_create_token(context.actor), context.language)

    @strawberry.field(description="Whether one may run the platform: topics, places, roles; and why not.")
    def viewer_can_administer(self, info: Info) -> Permission:
        context = context_of(info)
        return permission(administer(context.actor, None), context.language)

    @result_field(DataRequestsResult, description="What one asked for about one's data, the newest first.")
    async def data_requests(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[DataRequest]:
        """A page of at most 20."""
        context = context_of(info)
        page: Connection[DataRequest] = bounded_page(
            await data_requests(context.actor),
            first,
            after,
            node=lambda row: DataRequest.from_row(row, context.settings.base_url),
            key=lambda row: (row.id,),
        )
        return page

    @strawberry.field(description="What one is told, the newest first.")
    async def notifications(
        self,
        info: Info,
        first: First = DEFAULT_PAGE,
        after: After = None,
        unread_only: Annotated[bool, strawberry.argument(description="Only those not read yet.")] = False,
    ) -> Connection[Notification]:
        return await inbox(context_of(info), first, after, unread_only=unread_only)

    @strawberry.field(description="The files that one had taken in, the newest first.")
    async def import_runs(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[ImportRun]:
        return await own_import_page(context_of(info), self.row.id, first, after)

    @strawberry.field(description="How many notifications are unread, counted up to 100.")
    async def unread_count(self, info: Info) -> int:
        """At most 100."""
        return await unread_count(context_of(info).actor)

    @strawberry.field(description="What one wants to be told, and where: every kind in every channel.")
    async def notification_preferences(self, info: Info) -> list[NotificationPreference]:
        """As chosen or by default."""
        context = context_of(info)
        rows = await preferences_of(context.actor)
        return [NotificationPreference.from_row(row, context.language) for row in rows]

    @strawberry.field(
        description="For which causes one is notified, and where: every cause that can be turned off, in every "
        "channel."
    )
    async def notification_cause_preferences(self, info: Info) -> list[NotificationCausePreference]:
        """As chosen or by default."""
        context = context_of(info)
        rows = await cause_preferences_of(context.actor)
        return [NotificationCausePreference.from_row(row, context.language) for row in rows]

    @classmethod
    def from_row(cls, row: AccountRow, context: Context) -> "Viewer":
        """The type for the actor's own row."""
        is_script = context.actor.scopes is not None
        return cls(
            row=row,
            id=strawberry.ID(to_global_id("Author", row.public_id)),
            display_name=row.display_name,
            name_kind=NameKind(row.name_kind),
            language=row.language,
            birth_year=row.birth_year,
            home_municipality=row.home_municipality,
            residence_source=ResidenceSource(row.residence_source) if row.residence_source else None,
            is_new=row.welcomed_at is None,
            is_staff=context.actor.is_staff,
            created_at=row.created_at,
            email=_shown(row.email, masked=is_script),
            pending_email=_shown(row.pending_email, masked=is_script),
        )


def _shown(email: str | None, *, masked: bool) -> str | None:
    return masked_email(email) if email and masked else email


async def viewer_of(context: Context) -> Viewer:
    """The viewer as they stand now. Raises Unauthenticated."""
    return Viewer.from_row(await own_account(context.actor), context)
