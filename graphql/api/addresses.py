"""Which network address a request came from, behind however many proxies."""

from collections.abc import Iterator, MutableMapping, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
UNKNOWN = "unknown"


def client_address(scope: MutableMapping[str, Any], trusted: Sequence[str]) -> str:
    """Whom to count a request to: the nearest address in its chain that is no trusted proxy.

    `trusted` are addresses and networks, of every proxy in the chain: each one's word (X-Forwarded-For) is believed
    about the hop before it. An IPv6 client counts by its /64, since it may pick any address in it.
    """
    networks = _networks(tuple(trusted))
    client = scope.get("client")
    found = _parsed(str(client[0])) if client else None
    if found is None or not _is_in(found, networks):
        return _counted(found)
    for hop in _forwarded(scope):
        found = _parsed(hop)
        if found is None or not _is_in(found, networks):
            return _counted(found)
    return _counted(found)


def _forwarded(scope: MutableMapping[str, Any]) -> Iterator[str]:
    """The hops that proxies noted, the nearest first; the header may stand more than once (RFC 9110, 5.3)."""
    lines = [
        value.decode("latin-1") for name, value in scope.get("headers", ()) if name == b"x-forwarded-for"
    ]
    for hop in reversed(",".join(lines).split(",")):
        if hop.strip():
            yield hop.strip()


def _parsed(hop: str) -> Address | None:
    """The address of a hop, which some proxies write with its port: 192.0.2.1:4711, [2001:db8::1]:4711."""
    text = hop.strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def _is_in(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def _counted(address: Address | None) -> str:
    if address is None:
        return UNKNOWN
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


@lru_cache(maxsize=16)
def _networks(trusted: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ip_network(text, strict=False) for text in trusted)
