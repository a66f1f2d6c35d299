"""What is known about an operation, and about one of its fields, before anything runs."""

from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    is_non_null_type,
)


@dataclass(frozen=True, slots=True)
class BoundOperation:
    """One operation of a document over one schema; `strawberry` is the Strawberry schema of it, if any."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDefinitionNode]
    strawberry: Any


@dataclass(frozen=True, slots=True)
class Site:
    """One field of the answer: `nodes` are the places in the document that ask for it, merged."""

    bound: BoundOperation
    key: str
    parent: GraphQLObjectType
    field: GraphQLField
    nodes: list[FieldNode]

    @property
    def name(self) -> str:
        """The field's name in the schema."""
        return self.nodes[0].name.value

    @property
    def is_nullable(self) -> bool:
        """Whether null is an answer, so that a failure goes no further up."""
        return not is_non_null_type(self.field.type)
