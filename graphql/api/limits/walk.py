"""One walk over a document that measures its operations and fragments."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)

from api.limits.bounds import Limits
from api.limits.fragments import measuring_order, unreached
from api.limits.measure import Measure, capped
from api.limits.pages import default_variables, is_paged, page_size

_NOTHING = Measure()


class Walk:
    """Measures of a document; `repeats` holds how often each name carries a selection, `fields` how often it stands."""

    def __init__(
        self, document: DocumentNode, schema: GraphQLSchema, variables: Mapping[str, Any], limits: Limits
    ) -> None:
        nodes = document.definitions
        self.operations = [node for node in nodes if isinstance(node, OperationDefinitionNode)]
        self.fragments = {node.name.value: node for node in nodes if isinstance(node, FragmentDefinitionNode)}
        self.repeats: Counter[str] = Counter()
        self.fields: Counter[str] = Counter()
        self._schema = schema
        self._limits = limits
        self._variables = {**default_variables(self.operations), **variables}
        self._measured: dict[str, Measure] = {}
        for name in measuring_order(self.fragments):
            self._measured[name] = self._fragment(self.fragments[name])

    def measures(self) -> Iterator[Measure]:
        """One measure for each operation, and for each fragment that none of them comes to."""
        for operation in self.operations:
            root = self._schema.get_root_type(operation.operation)
            measure = self._selections(operation.selection_set, root)
            yield measure.beside(Measure(directives=_directives(operation)))
        roots = [operation.selection_set for operation in self.operations]
        for name in unreached(roots, self.fragments):
            yield self._measured[name]

    def _fragment(self, fragment: FragmentDefinitionNode) -> Measure:
        on = self._schema.get_type(fragment.type_condition.name.value)
        measure = self._selections(fragment.selection_set, on)
        return measure.beside(Measure(directives=_directives(fragment)))

    def _selections(self, selection_set: SelectionSetNode | None, parent: GraphQLNamedType | None) -> Measure:
        total = _NOTHING
        for selection in selection_set.selections if selection_set else ():
            if isinstance(selection, FieldNode):
                field = self._field_of(parent, selection)
                below = self._selections(
                    selection.selection_set, get_named_type(field.type) if field else None
                )
                response_name = (selection.alias or selection.name).value
                self.fields[response_name] += 1
                if selection.selection_set:
                    self.repeats[response_name] += 1
                total = total.beside(self._field(selection, parent, field, below))
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                on = self._schema.get_type(condition.name.value) if condition else parent
                total = total.beside(self._selections(selection.selection_set, on))
            elif isinstance(selection, FragmentSpreadNode):
                # A fragment that closes a circle is not measured yet: validation refuses it.
                total = total.beside(self._measured.get(selection.name.value, _NOTHING))
            if selection.directives:
                total = total.beside(Measure(directives=len(selection.directives)))
        return total

    def _field_of(self, parent: GraphQLNamedType | None, node: FieldNode) -> GraphQLField | None:
        return self._schema.get_field(parent, node.name.value) if is_composite_type(parent) else None

    def _field(
        self, node: FieldNode, parent: GraphQLNamedType | None, field: GraphQLField | None, below: Measure
    ) -> Measure:
        name = f"{parent.name}.{node.name.value}" if parent else node.name.value
        own = self._limits.costs.get(name, 1)
        page, alone, fixed, per_item = 0, own + below.alone, own + below.alone, 0
        if field and is_paged(field):
            page = page_size(node, field, self._variables, self._limits.max_list)
            is_list = is_list_type(get_nullable_type(field.type))
            alone = fixed = own + (page * below.alone if is_list else below.fixed + page * below.per_item)
        elif field and is_list_type(get_nullable_type(field.type)):
            alone = fixed = own + self._limits.sizes.get(name, self._limits.default_size) * below.alone
            if name not in self._limits.sizes:
                fixed, per_item = own, below.alone
        return Measure(
            depth=below.depth + 1,
            aliases=capped(below.aliases + (node.alias is not None)),
            directives=below.directives,
            page=max(page, below.page),
            alone=capped(alone),
            fixed=capped(fixed),
            per_item=per_item,
        )


def _directives(definition: OperationDefinitionNode | FragmentDefinitionNode) -> int:
    on_variables = (node.directives or () for node in definition.variable_definitions or ())
    return len(definition.directives or ()) + sum(map(len, on_variables))
