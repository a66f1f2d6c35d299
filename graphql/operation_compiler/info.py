"""What resolvers are told about where they stand, worked out only when they ask."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
)
from graphql.execution.values import VariableValues
from graphql.pyutils import Path, gather_with_cancel, is_awaitable
from graphql.type.definition import GraphQLResolveInfoHelpers

from operation_compiler.frames import Frame, field_frame, linked_path
from operation_compiler.site import Site

if TYPE_CHECKING:
    from operation_compiler.run import Run


class FieldInfo:
    """Reads like graphql-core's GraphQLResolveInfo, with Strawberry's `operation_extensions`."""

    __slots__ = ("_frame", "_run", "_site")

    abort_signal: None = None
    """No execution is aborted from outside: cancel the task that awaits it instead."""

    def __init__(self, site: Site, run: "Run", frame: Frame) -> None:
        self._site = site
        self._run = run
        self._frame = frame

    @property
    def field_name(self) -> str:
        """The field's name in the schema."""
        return self._site.name

    @property
    def field_nodes(self) -> list[FieldNode]:
        """Places in the document that ask for the field."""
        return self._site.nodes

    @property
    def return_type(self) -> GraphQLOutputType:
        """The type that the schema declares for the field."""
        return self._site.field.type

    @property
    def parent_type(self) -> GraphQLObjectType:
        """The object type that the field is resolved on."""
        return self._site.parent

    @property
    def path(self) -> Path:
        """Where the field stands in the answer."""
        path = linked_path(field_frame(self._frame))
        assert path is not None  # a field always has one; this tells the type checker
        return path

    @property
    def schema(self) -> GraphQLSchema:
        """The schema that is executed."""
        return self._site.bound.schema

    @property
    def fragments(self) -> dict[str, FragmentDefinitionNode]:
        """The document's fragments by name."""
        return self._site.bound.fragments

    @property
    def root_value(self) -> Any:
        """The value that the operation starts from."""
        return self._run.root

    @property
    def operation(self) -> OperationDefinitionNode:
        """The operation that is executed."""
        return self._site.bound.operation

    @property
    def variable_values(self) -> VariableValues | dict[str, Any]:
        """The coerced variables; resolvers of a Strawberry schema get the bare dict, as from Strawberry."""
        values = self._run.variables
        return values.coerced if self._site.bound.strawberry is not None else values

    @property
    def context(self) -> Any:
        """The context of the execution."""
        return self._run.context

    @property
    def operation_extensions(self) -> dict[str, Any] | None:
        """The request's `extensions`."""
        return self._run.extensions

    @property
    def is_awaitable(self) -> Callable[[Any], bool]:
        """How awaitable values are told from others."""
        return is_awaitable

    @property
    def async_helpers(self) -> GraphQLResolveInfoHelpers:
        """Helpers for asynchronous work beside the resolver's own."""
        return GraphQLResolveInfoHelpers(gather=_gather, track=self._run.track)


def _gather(values: Sequence[Awaitable[Any]]) -> Awaitable[list[Any]]:
    return gather_with_cancel(*values)
