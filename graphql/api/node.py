"""The Node interface, and how each type's things are fetched by id for an actor who may see them."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import strawberry

from api.slices import content_types
from backend.content.kinds import ContentRef, RootKind
from backend.content.registry import kind_of

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


async def fetch_content(context: "Context", ref: ContentRef) -> Any:
    """The thing, if the actor may know of it: as its type fetches it. Raises LookupError for a kind without a type."""
    return await NODE_TYPES[content_types()[ref.kind]](context, ref.id)


def root_types() -> dict[str, str]:
    """The types of content with a page of its own, and the kind that each is."""
    return {name: kind for kind, name in content_types().items() if isinstance(kind_of(kind), RootKind)}
