"""GraphiQL, for those who build on the API: in `dev` only, and from Strawberry's own page."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from strawberry.http.ides import get_graphql_ide_html

from backend.settings import Settings


def wants_explorer(
    settings: Settings, scope: MutableMapping[str, Any], headers: Mapping[bytes, bytes]
) -> bool:
    """Whether a browser opened the address itself, on a developer's machine."""
    is_bare = scope["method"] == "GET" and not scope["query_string"]
    return settings.env == "dev" and is_bare and b"text/html" in headers.get(b"accept", b"")


async def send_explorer(send: Callable[[Any], Awaitable[None]]) -> None:
    """Answer with the page."""
    body = get_graphql_ide_html().encode()
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
