"""The fields asked for on one concrete type, fragments spelled out and equal response names merged."""

from collections.abc import Iterable

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    get_directive_values,
    is_abstract_type,
)
from graphql.execution.values import VariableValues

from operation_compiler.site import BoundOperation


def collect(
    bound: BoundOperation,
    values: VariableValues,
    type_: GraphQLObjectType,
    selection_sets: Iterable[SelectionSetNode],
) -> dict[str, list[FieldNode]]:
    """Fields by response name, in the order of their first mention (GraphQL specification, CollectFields).

    Raises GraphQLError when a @skip or @include has no truth value.
    """
    fields: dict[str, list[FieldNode]] = {}
    seen: set[str] = set()
    waiting: list[SelectionNode] = [
        selection for selection_set in selection_sets for selection in selection_set.selections
    ]
    waiting.reverse()
    while waiting:
        selection = waiting.pop()
        if not _is_included(selection, values):
            continue
        if isinstance(selection, FieldNode):
            key = selection.alias.value if selection.alias else selection.name.value
            fields.setdefault(key, []).append(selection)
            continue
        fragment = _fragment(bound, selection, seen)
        if fragment is not None and _applies(bound, fragment, type_):
            if isinstance(selection, FragmentSpreadNode):
                seen.add(selection.name.value)
            waiting.extend(reversed(fragment.selection_set.selections))
    return fields


def _fragment(
    bound: BoundOperation, selection: SelectionNode, seen: set[str]
) -> InlineFragmentNode | FragmentDefinitionNode | None:
    if isinstance(selection, InlineFragmentNode):
        return selection
    if isinstance(selection, FragmentSpreadNode) and selection.name.value not in seen:
        return bound.fragments.get(selection.name.value)
    return None


def _applies(
    bound: BoundOperation, fragment: InlineFragmentNode | FragmentDefinitionNode, type_: GraphQLObjectType
) -> bool:
    if fragment.type_condition is None:
        return True
    condition = bound.schema.get_type(fragment.type_condition.name.value)
    return condition is type_ or (is_abstract_type(condition) and bound.schema.is_sub_type(condition, type_))


def _is_included(selection: SelectionNode, values: VariableValues) -> bool:
    if not selection.directives:
        return True
    skip = get_directive_values(GraphQLSkipDirective, selection, values, hide_suggestions=True)
    if skip and skip["if"]:
        return False
    include = get_directive_values(GraphQLIncludeDirective, selection, values, hide_suggestions=True)
    return not include or bool(include["if"])
