"""Half-sent requests end: whoever begins one has so long to send the rest."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from backend.imports.addresses import UPLOAD_PATH

HEADER_SECONDS = 10.0
BODY_SECONDS = 60.0
UPLOAD_SECONDS = 330.0
"""For paths that take files; those who receive one have a limit of their own, a little below."""

_UPLOADS = UPLOAD_PATH.encode()


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's own, with a clock that runs only while a request is incomplete after what has come of it."""

    header_seconds = HEADER_SECONDS
    body_seconds = BODY_SECONDS

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._clock: asyncio.TimerHandle | None = None
        self._is_whole = False
        self._has_headers = False
        self._runs_for_body = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody is there: the first request is to come."""
        super().connection_made(transport)
        self._start(self.header_seconds)

    def data_received(self, data: bytes) -> None:
        """After each part: whole requests stop the clock, incomplete ones start it."""
        super().data_received(data)
        if self._is_whole or self.transport.get_protocol() is not self:
            self._stop()
        elif self._clock is None or self._has_headers != self._runs_for_body:
            self._stop()
            self._runs_for_body = self._has_headers
            self._start(self._body_seconds() if self._has_headers else self.header_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._stop()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A request begins."""
        self._is_whole = self._has_headers = False
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """All but the body has come."""
        self._has_headers = True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All has come."""
        self._is_whole = True
        super().on_message_complete()

    def _body_seconds(self) -> float:
        return UPLOAD_SECONDS if _UPLOADS in self.url else self.body_seconds

    def _start(self, seconds: float) -> None:
        self._clock = self.loop.call_later(seconds, self.transport.abort)

    def _stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
