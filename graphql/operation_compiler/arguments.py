"""Arguments of a field: coerced ahead of time where the document alone decides them."""

from collections.abc import Callable
from typing import Any, TypeAlias

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLError,
    GraphQLField,
    ListValueNode,
    ObjectValueNode,
    ValueNode,
    VariableNode,
    get_argument_values,
    is_non_null_type,
)

from operation_compiler.repeated import can_be_repeated, repeated
from operation_compiler.run import Run
from operation_compiler.site import Site

Arguments: TypeAlias = Callable[[Run], dict[str, Any]]
"""Keyword arguments of a resolver for one call; values are never shared where they can be changed."""


def arguments_of(site: Site) -> Arguments | None:
    """How to get the field's arguments, or None when it takes none."""
    node, field = site.nodes[0], site.field
    if not field.args:
        return None

    def coerce(run: Run) -> dict[str, Any]:
        return get_argument_values(field, node, run.variables, hide_suggestions=True)

    given = {argument.name.value: argument.value for argument in node.arguments or ()}
    bare = {name: value for name, value in given.items() if isinstance(value, VariableNode)}
    if any(_has_variable(value) for name, value in given.items() if name not in bare):
        return coerce
    fixed = _coerced_ahead(field, node, bare)
    if fixed is None or not all(can_be_repeated(value) for value in fixed.values()):
        return coerce
    copied = any(isinstance(value, dict | list) for value in fixed.values())
    return _from_variables(field, bare, fixed, copied, coerce) if bare else _unvarying(fixed, copied)


def _coerced_ahead(
    field: GraphQLField, node: FieldNode, bare: dict[str, VariableNode]
) -> dict[str, Any] | None:
    """Values of all arguments but those that are variables; None when they are wrong, to fail when run."""
    rest = GraphQLField(field.type, {name: arg for name, arg in field.args.items() if name not in bare})
    rest_nodes = tuple(argument for argument in node.arguments or () if argument.name.value not in bare)
    try:
        return get_argument_values(rest, FieldNode(name=node.name, arguments=rest_nodes))
    except GraphQLError:
        return None


def _unvarying(fixed: dict[str, Any], copied: bool) -> Arguments:
    if copied:
        return lambda _run: repeated(fixed)
    return lambda _run: fixed


def _from_variables(
    field: GraphQLField, bare: dict[str, VariableNode], fixed: dict[str, Any], copied: bool, coerce: Arguments
) -> Arguments:
    """Variables have been coerced to their type already, so that they only need to be looked up."""
    known = [(name, variable, field.args[name]) for name, variable in bare.items() if name in field.args]
    sources = [
        (_out_name(name, arg), node.name.value, is_non_null_type(arg.type)) for name, node, arg in known
    ]

    def arguments(run: Run) -> dict[str, Any]:
        values = repeated(fixed) if copied else fixed.copy()
        coerced = run.variables.coerced
        for out_name, variable, required in sources:
            value = coerced.get(variable)
            if value is None and (required or variable not in coerced):
                return coerce(run)
            values[out_name] = value
        return values

    return arguments


def _out_name(name: str, argument: GraphQLArgument) -> str:
    return argument.out_name or name


def _has_variable(value: ValueNode) -> bool:
    if isinstance(value, ListValueNode):
        return any(map(_has_variable, value.values))
    if isinstance(value, ObjectValueNode):
        return any(_has_variable(field.value) for field in value.fields)
    return isinstance(value, VariableNode)
