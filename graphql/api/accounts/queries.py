"""The viewer, and what administrators and moderators may know of others."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.accounts.bounded import bounded_page
from api.accounts.enums import NameKind, Role
from api.accounts.grants import RoleGrant, grants_loader
from api.accounts.supervision import AccountAct, AccountStanding, acts_loader, standing_of
from api.accounts.types import Author, account_of_author, named_author
from api.accounts.viewer import Viewer, viewer_of
from api.context import Context, Info, context_of
from api.errors import InvalidProblem, LoginProblem, NotAllowedProblem, NotFoundProblem
from api.fields import payload, result_field
from api.pagination import (
    DEFAULT_PAGE,
    After,
    Connection,
    First,
    keyset_page,
)
from backend.accounts.names import name_history
from backend.accounts.queries import AccountRow, account_for_admin, search_accounts
from backend.accounts.roles import list_grants
from backend.platform.authz import require, with_scope

AuthorId = Annotated[strawberry.ID, strawberry.argument(description="An Author's id.")]


@strawberry.type(description="An account as administrators see it.")
class Account:
    """No more than giving a role asks for."""

    row: strawberry.Private[AccountRow]
    person: Author = strawberry.field(description="As others see them.")
    is_machine: bool = strawberry.field(description="Whether it is a machine's account.")
    created_at: datetime = strawberry.field(description="When it was made.")

    @strawberry.field(description="The roles that it holds now, the newest first, at most 100.")
    async def roles(self, info: Info) -> list[RoleGrant]:
        rows = await grants_loader(context_of(info)).load(self.row.id)
        return [RoleGrant.from_row(row) for row in rows if row.ended_at is None]

    @strawberry.field(description="Whether its person is let in, and by what.")
    async def standing(self, info: Info) -> AccountStanding:
        return await standing_of(context_of(info), self.row.id)

    @strawberry.field(description="What staff did to it, or read of it, the newest first, at most 100.")
    async def acts(self, info: Info) -> list[AccountAct]:
        return [AccountAct.from_row(row) for row in await acts_loader(context_of(info)).load(self.row.id)]

    @strawberry.field(description="Its roles, those that have ended too, the newest first.")
    async def role_grants(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[RoleGrant]:
        """A page of at most 100."""
        page: Connection[RoleGrant] = bounded_page(
            await grants_loader(context_of(info)).load(self.row.id),
            first,
            after,
            node=RoleGrant.from_row,
            key=lambda row: (row.id,),
        )
        return page

    @classmethod
    def from_row(cls, context: Context, row: AccountRow) -> "Account":
        """The type for a row."""
        return cls(
            row=row,
            person=named_author(
                context,
                row.public_id,
                row.display_name,
                has_left=row.is_deleted,
                is_staff=row.is_staff,
                is_for_admins=True,
            ),
            is_machine=row.kind == "service",
            created_at=row.created_at,
        )


@strawberry.type(description="A name that a person used.")
class UsedName:
    """From `since` until the next one's."""

    display_name: str = strawberry.field(description="The name.")
    kind: NameKind = strawberry.field(description="What kind of name it was.")
    since: datetime = strawberry.field(description="From when.")


@strawberry.type(description="The names that a person has used, the newest first, at most 100.")
class NameHistory:
    names: list[UsedName] = strawberry.field(description="The names.")


AccountResult = payload(
    Account,
    "AccountResult",
    "The account, or why not.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
)
AccountsResult = payload(
    Connection[Account],
    "AccountsResult",
    "The accounts, or why not.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
)
RoleGrantsResult = payload(
    Connection[RoleGrant],
    "RoleGrantsResult",
    "The roles, or why not.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
)
NameHistoryResult = payload(
    NameHistory,
    "NameHistoryResult",
    "The names, or why not.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
)


@strawberry.type
class AccountQueries:
    """What may be asked about people."""

    @strawberry.field(description="The person who asks; null when nobody has logged in.")
    async def viewer(self, info: Info) -> Viewer | None:
        context = context_of(info)
        if context.actor.is_anonymous:
            return None
        require(with_scope("read")(context.actor, None))
        return await viewer_of(context)

    @result_field(AccountResult, description="An account, for administrators.")
    async def account(self, info: Info, id: AuthorId) -> Account:  # noqa: A002
        context = context_of(info)
        number = await account_of_author(context, id, field="id")
        return Account.from_row(context, await account_for_admin(context.actor, number))

    @result_field(AccountsResult, description="People with accounts, the newest first, for administrators.")
    async def accounts(
        self,
        info: Info,
        search: Annotated[
            str,
            strawberry.argument(
                description="The beginnings of words of a name, or a whole e-mail address; empty: everybody."
            ),
        ] = "",
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[Account]:
        context = context_of(info)
        page: Connection[Account] = await keyset_page(
            first,
            after,
            int,
            fetch=lambda before, limit: search_accounts(context.actor, search, before=before, limit=limit),
            node=lambda row: Account.from_row(context, row),
            key=lambda row: row.id,
        )
        return page

    @result_field(RoleGrantsResult, description="Everybody's roles, the newest first, for administrators.")
    async def role_grants(
        self,
        info: Info,
        first: First = DEFAULT_PAGE,
        after: After = None,
        active_only: Annotated[bool, strawberry.argument(description="Only those that hold now.")] = True,
        role: Annotated[Role | None, strawberry.argument(description="Only this role.")] = None,
    ) -> Connection[RoleGrant]:
        actor = context_of(info).actor
        page: Connection[RoleGrant] = await keyset_page(
            first,
            after,
            int,
            fetch=lambda before, limit: list_grants(
                actor, active_only=active_only, before=before, limit=limit, role=role
            ),
            node=RoleGrant.from_row,
            key=lambda row: row.id,
        )
        return page

    @result_field(
        NameHistoryResult,
        scope="read",
        description="The names that an author has used, for the author, and for moderators with a case about them: "
        "that is noted.",
    )
    async def name_history(
        self,
        info: Info,
        author: Annotated[
            strawberry.ID | None, strawberry.argument(description="An Author's id; null: one's own names.")
        ] = None,
    ) -> NameHistory:
        """Whom a conversation was with."""
        context = context_of(info)
        number = (
            context.actor.account_id or 0
            if author is None
            else await account_of_author(context, author, field="author")
        )
        rows = await name_history(context.actor, number)
        names = [
            UsedName(display_name=row.display_name, kind=NameKind(row.name_kind), since=row.created_at)
            for row in rows
        ]
        return NameHistory(names=names)
