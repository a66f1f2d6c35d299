"""Text that is made for one reader goes out compressed, where the reader takes that.

What is kept for all is compressed once, where it is kept (web/page/cached_pages.py, api/app.py); our files
are compressed beforehand (web/page/assets.py). Streams go out as they come.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.encodings import LEAST_BYTES, choose_encoding, compress

_TEXT = (
    "text/html",
    "text/plain",
    "text/css",
    "text/csv",
    "application/json",
    "application/problem+json",
    "application/geo+json",
    "application/atom+xml",
    "application/xml",
    "application/manifest+json",
    "image/svg+xml",
)


class Compression:
    """Pure ASGI: holds back the start of an answer until its first part shows whether that is all of it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        encoding = _encoding_for(scope) if scope["type"] == "http" else ""
        if not encoding:
            await self._app(scope, receive, send)
            return
        # Weakened on its way out; who made it knows it as it was.
        scope["headers"] = [
            (name, value.replace(b'W/"', b'"') if name == b"if-none-match" else value)
            for name, value in scope["headers"]
        ]
        start: Message | None = None

        async def send_compressed(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_text(message):
                start = message
                return
            if start is not None:
                begun, start = start, None
                if not message.get("more_body"):
                    message = await _shorter(begun, message, encoding)
                await send(begun)
            await send(message)

        await self._app(scope, receive, send_compressed)


def _encoding_for(scope: Scope) -> str:
    """The coding that the client takes; none where it could tell a listener what is secret on the page.

    Somebody's own page beside words out of the address: another site could try words and see the length shrink when
    they are on the page (BREACH).
    """
    headers = Headers(scope=scope)
    if scope["query_string"] and ("cookie" in headers or "authorization" in headers):
        return ""
    return choose_encoding(headers.get("accept-encoding", "").encode("latin-1"))


def _is_text(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    kind = headers.get("content-type", "").partition(";")[0]
    return kind in _TEXT and "content-encoding" not in headers and start["status"] != 304


async def _shorter(start: Message, message: Message, encoding: str) -> Message:
    """The whole body compressed, when that is worth it; the start says so then."""
    body = message.get("body", b"")
    headers = MutableHeaders(raw=start["headers"])
    headers.add_vary_header("accept-encoding")
    if len(body) >= LEAST_BYTES:
        body = await compress(body, encoding)
        headers["content-encoding"] = encoding
        headers["content-length"] = str(len(body))
        if etag := headers.get("etag"):
            # Other bytes: what names the bytes as they were names these no more (RFC 9110, 8.8.3.3).
            headers["etag"] = etag if etag.startswith("W/") else f"W/{etag}"
    start["headers"] = headers.raw
    return {**message, "body": body}
