"""Documents made ready to run, and the trusted ones among them.

Every `.graphql` file below operations/ holds one named operation; those in operations/fragments/ hold one fragment
each, that operations may spread. The SHA-256 of an operation with its fragments is its id: a client that sends the
id alone gets exactly that operation. All of them are parsed, validated and, unless the setting `compiled_operations`
says no, compiled once, at start.
"""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    get_operation_ast,
)

from api.limits import Limits, check, read, validate_quietly
from backend.platform.errors import Invalid

if TYPE_CHECKING:
    from operation_compiler import CompiledOperation

_IN_SOURCE = Path(__file__).parents[1] / "operations"
_IN_WHEEL = Path(__file__).parent / "operations"
OPERATIONS = _IN_SOURCE if _IN_SOURCE.is_dir() else _IN_WHEEL
# The first line of a file that holds nothing about the viewer, and so may be cached for everybody.
PUBLIC_MARK = "# public"
_FRAGMENTS = "fragments"
_MOST_ERRORS = 10
_MOST_PLACES = 10
_SPREAD = re.compile(r"\.\.\.\s*(?!on\b)(\w+)")


class DocumentError(Exception):
    """A trusted document is not valid; found at start, never in a request."""


class InvalidDocument(Exception):
    """What a client sent is not a valid document for this schema; `code` says what kind of mistake it is."""

    def __init__(self, errors: list[GraphQLError], code: str = "graphql_validation") -> None:
        super().__init__("invalid document")
        self.errors = errors
        self.code = code

    def formatted(self) -> list[dict[str, Any]]:
        """The errors as a client gets them: at most 10, each message once with its first places, and the code."""
        alike: dict[str, list[GraphQLError]] = {}
        for error in self.errors:
            alike.setdefault(error.message, []).append(error)
        return [
            {
                "message": message,
                "locations": [
                    place.formatted for error in errors[:_MOST_PLACES] for place in error.locations or ()
                ],
                "extensions": {"code": self.code},
            }
            for message, errors in islice(alike.items(), _MOST_ERRORS)
        ]


@dataclass(frozen=True, slots=True)
class PreparedOperation:
    """An operation that is valid; `compiled` is None for what graphql-core runs."""

    name: str | None
    kind: OperationType
    document: DocumentNode
    compiled: "CompiledOperation | None" = field(repr=False)
    text: str = field(repr=False)
    id: str | None = None
    is_public: bool = False
    root_fields: tuple[str, ...] = ()
    variables: frozenset[str] = frozenset()


def prepare(
    schema: GraphQLSchema,
    document: DocumentNode,
    text: str,
    operation_name: str | None,
    *,
    compiled: bool = True,
) -> PreparedOperation:
    """Validate one operation, and compile it where it is `compiled`; raises InvalidDocument."""
    errors = validate_quietly(schema, document)
    if errors:
        raise InvalidDocument(errors)
    operation = get_operation_ast(document, operation_name)
    if operation is None:
        raise InvalidDocument(
            [GraphQLError("Name one of the document's operations in operationName.")], "graphql_operation"
        )
    return PreparedOperation(
        name=operation.name.value if operation.name else None,
        kind=operation.operation,
        document=document,
        compiled=_compiled(schema, document, operation_name) if compiled else None,
        text=text,
        root_fields=_root_fields(document, operation),
        variables=frozenset(v.variable.name.value for v in operation.variable_definitions or ()),
    )


def _compiled(
    schema: GraphQLSchema, document: DocumentNode, operation_name: str | None
) -> "CompiledOperation | None":
    # Imported only here: without compiled operations the platform runs with versions of graphql-core and Strawberry
    # that the compiler does not know.
    from operation_compiler import NotCompilable, compile_operation

    try:
        return compile_operation(schema, document, operation_name)
    except NotCompilable:
        return None


def _root_fields(document: DocumentNode, operation: OperationDefinitionNode) -> tuple[str, ...]:
    """What an operation asks of the root, once for every name in its answer; fragments hide nothing."""
    nodes = _fields_at_root(document, [operation])
    return tuple({(node.alias or node.name).value: node.name.value for node in nodes}.values())


def root_fields_of(document: DocumentNode) -> frozenset[str]:
    """Every field that any operation of the document asks of its root; the document need not be valid."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    return frozenset(node.name.value for node in _fields_at_root(document, operations))


def _fields_at_root(
    document: DocumentNode, operations: Iterable[OperationDefinitionNode]
) -> Iterator[FieldNode]:
    fragments = {
        node.name.value: node.selection_set
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    waiting = [operation.selection_set for operation in operations]
    while waiting:
        for node in waiting.pop().selections:
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                waiting.append(node.selection_set)
            elif isinstance(node, FragmentSpreadNode) and node.name.value in fragments:
                # Taken out, so that a circle ends.
                waiting.append(fragments.pop(node.name.value))


class TrustedDocuments:
    """All trusted documents of a schema, by id and by name."""

    def __init__(self, schema: GraphQLSchema, folder: Path = OPERATIONS, *, compiled: bool = True) -> None:
        """Raises DocumentError naming the file that is not valid."""
        self._compiled = compiled
        self.by_id: dict[str, PreparedOperation] = {}
        self.by_name: dict[str, PreparedOperation] = {}
        shared = {path.stem: path.read_text() for path in sorted((folder / _FRAGMENTS).glob("*.graphql"))}
        for path in sorted(folder.rglob("*.graphql")):
            if path.parent.name == _FRAGMENTS:
                continue
            prepared = self._read(schema, path, shared)
            if prepared.name in self.by_name:
                raise DocumentError(f"two operations are called {prepared.name}: see {path.name}")
            assert prepared.id is not None
            assert prepared.name is not None
            self.by_id[prepared.id] = self.by_name[prepared.name] = prepared

    def _read(self, schema: GraphQLSchema, path: Path, shared: Mapping[str, str]) -> PreparedOperation:
        text = with_fragments(path.read_text(), shared)
        try:
            found = prepare(schema, read(text, _TRUSTED_LIMITS), text, None, compiled=self._compiled)
        except (GraphQLError, InvalidDocument) as error:
            errors = error.errors if isinstance(error, InvalidDocument) else [error]
            raise DocumentError(f"{path.name}: {'; '.join(e.message for e in errors)}") from None
        if found.name != path.stem:
            raise DocumentError(f"{path.name} must hold one operation called {path.stem}")
        return replace(found, id=document_id(text), is_public=text.startswith(PUBLIC_MARK))

    def manifest(self) -> dict[str, str]:
        """Name to id, for clients."""
        return {name: prepared.id or "" for name, prepared in sorted(self.by_name.items())}


@cache
def trusted_documents(schema: GraphQLSchema, *, compiled: bool = True) -> TrustedDocuments:
    """This program's trusted documents, prepared once however many applications use them; nobody changes them."""
    return TrustedDocuments(schema, compiled=compiled)


def with_fragments(text: str, shared: Mapping[str, str]) -> str:
    """The operation's text followed by the shared fragments it spreads, and those that they spread."""
    parts, waiting, taken = [text], [text], set[str]()
    while waiting:
        for name in _SPREAD.findall(waiting.pop()):
            if name in shared and name not in taken:
                taken.add(name)
                parts.append(shared[name])
                waiting.append(shared[name])
    return "\n".join(parts)


_TRUSTED_LIMITS = Limits(max_tokens=5_000, max_characters=50_000)


def document_id(text: str) -> str:
    """SHA-256 of the document's text, in hexadecimal: what the common clients send."""
    return hashlib.sha256(text.encode()).hexdigest()


# A parsed and compiled document takes some 250 times its text.
_REMEMBERED_CHARACTERS = 200_000
_Text = tuple[str, str | None, int, int]


class AdHocDocuments:
    """Documents that clients wrote themselves: bounded, validated, and the latest remembered.

    What is remembered is bounded by its text, since strangers choose how long that is.
    """

    def __init__(
        self, schema: GraphQLSchema, *, remembered: int = _REMEMBERED_CHARACTERS, compiled: bool = True
    ) -> None:
        self._schema = schema
        self._compiled = compiled
        self._most = remembered
        self._characters = 0
        self._known: OrderedDict[_Text, PreparedOperation] = OrderedDict()

    def prepare(
        self,
        text: str,
        operation_name: str | None,
        variables: dict[str, Any],
        limits: Limits,
        limits_for: Callable[[DocumentNode], Limits] | None = None,
    ) -> PreparedOperation:
        """The operation, ready to run within `limits`, or within what `limits_for` says once it is read.

        Raises LimitExceeded naming limit and figure, Invalid for what is no GraphQL, InvalidDocument.
        """
        key = (text, operation_name, limits.max_characters, limits.max_tokens)
        known = self._known.get(key)
        try:
            document = known.document if known else read(text, limits)
        except GraphQLError as error:
            raise InvalidDocument([error], "graphql_syntax") from None
        bounds = limits_for(document) if limits_for else limits
        problems = check(document, self._schema, variables, bounds)
        if problems:
            raise problems[0]
        if known is None:
            known = prepare(self._schema, document, text, operation_name, compiled=self._compiled)
            self._remember(key, known)
        self._known.move_to_end(key)
        return known

    def _remember(self, key: _Text, prepared: PreparedOperation) -> None:
        self._known[key] = prepared
        self._characters += len(prepared.text)
        while self._characters > self._most and len(self._known) > 1:
            _, oldest = self._known.popitem(last=False)
            self._characters -= len(oldest.text)


def no_such_document() -> Invalid:
    """The refusal for an id that is not in the manifest."""
    return Invalid("document_unknown", "Dokumentet er ikke blant dem vi kjenner.", field="documentId")
