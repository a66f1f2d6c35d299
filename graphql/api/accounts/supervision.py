"""What administrators do to others' accounts, over GraphQL."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.dataloader import DataLoader

from api.accounts.types import Author, account_of_author, author_of
from api.administration.enums import StaffActKind
from api.context import Context, Info, context_of
from api.errors import (
    ConflictProblem,
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
    PersonalDataProblem,
)
from api.fields import mutation, payload
from backend.accounts import supervision
from backend.accounts.supervision import AccountActRow, StandingRow
from backend.platform.authz import Actor
from backend.platform.errors import NotFound

AccountId = Annotated[strawberry.ID, strawberry.argument(description="The Author's id.")]
Reason = Annotated[
    str,
    strawberry.argument(description="Why, 3 to 500 characters; administrators and the person can read it."),
]


@strawberry.type(description="Something that staff did to an account, or read of it.")
class AccountAct:
    row: strawberry.Private[AccountActRow]
    kind: StaffActKind = strawberry.field(description="What.")
    reason: str | None = strawberry.field(description="Why; null where something was only read.")
    created_at: datetime = strawberry.field(description="When.")

    @strawberry.field(description="Who.")
    async def actor(self, info: Info) -> Author | None:
        return await author_of(context_of(info), self.row.actor_id)

    @classmethod
    def from_row(cls, row: AccountActRow) -> "AccountAct":
        """The type for a row."""
        return cls(row=row, kind=StaffActKind(row.kind), reason=row.reason, created_at=row.created_at)


@strawberry.type(description="Whether somebody is let in, and by what.")
class AccountStanding:
    suspended_at: datetime | None = strawberry.field(
        description="Since when it is shut out; null when it is not."
    )
    session_count: int = strawberry.field(description="In how many browsers its person is logged in.")
    access_token_count: int = strawberry.field(description="How many keys for scripts hold.")
    last_login_at: datetime | None = strawberry.field(description="When its person last logged in.")

    @classmethod
    def from_row(cls, row: StandingRow) -> "AccountStanding":
        """The type for a row."""
        return cls(
            suspended_at=row.suspended_at,
            session_count=row.sessions,
            access_token_count=row.tokens,
            last_login_at=row.last_login_at,
        )


async def standing_of(context: Context, account_id: int) -> AccountStanding:
    """An account's standing; raises DomainError for whom it is not."""
    row = await _standing_loader(context).load(account_id)
    if row is None:
        raise NotFound("account_not_found", "Kontoen finnes ikke.")
    return AccountStanding.from_row(row)


def _standing_loader(context: Context) -> DataLoader[int, StandingRow | None]:
    """How each account stands."""

    async def load(ids: list[int]) -> dict[int, StandingRow]:
        return await supervision.standings_of(context.settings, context.actor, ids)

    return context.loader("account_standings", load)


def acts_loader(context: Context) -> DataLoader[int, list[AccountActRow]]:
    """What staff did to each account."""

    async def load(ids: list[int]) -> dict[int, list[AccountActRow]]:
        return await supervision.acts_on(context.actor, ids)

    return context.loader("account_acts", load)


@strawberry.type(description="It is done.")
class AccountSupervised:
    """How the account stands now."""

    id: strawberry.ID = strawberry.field(description="The Author's id.")
    standing: AccountStanding = strawberry.field(description="How it stands now.")


SuperviseAccountPayload = payload(
    AccountSupervised,
    "SuperviseAccountPayload",
    "The account's standing, or why not.",
    InvalidProblem,
    PersonalDataProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
    ConflictProblem,
)


async def _done(
    info: Info, account: str, reason: str, act: Callable[[Actor, int, str], Awaitable[object]]
) -> AccountSupervised:
    context = context_of(info)
    number = await account_of_author(context, account, field="account")
    await act(context.actor, number, reason)
    context.reset()
    return AccountSupervised(id=strawberry.ID(account), standing=await standing_of(context, number))


@strawberry.type
class SupervisionMutations:
    """Administrators and others' accounts."""

    @mutation(
        SuperviseAccountPayload, scope="admin", description="Log somebody out everywhere, for administrators."
    )
    async def end_account_sessions(self, info: Info, account: AccountId, reason: Reason) -> AccountSupervised:
        return await _done(info, account, reason, supervision.end_sessions_of)

    @mutation(
        SuperviseAccountPayload,
        scope="admin",
        description="End all of somebody's keys for good, for administrators.",
    )
    async def end_account_tokens(self, info: Info, account: AccountId, reason: Reason) -> AccountSupervised:
        return await _done(info, account, reason, supervision.end_tokens_of)

    @mutation(
        SuperviseAccountPayload,
        scope="admin",
        description="Shut somebody out until they are reinstated, for administrators: sessions and keys end, and no "
        "login is let in. What they wrote stays.",
    )
    async def suspend_account(self, info: Info, account: AccountId, reason: Reason) -> AccountSupervised:
        return await _done(info, account, reason, supervision.suspend_account)

    @mutation(
        SuperviseAccountPayload,
        scope="admin",
        description="Let somebody in again who was suspended, for administrators.",
    )
    async def reinstate_account(self, info: Info, account: AccountId, reason: Reason) -> AccountSupervised:
        return await _done(info, account, reason, supervision.reinstate_account)
