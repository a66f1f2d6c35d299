"""Queries that belong to no slice: a thing by its id."""

from typing import Annotated

import strawberry

from api.context import Info, context_of
from api.node import NODE_TYPES, Node
from api.node_ids import from_global_id
from backend.platform.errors import Invalid


@strawberry.type
class NodeQueries:
    """Fetching by id."""

    @strawberry.field(
        description="The thing with this id; null when there is none that the viewer may know of."
    )
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")],  # noqa: A002
    ) -> Node | None:
        """Whatever type it is; each type applies its own rules."""
        try:
            type_name, number = from_global_id(id)
        except Invalid:
            return None
        fetch = NODE_TYPES.get(type_name)
        found: Node | None = await fetch(context_of(info), number) if fetch else None
        return found
