"""Scalars and enums: what an answer holds for a value."""

from collections.abc import Callable
from typing import Any

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    GraphQLBoolean,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
    is_enum_type,
)
from graphql.execution import Executor

_UNCHANGED: dict[GraphQLLeafType, type] = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool}


def unchanged_type(leaf: GraphQLLeafType) -> type | None:
    """The Python type whose own values, not those of subclasses, are answered as they are."""
    return _UNCHANGED.get(leaf)


def serialiser(leaf: GraphQLLeafType) -> Callable[[Any], Any]:
    """What is answered for a value that is not null; raises what graphql-core raises for a wrong one."""
    if leaf is GraphQLInt:
        return _whole_number
    wrapped = getattr(leaf, "wrapped_cls", None)
    if is_enum_type(leaf) and wrapped is not None:
        return _members(leaf, wrapped)

    def serialise(value: Any) -> Any:
        return Executor.complete_leaf_value(leaf, value)

    return serialise


def _whole_number(value: Any) -> Any:
    if type(value) is int and GRAPHQL_MIN_INT <= value <= GRAPHQL_MAX_INT:
        return value
    return Executor.complete_leaf_value(GraphQLInt, value)


def _members(leaf: GraphQLLeafType, wrapped: Any) -> Callable[[Any], Any]:
    # Strawberry looks through all values of the enum for each member it is given.
    names = {member.name: leaf.coerce_output_value(member) for member in wrapped}

    def serialise(value: Any) -> Any:
        if type(value) is wrapped and value.name in names:
            return names[value.name]
        return Executor.complete_leaf_value(leaf, value)

    return serialise
