"""Serving until told to stop: first out of the proxy's rotation, then no new connections, then the end."""

import asyncio
import signal
import socket
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from backend.platform.settings import Settings
from backend.platform.tracing import stop_tracing
from web.serving_protocol import BoundedProtocol

# Running requests have this long, well below the grace of whoever stops the process.
_GRACE_SECONDS = 20


class Server(uvicorn.Server):
    """Stops in two steps: for `drain_seconds` it still serves but says it is not ready, so that a proxy that asks
    sends its visitors elsewhere. A second signal skips the wait."""

    def __init__(self, app: Starlette, settings: Settings) -> None:
        super().__init__(_config(app, settings))
        self._app = app
        self._seconds = settings.drain_seconds
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen; from then on a stop has two steps."""
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, let running requests finish, then end.

        uvicorn leaves by the signal itself, past what is due at exit.
        """
        self._app.state.live.close()
        await super().shutdown(sockets)
        await asyncio.to_thread(stop_tracing)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Called by Python between two instructions of the main thread: only notes what to do."""
        is_first = sig == signal.SIGTERM and not self._app.state.is_draining
        if self._loop is None or not is_first or not self._seconds:
            super().handle_exit(sig, frame)
            return
        self._app.state.is_draining = True
        self._loop.call_soon_threadsafe(self._loop.call_later, self._seconds, super().handle_exit, sig, None)


def _config(app: Starlette, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=BoundedProtocol,
        ws="websockets-sansio",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        ws_max_size=64 * 1024,
        # Answers are small, and a compressor for each of thousands of sockets is not.
        ws_per_message_deflate=False,
        h11_max_incomplete_event_size=32 * 1024,
    )
