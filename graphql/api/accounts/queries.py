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
from api.pagination import (
    DEFAULT_PAGE,
    After,
    Connection,
    First,
    connection,
    decode_cursor,
    encode_cursor,
    page_size,
)
from api.refusals import with_problems
from backend.accounts.names import name_history
from backend.accounts.queries import AccountRow, account_for_admin, search_accounts
from backend.accounts.roles import list_grants
from backend.authz import require, with_scope

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
        """What it may."""
        rows = await grants_loader(context_of(info)).load(self.row.id)
        return [RoleGrant.from_row(row) for row in rows if row.ended_at is None]

    @strawberry.field(description="Whether its person is let in, and by what.")
    async def standing(self, info: Info) -> AccountStanding:
        """Sessions, keys and suspension."""
        return await standing_of(context_of(info), self.row.id)

    @strawberry.field(description="What staff did to it, or read of it, the newest first, at most 100.")
    async def acts(self, info: Info) -> list[AccountAct]:
        """With reasons."""
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
    """Names."""

    names: list[UsedName] = strawberry.field(description="The names.")


AccountResult = Annotated[
    Account | InvalidProblem | LoginProblem | NotAllowedProblem | NotFoundProblem,
    strawberry.union("AccountResult", description="The account, or why not."),
]
AccountsResult = Annotated[
    Connection[Account] | InvalidProblem | LoginProblem | NotAllowedProblem,
    strawberry.union("AccountsResult", description="The accounts, or why not."),
]
RoleGrantsResult = Annotated[
    Connection[RoleGrant] | InvalidProblem | LoginProblem | NotAllowedProblem,
    strawberry.union("RoleGrantsResult", description="The roles, or why not."),
]
NameHistoryResult = Annotated[
    NameHistory | InvalidProblem | LoginProblem | NotAllowedProblem | NotFoundProblem,
    strawberry.union("NameHistoryResult", description="The names, or why not."),
]


@strawberry.type
class AccountQueries:
    """What may be asked about people."""

    @strawberry.field(description="The person who asks; null when nobody has logged in.")
    async def viewer(self, info: Info) -> Viewer | None:
        """Oneself."""
        context = context_of(info)
        if context.actor.is_anonymous:
            return None
        require(with_scope("read")(context.actor, None))
        return await viewer_of(context)

    @strawberry.field(description="An account, for administrators.")
    @with_problems
    async def account(self, info: Info, id: AuthorId) -> AccountResult:  # noqa: A002
        """One account."""
        context = context_of(info)
        number = await account_of_author(context, id, field="id")
        return Account.from_row(context, await account_for_admin(context.actor, number))

    @strawberry.field(description="People with accounts, the newest first, for administrators.")
    @with_problems
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
    ) -> AccountsResult:
        """A page of accounts."""
        context, limit, key = context_of(info), page_size(first), decode_cursor(after, int)
        rows = await search_accounts(context.actor, search, before=key[0] if key else None, limit=limit + 1)
        page: Connection[Account] = connection(
            rows,
            limit,
            after,
            node=lambda row: Account.from_row(context, row),
            cursor=lambda row: encode_cursor(row.id),
        )
        return page

    @strawberry.field(description="Everybody's roles, the newest first, for administrators.")
    @with_problems
    async def role_grants(
        self,
        info: Info,
        first: First = DEFAULT_PAGE,
        after: After = None,
        active_only: Annotated[bool, strawberry.argument(description="Only those that hold now.")] = True,
        role: Annotated[Role | None, strawberry.argument(description="Only this role.")] = None,
    ) -> RoleGrantsResult:
        """A page of roles."""
        limit, key = page_size(first), decode_cursor(after, int)
        rows = await list_grants(
            context_of(info).actor,
            active_only=active_only,
            before=key[0] if key else None,
            limit=limit + 1,
            role=role,
        )
        page: Connection[RoleGrant] = connection(
            rows, limit, after, node=RoleGrant.from_row, cursor=lambda row: encode_cursor(row.id)
        )
        return page

    @strawberry.field(
        description="The names that an author has used, for the author, and for moderators with a case about them: "
        "that is noted."
    )
    @with_problems
    async def name_history(
        self,
        info: Info,
        author: Annotated[
            strawberry.ID | None, strawberry.argument(description="An Author's id; null: one's own names.")
        ] = None,
    ) -> NameHistoryResult:
        """Whom a conversation was with."""
        context = context_of(info)
        require(with_scope("read")(context.actor, None))
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
