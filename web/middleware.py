"""Around every request: an id, a log line, a figure, and headers that are always right."""

import re
from collections.abc import MutableMapping
from functools import lru_cache
from time import perf_counter
from typing import Any
from uuid import uuid4

import structlog
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import RETRY_SECONDS
from backend.platform.settings import Settings
from backend.platform.tracing import span
from web.page.policy import security_headers

log = structlog.get_logger("http")
REQUESTS = Counter("samskap_requests", "Requests by route and status", ["route", "status"])
REQUEST_SECONDS = Histogram("samskap_request_seconds", "Seconds a request took", ["route"])
# Routes and statuses are few, and finding a figure by its labels takes longer than adding to it.
_count_of = lru_cache(2_000)(REQUESTS.labels)
_seconds_of = lru_cache(500)(REQUEST_SECONDS.labels)
_RETRY = (b"retry-after", str(RETRY_SECONDS).encode())
_REQUEST_ID = re.compile(rb"[A-Za-z0-9-]{8,64}")


class Requests:
    """Pure ASGI: adds no task and copies no body."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._is_quiet = settings.env != "production"
        self._headers = security_headers(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with `request_id` in its scope."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request_id = _given_id(scope) or uuid4().hex
        scope["request_id"] = request_id
        structlog.contextvars.bind_contextvars(request_id=request_id)
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        started, status = perf_counter(), 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message["headers"],
                    *self._headers,
                    (b"x-request-id", request_id.encode()),
                ]
                # Whoever is to come back later is told when, whatever told them to.
                if status in (429, 503) and all(name != b"retry-after" for name, _ in message["headers"]):
                    message["headers"].append(_RETRY)
            await send(message)

        try:
            with span(f"request {scope['method']}", request_id=request_id):
                await self._app(scope, receive, send_with_headers)
        finally:
            self._note(scope, status, perf_counter() - started)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = _route_of(scope)
        _count_of(route, status).inc()
        _seconds_of(route).observe(seconds)
        if status >= 500 or not self._is_quiet:
            # The address is in no log, nor is the path: both may tell who somebody is or what they look for.
            log.info(
                "request",
                request_id=scope["request_id"],
                method=scope["method"],
                route=route,
                status=status,
                ms=round(seconds * 1000, 1),
                operation=scope.get("operation"),
                actor=scope.get("actor_id"),
            )


def _given_id(scope: Scope) -> str | None:
    """A proxy's request id, when it is plainly one: it ends up in logs."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return str(value.decode())
    return None


def _route_of(scope: MutableMapping[str, Any]) -> str:
    """The route's pattern, not the address: addresses are without number."""
    route = scope.get("route")
    return getattr(route, "path", None) or ("/graphql" if scope["path"] == "/graphql" else "other")
