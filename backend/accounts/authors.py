"""How people appear beside what they wrote."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.platform.database import fetch, fetch_value

IS_STAFF = """EXISTS (SELECT FROM role_grant g
    WHERE g.municipality_id = a.municipality_id AND g.account_id = a.id AND g.ended_at IS NULL)"""
"""SQL: whether the municipality speaks through the account `a`, as `Actor.is_staff` has it."""


FORMER_PUBLIC_ID = 2**56 - 1
"""The public id of all who have left: nothing tells what one of them wrote from what another did. None is drawn
below 2**56."""


@dataclass(frozen=True, slots=True)
class AuthorRow:
    """A person as others see them; someone who has left is shown without a name."""

    id: int
    display_name: str
    is_deleted: bool
    is_staff: bool
    public_id: int


async def authors_by_id(municipality_id: int, ids: Sequence[int]) -> dict[int, AuthorRow]:
    """The people with these account ids."""
    rows = await fetch(
        f"""SELECT id, display_name, deleted_at IS NOT NULL AS is_deleted, {IS_STAFF} AS is_staff,
               public_id FROM account a
           WHERE municipality_id = $1 AND id = ANY($2)""",
        municipality_id,
        ids,
    )
    return {row["id"]: AuthorRow(*row.values()) for row in rows}


async def account_with_public_id(municipality_id: int, public_id: int) -> int | None:
    """The account that others know by this id now; None also for one that it had before."""
    found: int | None = await fetch_value(
        "SELECT id FROM account WHERE municipality_id = $1 AND public_id = $2", municipality_id, public_id
    )
    return found
