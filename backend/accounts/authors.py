"""How people appear beside what they wrote."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.database import fetch

IS_STAFF = """EXISTS (SELECT FROM role_grant g
    WHERE g.municipality_id = a.municipality_id AND g.account_id = a.id AND g.ended_at IS NULL)"""
"""SQL: whether the municipality speaks through the account `a`, as `Actor.is_staff` has it."""


@dataclass(frozen=True, slots=True)
class AuthorRow:
    """A person as others see them; someone who has left is shown without a name."""

    id: int
    display_name: str
    is_deleted: bool
    is_staff: bool


async def authors_by_id(municipality_id: int, ids: Sequence[int]) -> dict[int, AuthorRow]:
    """The people with these account ids."""
    rows = await fetch(
        f"""SELECT id, display_name, deleted_at IS NOT NULL AS is_deleted, {IS_STAFF} AS is_staff FROM account a
           WHERE municipality_id = $1 AND id = ANY($2)""",
        municipality_id,
        ids,
    )
    return {row["id"]: AuthorRow(*row.values()) for row in rows}
