"""Open data: all public proposals as one file, streamed as it is read from the database.

No Content-Length, so a stream that breaks cannot be taken for a whole one: in HTTP/1.1 the last chunk never
comes, and every format ends with its number of rows.
"""

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from api.languages import choose_language
from backend.errors import DomainError
from backend.imports.export import FORMATS, encode
from backend.imports.stream import EXPORT_COLUMNS, stream_proposals
from backend.words import translate
from web.about.export_filter import export_filter

MOST_AT_ONCE: Final = 2
"""Exports that one process sends at the same time: each holds a database connection to its end."""

MOST_SECONDS: Final = 600.0
"""How long one export may take: a reader slower than that would hold its place from others."""

_RETRY_SECONDS: Final = "30"


class ProposalExport:
    """GET /eksport/forslag.{format}, narrowed as its address says (web/about/export_filter.py).

    404 for a topic or place that is not there, 400 for too much asked, 503 when `MOST_AT_ONCE` are on
    their way already. Broken off after `MOST_SECONDS`.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._format = FORMATS[name]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the export; what fails on the way breaks the connection."""
        request = Request(scope, receive)
        places: asyncio.Semaphore = _places(request)
        if places.locked():
            await _busy(_language(request))(scope, receive, send)
            return
        async with places, asyncio.timeout(MOST_SECONDS):
            await self._send(request, send)

    async def _send(self, request: Request, send: Send) -> None:
        settings = request.app.state.settings
        try:
            wanted = await export_filter(settings.municipality, request.query_params)
        except DomainError as refusal:
            said = translate(_language(request), refusal.message, **refusal.params)
            await PlainTextResponse(said, refusal.status)(request.scope, request.receive, send)
            return
        async with aclosing(stream_proposals(settings.municipality, wanted)) as rows:
            content = encode(self._name, rows, EXPORT_COLUMNS)
            headers = self._headers(request.query_params.getlist("tema"))
            response = StreamingResponse(content, media_type=self._format.media_type, headers=headers)
            await response(request.scope, request.receive, send)

    def _headers(self, slugs: list[str]) -> dict[str, str]:
        name = f"forslag-{slugs[0]}" if len(slugs) == 1 and slugs[0] else "forslag"
        day = datetime.now(UTC).date().isoformat()
        return {
            "content-disposition": f'attachment; filename="{name}-{day}{self._format.suffix}"',
            "cache-control": "no-store",
        }


def _places(request: Request) -> asyncio.Semaphore:
    """The application's own, made on first use: a semaphore belongs to one event loop."""
    state = request.app.state
    if not hasattr(state, "export_places"):
        state.export_places = asyncio.Semaphore(MOST_AT_ONCE)
    found: asyncio.Semaphore = state.export_places
    return found


def _language(request: Request) -> str:
    return choose_language(request.headers.get("accept-language", "").encode("latin-1"))


def _busy(language: str) -> Response:
    return PlainTextResponse(
        translate(language, "Flere laster ned akkurat nå. Prøv igjen om et halvt minutt."),
        503,
        headers={"retry-after": _RETRY_SECONDS},
    )


routes = [
    Route(f"/eksport/forslag{chosen.suffix}", ProposalExport(name), methods=["GET"])
    for name, chosen in FORMATS.items()
]
