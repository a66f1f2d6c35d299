"""Small schemas for what the large one cannot do."""

import asyncio
from typing import Any

import strawberry
from graphql import (
    GraphQLField,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
)

from tests.operation_compiler.types import PageInfo


@strawberry.type
class Missing:
    what: str


class MissingHandler(strawberry.ExceptionHandler[KeyError, Missing]):
    def handle(self, exception: KeyError, *, field: Any, info: Any) -> Missing:
        return Missing(what=exception.args[0])


@strawberry.type
class Lookups:
    @strawberry.field
    def lookup(self) -> PageInfo | Missing:
        raise KeyError("1")

    @strawberry.field
    async def plain(self) -> str:
        return "x"


WITH_HANDLERS = strawberry.Schema(query=Lookups, exception_handlers=[MissingHandler()])


def core_schema(resolve_type: Any, is_type_of: Any) -> GraphQLSchema:
    """Schema without Strawberry: default resolvers, and types that are found out asynchronously."""
    pet = GraphQLInterfaceType("Pet", {"name": GraphQLField(GraphQLString)}, resolve_type=resolve_type)
    kinds = [
        GraphQLObjectType(
            kind,
            {"name": GraphQLField(GraphQLString), "legs": GraphQLField(GraphQLInt)},
            [pet],
            is_type_of(kind),
        )
        for kind in ("Cat", "Dog")
    ]
    fields = {
        "pets": GraphQLField(GraphQLList(pet)),
        "pet": GraphQLField(GraphQLNonNull(pet)),
        "cat": GraphQLField(kinds[0]),
        "greeting": GraphQLField(GraphQLString),
    }
    return GraphQLSchema(
        GraphQLObjectType("Query", fields), types=[*kinds, GraphQLObjectType("Stone", fields)]
    )


async def _later(value: Any) -> Any:
    await asyncio.sleep(0)
    if isinstance(value, Exception):
        raise value
    return value


CORE_SCHEMAS = {
    "named by resolve_type": core_schema(lambda value, *_: value["kind"], lambda _: None),
    "named later": core_schema(lambda value, *_: _later(value["kind"]), lambda _: None),
    "failing later": core_schema(lambda value, *_: _later(ValueError(value["kind"])), lambda _: None),
    "told by is_type_of": core_schema(None, lambda kind: lambda value, _info: value["kind"] == kind),
    "told later": core_schema(None, lambda kind: lambda value, _info: _later(value["kind"] == kind)),
    "never told": core_schema(None, lambda _kind: None),
    "no name": core_schema(lambda *_: 7, lambda _: None),
    "wrong name": core_schema(lambda *_: "Nothing", lambda _: None),
    "not an object": core_schema(lambda *_: "Pet", lambda _: None),
    "not a member": core_schema(lambda *_: "Stone", lambda _: None),
}
