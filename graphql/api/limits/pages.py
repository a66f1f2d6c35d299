"""How many items a field is asked for."""

import math
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from graphql import (
    FieldNode,
    GraphQLField,
    IntValueNode,
    NullValueNode,
    OperationDefinitionNode,
    ValueNode,
    VariableNode,
)

from api.limits.measure import CEILING

_PAGE_ARGUMENTS = ("first", "last")
_LONGEST_NUMBER = 10
_Otherwise = TypeVar("_Otherwise", int, None)


def is_paged(field: GraphQLField) -> bool:
    """Whether the caller chooses how many items the field gives."""
    return any(name in field.args for name in _PAGE_ARGUMENTS)


def default_variables(operations: Iterable[OperationDefinitionNode]) -> dict[str, int]:
    """The largest whole number that any operation declares as a variable's default.

    Fragments are measured once for all operations, so the default that weighs most holds for each.
    """
    defaults: dict[str, int] = {}
    for operation in operations:
        for definition in operation.variable_definitions or ():
            if isinstance(definition.default_value, IntValueNode):
                name = definition.variable.name.value
                defaults[name] = max(defaults.get(name, 0), _literal(definition.default_value))
    return defaults


def page_size(node: FieldNode, field: GraphQLField, variables: Mapping[str, Any], otherwise: int) -> int:
    """The number of items asked for: as sent, else the argument's default, else `otherwise`.

    With both `first` and `last` the larger one counts. What is not a whole number is left to the coercion
    that refuses it, and counts as `otherwise`; a negative number counts as none.
    """
    sent = [
        size
        for argument in node.arguments or ()
        if argument.name.value in _PAGE_ARGUMENTS
        and (size := _sent(argument.value, variables, otherwise)) is not None
    ]
    sizes = sent or [size for name in _PAGE_ARGUMENTS if (size := _default(field, name)) is not None]
    return min(CEILING, max(0, max(sizes, default=otherwise)))


def _sent(value: ValueNode, variables: Mapping[str, Any], otherwise: int) -> int | None:
    if isinstance(value, NullValueNode):
        return None
    if isinstance(value, IntValueNode):
        return _literal(value)
    if isinstance(value, VariableNode):
        given = variables.get(value.name.value)
        return None if given is None else _whole(given, otherwise)
    return otherwise


def _default(field: GraphQLField, name: str) -> int | None:
    argument = field.args.get(name)
    if argument is None:
        return None
    if argument.default is None:
        return _whole(argument.default_value, None)
    if isinstance(argument.default.literal, IntValueNode):
        return _literal(argument.default.literal)
    return _whole(argument.default.value, None)


def _literal(value: IntValueNode) -> int:
    # Python refuses to read a number of thousands of digits, and an Int has ten at most.
    return int(value.value) if len(value.value.lstrip("-")) <= _LONGEST_NUMBER else CEILING


def _whole(given: Any, otherwise: _Otherwise) -> int | _Otherwise:
    if isinstance(given, float) and math.isfinite(given):
        return int(given)
    return given if isinstance(given, int) and not isinstance(given, bool) else otherwise
