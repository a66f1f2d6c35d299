"""GraphQL types of people as others see them."""

import strawberry
from strawberry.dataloader import DataLoader

from api.context import Context
from api.node_ids import number_of, to_global_id
from backend.accounts.authors import (
    FORMER_PUBLIC_ID,
    AuthorRow,
    account_with_public_id,
    authors_by_id,
)
from backend.accounts.reserved_names import DELETED_NAME
from backend.platform.i18n import translate


@strawberry.type(description="A person beside what they wrote, under the name they chose.")
class Author:
    """A person as others see them."""

    id: strawberry.ID = strawberry.field(
        description="The same for all that this person wrote, until they change their name or leave: then it is "
        "another, and the old one leads nowhere. All who have left share one."
    )
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


async def author_of(
    context: Context, account_id: int | None, *, is_for_admins: bool = False
) -> Author | None:
    """The person, or None for what was imported without one."""
    if account_id is None:
        return None
    row = await author_loader(context).load(account_id)
    if row is None:
        return None
    return named_author(
        context,
        row.public_id,
        row.display_name,
        has_left=row.is_deleted,
        is_staff=row.is_staff,
        is_for_admins=is_for_admins,
    )


def named_author(
    context: Context,
    public_id: int,
    name: str,
    *,
    has_left: bool,
    is_staff: bool,
    is_for_admins: bool = False,
) -> Author:
    """The person as others see them, from a name that is at hand.

    Only administrators tell those who have left from one another.
    """
    number = FORMER_PUBLIC_ID if has_left and not is_for_admins else public_id
    return Author(
        id=strawberry.ID(to_global_id("Author", number)),
        display_name=translate(context.language, DELETED_NAME) if has_left else name,
        has_left=has_left,
        is_staff=is_staff,
    )


async def account_of_author(context: Context, value: str, *, field: str) -> int:
    """The account with this Author's id; 0, which none has, where nobody is known by it any more.

    Raises Invalid at `field` for what is no Author's id.
    """
    public_id = number_of(value, "Author", field=field)
    return await account_with_public_id(context.municipality_id, public_id) or 0
