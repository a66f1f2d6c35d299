"""GraphQL types of people as others see them."""

import strawberry
from strawberry.dataloader import DataLoader

from api.context import Context
from api.node_ids import to_global_id
from backend.accounts.authors import AuthorRow, authors_by_id
from backend.accounts.reserved_names import DELETED_NAME
from backend.words import translate


@strawberry.type(description="A person beside what they wrote, under the name they chose.")
class Author:
    """A person as others see them."""

    id: strawberry.ID = strawberry.field(description="The same for all that this person wrote.")
    display_name: str = strawberry.field(description="The name they chose to be seen by.")
    has_left: bool = strawberry.field(description="Whether the account was deleted.")
    is_staff: bool = strawberry.field(
        description="Whether the municipality speaks through this person: they hold a role now."
    )


def author_loader(context: Context) -> DataLoader[int, AuthorRow | None]:
    """People by account id."""

    async def load(ids: list[int]) -> dict[int, AuthorRow]:
        context.tags.update(f"account:{number}" for number in ids)
        return await authors_by_id(context.municipality_id, ids)

    return context.loader("author", load)


async def author_of(context: Context, account_id: int | None) -> Author | None:
    """The person, or None for what was imported without one."""
    if account_id is None:
        return None
    row = await author_loader(context).load(account_id)
    if row is None:
        return None
    return named_author(context, row.id, row.display_name, has_left=row.is_deleted, is_staff=row.is_staff)


def named_author(context: Context, account_id: int, name: str, *, has_left: bool, is_staff: bool) -> Author:
    """The person as others see them, from a name that is at hand."""
    return Author(
        id=strawberry.ID(to_global_id("Author", account_id)),
        display_name=translate(context.language, DELETED_NAME) if has_left else name,
        has_left=has_left,
        is_staff=is_staff,
    )
