"""Reading a GraphQL request from HTTP: GET for queries, POST with JSON for everything."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import orjson

from backend.platform.errors import Invalid, LimitExceeded

Receive = Callable[[], Awaitable[Any]]
_MAX_QUERY_STRING = 16 * 1024


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """What a client asks for: the id of a trusted document, or a text of its own."""

    document_id: str | None
    query: str | None
    variables: dict[str, Any]
    operation_name: str | None


async def read_body(receive: Receive, headers: Mapping[bytes, bytes], most: int) -> bytes:
    """The whole body; raises LimitExceeded as soon as it is larger than `most` bytes."""
    declared = headers.get(b"content-length", b"0")
    if declared.isdigit() and int(declared) > most:
        raise _too_large(int(declared), most)
    chunks, size = [], 0
    while True:
        message = await receive()
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > most:
            raise _too_large(size, most)
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)


def _too_large(figure: int, most: int) -> LimitExceeded:
    return LimitExceeded(
        "body_too_large",
        "Forespørselen er på {figure} byte. Den kan være på høyst {limit}.",
        limit=most,
        figure=figure,
    )


def from_json(body: bytes) -> GraphQLRequest:
    """A POSTed request; raises Invalid for what is no JSON object of the right shape."""
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Invalid("not_json", "Forespørselen er ikke gyldig JSON.") from None
    if not isinstance(sent, dict):
        raise Invalid("not_an_object", "Forespørselen må være ett JSON-objekt.")
    return from_sent(sent)


def from_query_string(raw: bytes) -> GraphQLRequest:
    """A GET request; raises Invalid, and LimitExceeded when it is too long."""
    if len(raw) > _MAX_QUERY_STRING:
        raise _too_large(len(raw), _MAX_QUERY_STRING)
    try:
        parts = {key: values[0] for key, values in parse_qs(raw.decode("ascii"), errors="strict").items()}
        sent: dict[str, Any] = dict(parts)
        for name in ("variables", "extensions"):
            if name in parts:
                sent[name] = orjson.loads(parts[name])
    except ValueError:
        raise Invalid("not_json", "Forespørselen er ikke gyldig JSON.") from None
    return from_sent(sent)


def from_sent(sent: dict[str, Any]) -> GraphQLRequest:
    """A request from its JSON object; raises Invalid for parts of the wrong kind."""
    extensions = sent.get("extensions") or {}
    persisted = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    document_id = sent.get("documentId")
    if document_id is None and isinstance(persisted, dict):
        document_id = persisted.get("sha256Hash")
    variables = sent.get("variables")
    return GraphQLRequest(
        document_id=_text(document_id, "documentId"),
        query=_text(sent.get("query"), "query"),
        variables=_object(variables if variables is not None else {}),
        operation_name=_text(sent.get("operationName"), "operationName"),
    )


def _text(value: Any, field: str) -> str | None:
    if value is not None and not isinstance(value, str):
        raise Invalid("not_text", "«{name}» må være tekst.", field=field, name=field)
    return value or None


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Invalid(
            "not_an_object", "«{name}» må være et JSON-objekt.", field="variables", name="variables"
        )
    return value
