"""Making and changing places."""

from typing import Annotated

import strawberry

from api.context import Context, Info, context_of
from api.errors import (
    ConflictProblem,
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
    PersonalDataProblem,
)
from api.fields import IdempotencyKey, mutation, payload
from api.node_ids import number_of
from api.scalars import GeoJSON
from api.topics.enums import PlaceKind
from api.topics.types import Place, fetch_place
from backend.platform.authz import administer, require
from backend.topics.places import PlaceContent, create_place, update_place


@strawberry.input(description="A place's name in one language.")
class PlaceNameInput:
    language: str = strawberry.field(description="nb, nn or en; each once, and nb always.")
    name: str = strawberry.field(description="2 to 80 characters.")


@strawberry.input(description="What an administrator says about a place; all of it replaces what was.")
class PlaceInput:
    slug: str = strawberry.field(description="Its name in addresses: a-z, 0-9 and hyphens.")
    names: list[PlaceNameInput] = strawberry.field(description="Its names, in one to three languages.")
    kind: PlaceKind = strawberry.field(description="What it is.")
    geometry: GeoJSON = strawberry.field(
        description="The outline: a Polygon or MultiPolygon of closed rings, at most 10,000 positions."
    )


@strawberry.type(description="The place after the change.")
class PlaceChanged:
    place: Place = strawberry.field(description="As it stands now.")


PlacePayload = payload(
    PlaceChanged,
    "PlacePayload",
    "The place, or why not.",
    InvalidProblem,
    PersonalDataProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
    ConflictProblem,
)
Given = Annotated[PlaceInput, strawberry.argument(description="What is said about it.")]


@strawberry.type
class PlaceMutations:
    """What administrators do with places."""

    @mutation(PlacePayload, scope="admin", description="Make a place. For administrators.")
    async def create_place(
        self,
        info: Info,
        input: Given,  # noqa: A002
        idempotency_key: IdempotencyKey = None,
    ) -> PlaceChanged:
        context = context_of(info)
        number = await create_place(context.actor, _content(input), key=idempotency_key)
        return await _changed(context, number)

    @mutation(PlacePayload, scope="admin", description="Change a place. For administrators.")
    async def update_place(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The place's id.")],  # noqa: A002
        expected_version: Annotated[
            int, strawberry.argument(description="The version the change started from.")
        ],
        input: Given,  # noqa: A002
    ) -> PlaceChanged:
        context = context_of(info)
        require(administer(context.actor, None))
        number = number_of(id, "Place")
        await update_place(context.actor, number, _content(input), expected_version=expected_version)
        return await _changed(context, number)


def _content(given: PlaceInput) -> PlaceContent:
    names = tuple((each.language, each.name) for each in given.names)
    return PlaceContent(given.slug, names, given.kind, given.geometry)


async def _changed(context: Context, number: int) -> PlaceChanged:
    context.reset()
    return PlaceChanged(place=await fetch_place(context, number))
