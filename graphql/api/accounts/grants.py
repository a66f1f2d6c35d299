"""Roles over GraphQL: rows with who gave them and when."""

from datetime import datetime
from typing import Any

import strawberry
from strawberry.dataloader import DataLoader

from api.accounts.enums import Role
from api.accounts.types import Author, author_of
from api.context import Context, Info, context_of
from api.node_ids import to_global_id
from api.topics.loaders import topic_loader
from api.topics.types import Topic
from backend.accounts.roles import GrantRow, grants_of_accounts


@strawberry.type(description="A role that somebody was given.")
class RoleGrant:
    """A role, for one topic or for all."""

    row: strawberry.Private[GrantRow]
    id: strawberry.ID = strawberry.field(description="What endRole takes.")
    role: Role = strawberry.field(description="The role.")
    from_provider: bool = strawberry.field(
        description="Whether it follows from a group at the login provider, and not from a person's decision."
    )
    created_at: datetime = strawberry.field(description="From when.")
    ended_at: datetime | None = strawberry.field(description="Until when; null while it holds.")

    @strawberry.field(description="Who holds it.")
    async def holder(self, info: Info) -> Author | None:
        return await author_of(context_of(info), self.row.account_id, is_for_admins=True)

    @strawberry.field(description="The topic it is for; null: all.")
    async def topic(self, info: Info) -> Topic | None:
        if self.row.topic_id is None:
            return None
        row: Any = await topic_loader(context_of(info)).load(self.row.topic_id)
        return Topic.from_row(row)

    @strawberry.field(description="Who gave it; null when a provider or the command line did.")
    async def granted_by(self, info: Info) -> Author | None:
        return await author_of(context_of(info), self.row.granted_by_id)

    @strawberry.field(description="Who ended it; null when nobody did, or a provider.")
    async def ended_by(self, info: Info) -> Author | None:
        return await author_of(context_of(info), self.row.ended_by_id)

    @classmethod
    def from_row(cls, row: GrantRow) -> "RoleGrant":
        """The type for a row."""
        return cls(
            row=row,
            id=strawberry.ID(to_global_id("RoleGrant", row.id)),
            role=row.role,
            from_provider=row.source == "provider",
            created_at=row.created_at,
            ended_at=row.ended_at,
        )


def grants_loader(context: Context) -> DataLoader[int, list[GrantRow]]:
    """The roles of each account, the newest first."""

    async def load(ids: list[int]) -> dict[int, list[GrantRow]]:
        return await grants_of_accounts(context.actor, ids)

    return context.loader("grants", load, [])
