"""How a slice says which of its tables have rows about a person: what of it they get, and what becomes of it."""

from dataclasses import dataclass
from enum import StrEnum


class Erasure(StrEnum):
    """What becomes of rows whose account is deleted. The account's own row stays, emptied."""

    DELETE = "delete"
    """The rows go."""
    CLEAR = "clear"
    """The reference is emptied: the row was never about this person."""
    STUB = "stub"
    """The row stays and refers to an account that is nobody: what was done has to be accounted for."""
    RULED = "ruled"
    """The slice's own eraser decides, from what the person chose and what the content has become."""


@dataclass(frozen=True, slots=True)
class PersonalTable:
    """Rows that refer to an account by one column.

    `exported` are the columns a person gets; where there are none, `why` says why. `condition` finds rows
    that belong to a person through another table; it may use $1 (municipality) and $2 (account). `derived` are
    names and SQL of what is stored elsewhere about the same thing.
    """

    table: str
    column: str
    erasure: Erasure
    exported: tuple[str, ...] = ()
    why: str = ""
    condition: str = ""
    derived: tuple[tuple[str, str], ...] = ()

    @property
    def where(self) -> str:
        """The SQL condition for one account's rows; $1 is the municipality, $2 the account."""
        return self.condition or f"{self.column} = $2"

    @property
    def file_name(self) -> str:
        """What its rows are called in an export."""
        return (
            self.table if self.column in ("id", "account_id", "author_id") else f"{self.table}.{self.column}"
        )
