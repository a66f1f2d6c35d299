"""Whom a request is counted to, behind proxies that are trusted and others that are not."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.addresses import client_address
from backend.platform.settings import Settings, SettingsError, read_settings
from tests.fixtures.server import LocalServer, serving

TRUSTED = ("10.0.0.1", "10.0.0.2", "192.168.0.0/16", "2001:db8:ffff::/48")


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "192.0.2.66, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "192.0.2.66, 198.51.100.1, 192.168.4.5, 10.0.0.2", "198.51.100.1"),
        ("192.168.200.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "nonsense", "unknown"),
        ("10.0.0.1", ", ,", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1:4711, 10.0.0.2:80", "198.51.100.1"),
        ("10.0.0.1", "[2001:db8:1:2::9]:4711", "2001:db8:1:2::/64"),
        ("10.0.0.1", '"[2001:db8:1:2::9]:4711"', "2001:db8:1:2::/64"),
        ("10.0.0.1", "[2001:db8:1:2::9]", "2001:db8:1:2::/64"),
        ("10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("2001:db8:ffff::1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "", "fe80::/64"),
        ("::ffff:203.0.113.7", "", "203.0.113.7"),
    ],
)
def test_only_a_trusted_proxy_is_believed(peer: str, forwarded: str, address: str) -> None:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    assert client_address({"client": (peer, 1), "headers": headers}, TRUSTED) == address


def test_a_header_that_stands_twice_is_one_list() -> None:
    headers = [(b"x-forwarded-for", b"192.0.2.66"), (b"x-forwarded-for", b"198.51.100.1, 10.0.0.2")]
    assert client_address({"client": ("10.0.0.1", 1), "headers": headers}, TRUSTED) == "198.51.100.1"


def test_without_a_peer_the_address_is_unknown() -> None:
    headers = [(b"x-forwarded-for", b"198.51.100.1")]
    assert client_address({"client": None, "headers": headers}, ()) == "unknown"


@contextlib.asynccontextmanager
async def _proxy(target: str, source: str) -> AsyncIterator[str]:
    """A proxy that notes where a request came from and asks on from an address of its own; where it answers."""
    transport = httpx.AsyncHTTPTransport(local_address=source)
    async with httpx.AsyncClient(base_url=target, transport=transport) as onward:

        async def passed(request: Request) -> Response:
            assert request.client is not None
            before = request.headers.get("x-forwarded-for")
            chain = f"{before}, {request.client.host}" if before else request.client.host
            answer = await onward.request(
                request.method,
                request.url.path,
                content=await request.body(),
                headers={"content-type": "application/json", "x-forwarded-for": chain},
            )
            return Response(answer.content, answer.status_code)

        config = uvicorn.Config(
            Starlette(routes=[Route("/graphql", passed, methods=["POST"])]),
            port=0,
            log_config=None,
            proxy_headers=False,
            lifespan="off",
        )
        server = LocalServer(config)
        running = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody when it has started
            await asyncio.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        finally:
            server.should_exit = True
            await running


async def _requested(address: str, client: str) -> int:
    transport = httpx.AsyncHTTPTransport(local_address=client)
    async with httpx.AsyncClient(base_url=address, transport=transport) as http:
        return (await http.post("/graphql", json={"query": "{ __typename }"})).status_code


async def test_behind_two_proxies_each_visitor_has_a_count(fresh: Settings) -> None:
    """Visitors, the outer proxy, the inner one and the site, each at an address of the loopback network."""
    chain = ("127.0.1.1", "127.0.2.0/24")
    async with (
        serving(fresh, rate_limits={"address.free": "2/hour"}, trusted_proxies=chain) as served,
        _proxy(served.url, "127.0.1.1") as inner,
        _proxy(inner, "127.0.2.9") as outer,
    ):
        assert [await _requested(outer, "127.0.3.1") for _ in range(3)] == [200, 200, 429]
        assert [await _requested(outer, "127.0.3.2") for _ in range(3)] == [200, 200, 429]
        # The inner one believes nobody's word but the outer one's.
        assert [await _requested(inner, "127.0.3.3") for _ in range(3)] == [200, 200, 429]


def _read(text: str) -> tuple[str, ...]:
    environ = {
        "SAMSKAP_ENV": "test",
        "SAMSKAP_DATABASE_URL": "postgresql://x@y/z",
        "SAMSKAP_REDIS_URL": "redis://x",
        "SAMSKAP_PEPPERS": "1:" + "ab" * 32,
        "SAMSKAP_TRUSTED_PROXIES": text,
    }
    return read_settings(environ).trusted_proxies


def test_addresses_and_networks_are_read() -> None:
    assert _read("10.0.0.1, 192.168.0.0/16 2001:db8::/32") == (
        "10.0.0.1/32",
        "192.168.0.0/16",
        "2001:db8::/32",
    )
    with pytest.raises(SettingsError, match="TRUSTED_PROXIES"):
        _read("proxy.example")
