"""Composes an operation's functions, once for each set of @skip and @include decisions."""

from collections.abc import Iterable
from typing import Any, cast

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLOutputType,
    SelectionSetNode,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.execution.values import VariableValues

from operation_compiler.abstract import abstract_completer
from operation_compiler.collect import collect
from operation_compiler.completers import Step, leaf_completer, list_completer, object_completer
from operation_compiler.frames import Frame
from operation_compiler.leaves import serialiser, unchanged_type
from operation_compiler.readers import attribute_of, reader_of
from operation_compiler.run import Completer, Run
from operation_compiler.site import BoundOperation, Site
from operation_compiler.steps import (
    Leaf,
    attribute_step,
    leaf_attribute,
    leaves_step,
    name_step,
    resolver_step,
)


class Planner:
    """Makes every step once, however many fragments lead to it, so that compiling takes linear time."""

    def __init__(self, bound: BoundOperation, values: VariableValues) -> None:
        self._bound = bound
        self._values = values
        self._steps: dict[tuple[str, str, tuple[int, ...]], Step | Leaf] = {}

    def steps(self, type_: GraphQLObjectType, selection_sets: Iterable[SelectionSetNode]) -> tuple[Step, ...]:
        """Steps that answer for one object of a type."""
        try:
            fields = collect(self._bound, self._values, type_, selection_sets)
        except GraphQLError as error:
            return (_refusal(error),)
        steps = [self._step(type_, key, nodes) for key, nodes in fields.items()]
        return _together([step for step in steps if step is not None])

    def _step(self, parent: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> Step | Leaf | None:
        memo = (parent.name, key, tuple(map(id, nodes)))
        if memo not in self._steps:
            field = self._bound.schema.get_field(parent, nodes[0].name.value)
            if field is None:
                return None
            self._steps[memo] = self._made(Site(self._bound, key, parent, field, nodes))
        return self._steps[memo]

    def _made(self, site: Site) -> Step | Leaf:
        if site.name == "__typename":
            return name_step(site)
        complete = self._completer(site, site.field.type)
        attribute = attribute_of(site)
        if attribute is None:
            return resolver_step(site, reader_of(site), complete)
        type_ = get_nullable_type(site.field.type)
        if is_leaf_type(type_):
            return leaf_attribute(site, attribute, complete, serialiser(type_), unchanged_type(type_))
        return attribute_step(site, attribute, complete)

    def _completer(self, site: Site, declared: GraphQLOutputType) -> Completer:
        required = is_non_null_type(declared)
        type_ = get_nullable_type(declared)
        if is_leaf_type(type_):
            return leaf_completer(site, required, serialiser(type_), unchanged_type(type_))
        if is_list_type(type_):
            item = cast("GraphQLOutputType", type_.of_type)
            return list_completer(site, required, self._completer(site, item), not is_non_null_type(item))
        if is_abstract_type(type_):
            return abstract_completer(site, required, type_, lambda of: self._object(site, required, of))
        return self._object(site, required, cast("GraphQLObjectType", type_))

    def _object(self, site: Site, required: bool, type_: GraphQLObjectType) -> Completer:
        selection_sets = [node.selection_set for node in site.nodes if node.selection_set]
        return object_completer(site, required, type_, self.steps(type_, selection_sets))


def _refusal(error: GraphQLError) -> Step:
    def step(_source: Any, _run: Run, _above: Frame | None, _answer: dict[str, Any]) -> None:
        raise GraphQLError(error.message, error.nodes)

    return step


def _together(made: Iterable[Step | Leaf]) -> tuple[Step, ...]:
    """Leaves that follow each other become one step."""
    steps: list[Step] = []
    leaves: list[Leaf] = []
    for one in made:
        if isinstance(one, Leaf):
            leaves.append(one)
            continue
        if leaves:
            steps.append(leaves_step(tuple(leaves)))
            leaves.clear()
        steps.append(one)
    if leaves:
        steps.append(leaves_step(tuple(leaves)))
    return tuple(steps)
