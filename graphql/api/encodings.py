"""Content codings (RFC 9110, 12.5.3): which one a client takes, and putting a body into it."""

import asyncio
import gzip
from collections.abc import Iterator
from functools import lru_cache

import brotli

BROTLI, GZIP, IDENTITY = "br", "gzip", ""
LEAST_BYTES = 1_000
"""What is shorter fits into a packet or two as it is."""

_OURS = (BROTLI, GZIP)
_QUALITY = 5
_LEVEL = 6


@lru_cache(maxsize=512)
def choose_encoding(accept_encoding: bytes) -> str:
    """The coding to answer in: the one weighed most, of equals the shorter; empty for the body as it is."""
    weights = dict(_weights(accept_encoding.decode("latin-1").lower()))
    anything = weights.get("*", 0.0)
    named = {"x-gzip": GZIP}
    for alias, name in named.items():
        weights.setdefault(name, weights.get(alias, anything))
    offered = [(weights.get(name, anything), name) for name in _OURS]
    best, name = max(offered, key=lambda offer: offer[0])
    # What says that it prefers the body as it is gets it so.
    return name if best > 0 and best >= weights.get("identity", 0.0) else IDENTITY


def _weights(header: str) -> Iterator[tuple[str, float]]:
    for part in header.split(","):
        name, _, parameters = part.partition(";")
        key, _, value = parameters.strip().partition("=")
        try:
            weight = float(value) if key.strip() == "q" else 1.0
        except ValueError:
            weight = 0.0
        if name.strip():
            yield name.strip(), min(max(weight, 0.0), 1.0)


def compressed(body: bytes, encoding: str) -> bytes:
    """The body in this coding; quickly rather than as small as can be."""
    if encoding == BROTLI:
        return bytes(brotli.compress(body, quality=_QUALITY))
    if encoding == GZIP:
        return gzip.compress(body, _LEVEL, mtime=0)
    return body


async def compress(body: bytes, encoding: str) -> bytes:
    """As `compressed`, beside the event loop."""
    return await asyncio.to_thread(compressed, body, encoding) if encoding else body
