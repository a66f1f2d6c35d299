"""Pages for strangers, kept whole and given out before any routing; dropped by tags like the API's answers.

A page belongs to everybody when its reader has shown no credentials: then nothing in it can be about anybody. The
address holds the language. Only the chosen place, a cookie, makes another page of the same address.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.requests import Request, cookie_parser
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.answers import AnswerCache, CacheEntry, Flight, Key, SingleFlights
from api.encodings import choose_encoding, compress
from api.metrics import CACHED
from api.sending import send_cached
from backend.platform.i18n import LANGUAGES
from web.page.cookies import NOTICE_COOKIE, PLACE_COOKIE
from web.page.visit import Visit, visit_of

_STARTS = tuple(f"/{language}/" for language in LANGUAGES)
_PUBLIC = (b"cache-control", b"public, max-age=0, must-revalidate")
_VARY = (b"vary", b"cookie, accept-encoding")
_HTML = (b"content-type", b"text/html; charset=utf-8")
_MOST_QUERY = 1_000
_MOST_PLACE = 100

Make = Callable[[Visit], Awaitable[Response]]


def key_of(scope: MutableMapping[str, Any], session_cookie: bytes) -> Key | None:
    """What a stranger's page is kept under; None for what is not given out to all.

    A key is the path, the query with the chosen place, and the encoding that the browser takes.
    """
    cookies: dict[str, str] = {}
    encoding = ""
    for name, value in scope["headers"]:
        if name == b"cookie":
            if session_cookie in value or NOTICE_COOKIE.encode() in value:
                return None
            # Read just as the page reads them: were a place found by one and not by the other, anybody could
            # have theirs kept for all.
            cookies |= cookie_parser(value.decode("latin-1"))
        elif name == b"accept-encoding":
            encoding = choose_encoding(value)
        elif name in (b"authorization", b"hx-request"):
            return None
    query = scope["query_string"]
    place = cookies.get(PLACE_COOKIE, "").encode()
    if len(query) > _MOST_QUERY or len(place) > _MOST_PLACE:
        return None
    # No query has a line's end in it.
    return scope["path"], query + b"\n" + place, encoding


class PageCache:
    """The pages of one process, and those that are being made."""

    def __init__(self, cache: AnswerCache, session_cookie: str) -> None:
        self.cache = cache
        self._session_cookie = f"{session_cookie}=".encode()
        self._flights: SingleFlights[tuple[Response, CacheEntry | None]] = SingleFlights()

    def find(self, scope: MutableMapping[str, Any]) -> CacheEntry | None:
        """The page, if it is kept."""
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(_STARTS):
            return None
        key = key_of(scope, self._session_cookie)
        return self.cache.get(key) if key else None

    async def answer(self, request: Request, make: Make) -> Response:
        """The page as `make` makes it; for a stranger once for all who ask for it at the same time."""
        key = key_of(request.scope, self._session_cookie) if request.method == "GET" else None
        if key is None:
            return await make(await visit_of(request))
        CACHED.labels("miss").inc()
        flight = (key, self.cache.generation())
        is_first = flight not in self._flights
        response, entry = await self._flights.join(flight, lambda: self._make(request, make, flight))
        if entry:
            return _Page(entry)
        # That one has asked too often, or anything else that was refused, is about that one alone.
        return response if is_first else await make(await visit_of(request))

    async def _make(self, request: Request, make: Make, flight: Flight) -> tuple[Response, CacheEntry | None]:
        key, generation = flight
        visit = await visit_of(request)
        response = await make(visit)
        if (
            response.status_code != 200
            or not isinstance(response, HTMLResponse)
            or "set-cookie" in response.headers
        ):
            return response, None
        body = await compress(bytes(response.body), key[2])
        # The policy of strangers' pages is the same for all of them, and is sent with each.
        policy = response.headers["content-security-policy"]
        return response, self.cache.put(key, body, frozenset(visit.tags), generation, (key[2], policy))


class _Page(Response):
    """A kept page as a response."""

    def __init__(self, entry: CacheEntry) -> None:
        super().__init__()
        self._entry = entry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _send(self._entry, scope, send)


async def _send(entry: CacheEntry, scope: MutableMapping[str, Any], send: Send) -> None:
    encoding, policy = entry.about
    held = next((value for name, value in scope["headers"] if name == b"if-none-match"), b"")
    squeezed = ((b"content-encoding", encoding.encode()),) if encoding else ()
    headers = (_PUBLIC, _VARY, (b"content-security-policy", policy.encode()))
    await send_cached(send, entry, held, headers, (_HTML, *squeezed))


class CachedPages:
    """Gives out kept pages before the router is asked, which costs more than the page itself."""

    def __init__(self, app: ASGIApp, pages: PageCache) -> None:
        self._app = app
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what is kept, or pass on."""
        entry = self._pages.find(scope)
        if entry is None:
            await self._app(scope, receive, send)
            return
        CACHED.labels("hit").inc()
        await _send(entry, scope, send)
