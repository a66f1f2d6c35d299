"""The Node interface, and how each type's things are fetched by id for an actor who may see them."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import strawberry

if TYPE_CHECKING:
    from api.context import Context

Fetch = Callable[["Context", int], Awaitable[Any]]
NODE_TYPES: dict[str, Fetch] = {}


@strawberry.interface(
    description="A thing with an id that stays the same, and by which it can be fetched again."
)
class Node:
    """What every addressable type implements."""

    id: strawberry.ID = strawberry.field(description="The thing's id, opaque, the same in every operation.")


def fetched_by(type_name: str) -> Callable[[Fetch], Fetch]:
    """Register how a type's things are fetched; the function applies the same rules as everywhere else."""

    def register(fetch: Fetch) -> Fetch:
        NODE_TYPES[type_name] = fetch
        return fetch

    return register
