"""Parts of SQL made from what Python names once."""

from collections.abc import Iterable
from enum import StrEnum


def one_of(column: str, values: Iterable[StrEnum]) -> str:
    """Whether the column holds one of these: `column IN ('a', 'b')`, in the order in which the enum names them."""
    chosen = set(values)
    kind = type(next(iter(chosen)))
    words = ", ".join(f"'{value.value}'" for value in kind if value in chosen)
    return f"{column} IN ({words})"
