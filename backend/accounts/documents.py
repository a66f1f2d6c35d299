"""JSON that providers publish about themselves (metadata, keys), fetched over HTTP and kept for a while."""

import asyncio
import json
import ssl
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx

from backend.platform.errors import Unavailable

CACHE_SECONDS = 3600.0
REFRESH_SECONDS = 10.0
"""How soon a document may be asked for again: anybody can send a token with a key id nobody knows."""

_PAUSE_SECONDS = 1.0
_MAX_BYTES = 512 * 1024
_TIMEOUT = httpx.Timeout(5.0, connect=2.0)


@dataclass(slots=True)
class _Held:
    document: dict[str, Any] | None = None
    fetched: float = 0.0
    tried: float = 0.0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


_held: dict[str, _Held] = {}


@cache
def _certificates() -> ssl.SSLContext:
    # Reading the certificates takes longer than most requests.
    return ssl.create_default_context()


def http_client() -> httpx.AsyncClient:
    """A client for one exchange with a provider: short timeouts, no redirects."""
    return httpx.AsyncClient(timeout=_TIMEOUT, verify=_certificates(), follow_redirects=False)


def provider_down() -> Unavailable:
    """What is told when a provider does not answer, or not in its own language."""
    return Unavailable(
        "provider_unavailable", "Innloggingstjenesten svarer ikke akkurat nå. Prøv igjen om litt."
    )


async def document(address: str, *, refresh: bool = False) -> dict[str, Any]:
    """The JSON object at `address`, at most an hour old; with `refresh`, newer than the one held if possible.

    When it cannot be fetched, the one held is used however old. Raises Unavailable when there is none.
    """
    held = _held.setdefault(address, _Held())
    seen = held.fetched
    async with held.turn:
        now = time.monotonic()
        if held.document is not None:
            is_newer = refresh and held.fetched > seen
            may_try = now - held.tried >= (REFRESH_SECONDS if refresh else CACHE_SECONDS)
            if is_newer or not may_try:
                return held.document
        elif held.tried and now - held.tried < _PAUSE_SECONDS:
            # Those who waited their turn while it failed need not wait for it to fail again.
            raise provider_down()
        held.tried = now
        try:
            held.document = await _fetch(address)
            held.fetched = now
        except (httpx.HTTPError, ValueError):
            if held.document is None:
                raise provider_down() from None
        return held.document


async def _fetch(address: str) -> dict[str, Any]:
    body = bytearray()
    async with http_client() as http, http.stream("GET", address) as answer:
        answer.raise_for_status()
        async for part in answer.aiter_bytes():
            body += part
            if len(body) > _MAX_BYTES:
                raise ValueError("the document is too large")
    found = json.loads(body)
    if not isinstance(found, dict):
        raise ValueError("the document is not an object")
    return found


def is_safe_address(address: object, *, allow_http: bool) -> bool:
    """Whether secrets may travel to this address: https, or plain http where only trials run."""
    if not isinstance(address, str):
        return False
    parts = urlsplit(address)
    return bool(parts.netloc) and parts.scheme in (("https", "http") if allow_http else ("https",))
