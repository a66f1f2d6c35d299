"""Pages of lists that the domain bounds by itself: cut from memory, by keyset all the same."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from api.pagination import connection, decode_cursor, encode_cursor, page_size

Row = TypeVar("Row")


def bounded_page(
    rows: Sequence[Row],
    first: int,
    after: str | None,
    *,
    node: Callable[[Row], Any],
    key: Callable[[Row], tuple[Any, ...]],
) -> Any:
    """A connection over `rows`, which come in falling order of `key`. Raises Invalid for a bad page or cursor."""
    limit = page_size(first)
    # The kinds in the key of any row; without rows there is no cursor of ours to go on from.
    kinds = tuple(type(part) for part in key(rows[0])) if rows else ()
    last = decode_cursor(after, *kinds) if rows else None
    left = [row for row in rows if last is None or key(row) < last]
    return connection(left[: limit + 1], limit, after, node=node, cursor=lambda row: encode_cursor(*key(row)))
