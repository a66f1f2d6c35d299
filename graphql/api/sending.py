"""Sending what is ready: a whole body at once, or word that the client has it already."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from api.answers import CacheEntry, is_known

Send = Callable[[Any], Awaitable[None]]
Header = tuple[bytes, bytes]


async def send_whole(send: Send, status: int, body: bytes, headers: Sequence[Header]) -> None:
    """The body with its length."""
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [length, *headers]})
    await send({"type": "http.response.body", "body": body})


async def send_cached(
    send: Send, entry: CacheEntry, held: bytes, headers: Sequence[Header], content: Sequence[Header]
) -> None:
    """What is kept, or 304 to a client that holds it (`held` is its If-None-Match).

    `headers` go with both; `content` describes the body, and goes with the body.
    """
    etag = (b"etag", entry.etag)
    if is_known(entry.etag, held):
        await send({"type": "http.response.start", "status": 304, "headers": [etag, *headers]})
        await send({"type": "http.response.body", "body": b""})
        return
    await send_whole(send, 200, entry.body, (*content, etag, *headers))
