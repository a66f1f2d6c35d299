"""Documents made ready to run, and the trusted ones among them.

Every `.graphql` file below operations/ holds one named operation. Its SHA-256 is its id: a client that sends
the id alone gets exactly that operation. All of them are parsed, validated and compiled once, at start.
"""

import hashlib
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    get_operation_ast,
)

from api.compiled import CompiledOperation, NotCompilable, compile_operation
from api.limits import Limits, check, read, validate_quietly
from backend.errors import Invalid

_IN_SOURCE = Path(__file__).parents[1] / "operations"
_IN_WHEEL = Path(__file__).parent / "operations"
OPERATIONS = _IN_SOURCE if _IN_SOURCE.is_dir() else _IN_WHEEL
# The first line of a file that holds nothing about the viewer, and so may be cached for everybody.
PUBLIC_MARK = "# public"


class DocumentError(Exception):
    """A trusted document is not valid; found at start, never in a request."""


class InvalidDocument(Exception):
    """What a client sent is not a valid document for this schema."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__("invalid document")
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Prepared:
    """An operation that is valid and compiled; `compiled` is None for what only the interpreter can run."""

    name: str | None
    kind: OperationType
    document: DocumentNode
    compiled: CompiledOperation | None = field(repr=False)
    text: str = field(repr=False)
    id: str | None = None
    is_public: bool = False
    root_fields: tuple[str, ...] = ()
    variables: frozenset[str] = frozenset()


def prepare(schema: GraphQLSchema, document: DocumentNode, text: str, operation_name: str | None) -> Prepared:
    """Validate and compile one operation; raises InvalidDocument."""
    errors = validate_quietly(schema, document)
    if errors:
        raise InvalidDocument(errors)
    operation = get_operation_ast(document, operation_name)
    if operation is None:
        raise InvalidDocument([GraphQLError("Name one of the document's operations in operationName.")])
    try:
        compiled = compile_operation(schema, document, operation_name)
    except NotCompilable:
        compiled = None
    return Prepared(
        name=operation.name.value if operation.name else None,
        kind=operation.operation,
        document=document,
        compiled=compiled,
        text=text,
        root_fields=_root_fields(operation),
        variables=frozenset(v.variable.name.value for v in operation.variable_definitions or ()),
    )


def _root_fields(operation: OperationDefinitionNode) -> tuple[str, ...]:
    return tuple(
        node.name.value for node in operation.selection_set.selections if isinstance(node, FieldNode)
    )


class TrustedDocuments:
    """All trusted documents of a schema, by id and by name."""

    def __init__(self, schema: GraphQLSchema, folder: Path = OPERATIONS) -> None:
        """Raises DocumentError naming the file that is not valid."""
        self.by_id: dict[str, Prepared] = {}
        self.by_name: dict[str, Prepared] = {}
        for path in sorted(folder.rglob("*.graphql")):
            prepared = self._read(schema, path)
            if prepared.name in self.by_name:
                raise DocumentError(f"two operations are called {prepared.name}: see {path.name}")
            assert prepared.id is not None
            assert prepared.name is not None
            self.by_id[prepared.id] = self.by_name[prepared.name] = prepared

    def _read(self, schema: GraphQLSchema, path: Path) -> Prepared:
        text = path.read_text()
        try:
            found = prepare(schema, read(text, _TRUSTED_LIMITS), text, None)
        except (GraphQLError, InvalidDocument) as error:
            told = error.errors if isinstance(error, InvalidDocument) else [error]
            raise DocumentError(f"{path.name}: {'; '.join(e.message for e in told)}") from None
        if found.name != path.stem:
            raise DocumentError(f"{path.name} must hold one operation called {path.stem}")
        return replace(found, id=document_id(text), is_public=text.startswith(PUBLIC_MARK))

    def manifest(self) -> dict[str, str]:
        """Name to id, for clients."""
        return {name: prepared.id or "" for name, prepared in sorted(self.by_name.items())}


_TRUSTED_LIMITS = Limits(max_tokens=5_000, max_characters=50_000)


def document_id(text: str) -> str:
    """SHA-256 of the document's text, in hexadecimal: what the common clients send."""
    return hashlib.sha256(text.encode()).hexdigest()


class FreeDocuments:
    """Documents that clients wrote themselves: bounded, validated, and remembered for a while."""

    def __init__(self, schema: GraphQLSchema, *, remembered: int = 500) -> None:
        self._schema = schema
        self._prepare = lru_cache(remembered)(self._prepare_now)
        self._read = lru_cache(remembered)(self._read_now)

    def prepare(
        self, text: str, operation_name: str | None, variables: dict[str, Any], limits: Limits
    ) -> Prepared:
        """The operation, ready to run within `limits`.

        Raises LimitExceeded naming limit and figure, Invalid for what is no GraphQL, InvalidDocument.
        """
        try:
            document = self._read(text, limits.max_characters, limits.max_tokens)
        except GraphQLError as error:
            raise InvalidDocument([error]) from None
        problems = check(document, self._schema, variables, limits)
        if problems:
            raise problems[0]
        return self._prepare(text, operation_name)

    @staticmethod
    def _read_now(text: str, max_characters: int, max_tokens: int) -> DocumentNode:
        return read(text, Limits(max_characters=max_characters, max_tokens=max_tokens))

    def _prepare_now(self, text: str, operation_name: str | None) -> Prepared:
        return prepare(self._schema, read(text, _TRUSTED_LIMITS), text, operation_name)


def no_such_document() -> Invalid:
    """The refusal for an id that is not in the manifest."""
    return Invalid("document_unknown", "Dokumentet er ikke blant dem vi kjenner.", field="documentId")
