"""Keyset connections: a cursor holds the sort value and id of the last thing seen, so pages neither skip nor
repeat when rows come and go, and page 1,000 costs as much as page 1."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

import orjson
import strawberry

from backend.platform.errors import Invalid

MAX_PAGE = 100
DEFAULT_PAGE = 20
_MAX_CURSOR = 1_000

T = TypeVar("T")
Row = TypeVar("Row")

First = Annotated[int, strawberry.argument(description="How many at the most, 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="The cursor to go on from.")]


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """Relay's page information, forwards only."""

    has_next_page: bool = strawberry.field(description="Whether there is more after this page.")
    has_previous_page: bool = strawberry.field(description="Whether the page was asked for after a cursor.")
    start_cursor: str | None = strawberry.field(description="The first edge's cursor.")
    end_cursor: str | None = strawberry.field(description="The last edge's cursor: pass it as `after`.")


@strawberry.type(description="One thing in a list, with its cursor.")
class Edge(Generic[T]):
    cursor: str = strawberry.field(description="Where this thing stands in the list.")
    node: T = strawberry.field(description="The thing.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    """Relay's connection, with the nodes directly for clients that need no cursors of their own."""

    cursors: strawberry.Private[Callable[[], list[str]]]
    nodes: list[T] = strawberry.field(description="The things alone.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in its list.")

    @strawberry.field(description="The things with their cursors.")
    def edges(self) -> list[Edge[T]]:
        """Made when asked for: most clients take the nodes."""
        return [Edge(cursor=c, node=n) for c, n in zip(self.cursors(), self.nodes, strict=True)]


def page_size(first: int) -> int:
    """`first` itself; raises Invalid outside 1 to 100."""
    if not 1 <= first <= MAX_PAGE:
        raise Invalid("page_size", "En side har 1 til {most} rader.", field="first", most=MAX_PAGE)
    return first


def encode_cursor(*parts: Any) -> str:
    """A cursor that holds these values: text, numbers, times."""
    return urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def decode_cursor(cursor: str | None, *kinds: type) -> tuple[Any, ...] | None:
    """The values of a cursor made for such kinds (datetime, int, float, str); Invalid when it is no such one."""
    if cursor is None:
        return None
    try:
        if len(cursor) > _MAX_CURSOR:
            raise ValueError
        parts = orjson.loads(urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
        return tuple(_as(kind, part) for kind, part in zip(kinds, parts, strict=True))
    except (ValueError, TypeError, OverflowError):
        raise Invalid("cursor", "Markøren er ikke gyldig.", field="after") from None


def _as(kind: type, part: Any) -> Any:
    if kind is datetime:
        # In UTC, where the database compares it: without a zone, or beyond the calendar there, it is no time of ours.
        found = datetime.fromisoformat(part)
        if found.tzinfo is None:
            raise ValueError
        return found.astimezone(UTC)
    if kind is float and isinstance(part, int | float):
        return float(part)
    # bool is an int to Python, but never one in a cursor.
    if not isinstance(part, kind) or isinstance(part, bool):
        raise TypeError
    if isinstance(part, int) and not -(2**63) <= part < 2**63:
        raise ValueError
    return part


async def keyset_page(
    first: int,
    after: str | None,
    *kinds: type,
    fetch: Callable[[Any, int], Awaitable[Sequence[Row]]],
    node: Callable[[Row], Any],
    key: Callable[[Row], Any],
) -> Any:
    """A page of what `fetch` lists, given the key of the row to go on from and how many rows at the most.

    `kinds` are the types of the key that `key` gives for a row: one value, or a tuple of several. Raises Invalid for
    a size or a cursor that cannot be.
    """
    limit, held = page_size(first), decode_cursor(after, *kinds)
    is_single = len(kinds) == 1
    rows = await fetch(held[0] if held is not None and is_single else held, limit + 1)
    cursor: Callable[[Row], str] = (
        (lambda row: encode_cursor(key(row))) if is_single else (lambda row: encode_cursor(*key(row)))
    )
    return connection(rows, limit, after, node=node, cursor=cursor)


def connection(
    rows: Sequence[Row],
    limit: int,
    after: str | None,
    *,
    node: Callable[[Row], Any],
    cursor: Callable[[Row], str],
) -> Any:
    """A connection over up to limit + 1 rows: the one too many tells that there is a next page."""
    shown = rows[:limit]
    return Connection(
        cursors=lambda: [cursor(row) for row in shown],
        nodes=[node(row) for row in shown],
        page_info=PageInfo(
            has_next_page=len(rows) > limit,
            has_previous_page=after is not None,
            start_cursor=cursor(shown[0]) if shown else None,
            end_cursor=cursor(shown[-1]) if shown else None,
        ),
    )
