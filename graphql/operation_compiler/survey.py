"""What there is in a document that decides whether and how it can be compiled."""

from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
)

_SWITCHES = ("skip", "include")
_REFUSED_DIRECTIVES = ("defer", "stream", "experimental_disableErrorPropagation")
_REFUSED_FIELDS = ("__schema", "__type")


class Survey(Visitor):
    """`switches` are the variables that decide on fields; `refused` is why the document is not compiled."""

    def __init__(self) -> None:
        super().__init__()
        self.switches: set[str] = set()
        self.refused: str | None = None

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Introspection is answered by graphql-core."""
        if node.name.value in _REFUSED_FIELDS:
            self.refused = node.name.value

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        """Incremental delivery is not compiled."""
        if node.name.value in _REFUSED_DIRECTIVES:
            self.refused = f"@{node.name.value}"
        if node.name.value in _SWITCHES:
            values = (argument.value for argument in node.arguments or ())
            self.switches.update(value.name.value for value in values if isinstance(value, VariableNode))

    def enter_fragment_definition(self, node: FragmentDefinitionNode, *_: Any) -> None:
        """Fragments with variables are an experiment that is not compiled."""
        if node.variable_definitions:
            self.refused = "fragment variables"

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        """Nor are spreads that give them values."""
        if node.arguments:
            self.refused = "fragment arguments"


def operation_of(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    """The operation of that name, or the only one when no name is given; None when there is no such one."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if name is not None:
        operations = [node for node in operations if node.name and node.name.value == name]
    return operations[0] if len(operations) == 1 else None
