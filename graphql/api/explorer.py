"""A browser that opens the API's address itself is sent on to the page about it."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

PAGE = b"/nb/om/api"


def wants_page(scope: MutableMapping[str, Any], headers: Mapping[bytes, bytes]) -> bool:
    """Whether somebody looks at the bare address with a browser, rather than asking something."""
    is_bare = scope["method"] == "GET" and not scope["query_string"]
    return is_bare and b"text/html" in headers.get(b"accept", b"")


async def send_to_page(send: Callable[[Any], Awaitable[None]]) -> None:
    """Answer with the way on (303)."""
    headers = [(b"location", PAGE), (b"cache-control", b"no-store"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
