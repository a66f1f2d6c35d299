"""Open data: all public proposals as one file, made once and sent to whoever asks (export_files.py)."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from datetime import datetime
from typing import IO, Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from api.addresses import client_address
from api.answers import is_known
from api.context import Context
from api.languages import choose_language
from backend.imports.export import FORMATS, SPREADSHEET, encode
from backend.imports.stream import EXPORT_COLUMNS, ExportFilter, stream_proposals
from backend.platform.authz import Actor
from backend.platform.errors import DomainError, Invalid, Unavailable
from backend.platform.i18n import translate
from web.about.export_files import ExportFile, ExportFiles
from web.about.export_filter import export_filter
from web.page.formats import ZONE

MOST_AT_ONCE: Final = 50
"""Exports that one process sends or makes at the same time, each for another address."""

LEAST_SPEED: Final = 16_384
"""Bytes a second that a reader must take; a slower one is broken off."""

_CHUNK: Final = 131_072
_RETRY_SECONDS: Final = "30"


class ProposalExport:
    """GET /eksport/forslag.{format}, narrowed as its address says (web/about/export_filter.py).

    `variant=regneark` makes a CSV that Norwegian spreadsheets open by a double click. 404 for a topic or place that
    is not there, 400 for too much asked, 429 when the address is being sent an export already, 503 when
    `MOST_AT_ONCE` are. A reader slower than `LEAST_SPEED` is broken off.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the export; what fails on the way breaks the connection."""
        request = Request(scope, receive)
        with _turn(request) as refusal:
            response = refusal or await self._found(request)
            if isinstance(response, Response):
                await response(scope, receive, send)
            else:
                await self._send(request, response, send)

    async def _found(self, request: Request) -> Response | ExportFile:
        query, settings = request.query_params, request.app.state.settings
        municipality: int = settings.municipality
        try:
            format_ = self._format(query.get("variant", ""))
            stranger = Context(Actor(municipality), settings, _language(request))
            filters = await export_filter(stranger, query)

            async def write(stream: IO[bytes]) -> None:
                await _write(municipality, filters, format_, stream)

            files: ExportFiles = request.app.state.export_files
            return await files.find(_name(format_, filters), write)
        except DomainError as error:
            message = translate(_language(request), error.message, **error.params)
            headers = {"retry-after": _RETRY_SECONDS} if error.status == Unavailable.status else {}
            return PlainTextResponse(message, error.status, headers=headers)

    def _format(self, variant: str) -> str:
        if not variant:
            return self._name
        if variant == "regneark" and self._name == "csv":
            return SPREADSHEET
        raise Invalid("variant_unknown", "Det finnes ingen slik utgave av filen.", field="variant")

    async def _send(self, request: Request, file: ExportFile, send: Send) -> None:
        headers = self._headers(request.query_params.getlist("tema"), file)
        known = is_known(file.etag, request.headers.get("if-none-match", "").encode("latin-1"))
        status = 304 if known else 200
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": headers if not known else headers[1:],
            }
        )
        if known or request.method == "HEAD":
            await send({"type": "http.response.body", "body": b""})
            return
        at = 0
        while at < file.size or not at:
            # A file may be sent to many at a time, so each reads from a place of its own.
            chunk = await asyncio.to_thread(os.pread, file.descriptor, _CHUNK, at)
            at += len(chunk)
            async with asyncio.timeout(_CHUNK / LEAST_SPEED):
                await send({"type": "http.response.body", "body": chunk, "more_body": at < file.size})

    def _headers(self, slugs: list[str], file: ExportFile) -> list[tuple[bytes, bytes]]:
        chosen = FORMATS[self._name]
        name = f"forslag-{slugs[0]}" if len(slugs) == 1 and slugs[0] else "forslag"
        day = datetime.now(ZONE).date().isoformat()
        return [
            (b"content-length", str(file.size).encode()),
            (b"content-type", chosen.media_type.encode()),
            (b"content-disposition", f'attachment; filename="{name}-{day}{chosen.suffix}"'.encode()),
            (b"etag", file.etag),
            (b"cache-control", b"no-cache"),
        ]


async def _write(municipality: int, filters: ExportFilter, format_: str, stream: IO[bytes]) -> None:
    async with aclosing(stream_proposals(municipality, filters)) as rows:
        async for chunk in encode(format_, rows, EXPORT_COLUMNS):
            stream.write(chunk)


def _name(format_: str, filters: ExportFilter) -> str:
    """What the file is kept under: all that decides what is in it."""
    # What is overdue changes by the clock alone, and nobody says so.
    minute = datetime.now(ZONE).strftime("%H:%M") if filters.only.overdue is not None else ""
    return f"{format_} {filters} {minute}"


@contextmanager
def _turn(request: Request) -> Iterator[Response | None]:
    """A place among those who are sent something, or the refusal: one for each address, and not too many."""
    served = _served(request)
    address = client_address(request.scope, request.app.state.settings.trusted_proxies)
    if address in served:
        yield _busy(request, 429, "Du laster allerede ned en fil. Vent til den er ferdig.")
    elif len(served) >= MOST_AT_ONCE:
        yield _busy(request, 503, "Mange laster ned akkurat nå. Prøv igjen om et halvt minutt.")
    else:
        served.add(address)
        try:
            yield None
        finally:
            served.discard(address)


def _served(request: Request) -> set[str]:
    state = request.app.state
    if not hasattr(state, "export_readers"):
        state.export_readers = set()
    found: set[str] = state.export_readers
    return found


def _language(request: Request) -> str:
    return choose_language(request.headers.get("accept-language", "").encode("latin-1"))


def _busy(request: Request, status: int, message: str) -> Response:
    message = translate(_language(request), message)
    return PlainTextResponse(message, status, headers={"retry-after": _RETRY_SECONDS})


routes = [
    Route(f"/eksport/forslag{chosen.suffix}", ProposalExport(name), methods=["GET", "HEAD"])
    for name, chosen in FORMATS.items()
]
