"""Requests that are begun and not sent to their end, over real sockets."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.fixtures.server import LocalServer, Served
from web.serving_protocol import BoundedProtocol

WHOLE = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nhallo"


class _Impatient(BoundedProtocol):
    header_seconds = 0.5
    body_seconds = 0.8


async def _echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(await request.body())


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """A server that waits no longer than a test may."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        app = Starlette(routes=[Route("/", _echo, methods=["POST"])])
        config = uvicorn.Config(app, http=_Impatient, lifespan="off", log_config=None, ws="none")
        server = LocalServer(config)
        running = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody when it has started
            await asyncio.sleep(0.01)
        yield listening.getsockname()[1]
        server.should_exit = True
        await running


async def _sent(port: int, *parts: bytes, pause: float = 0.0) -> bytes:
    """What comes back, with a pause after each part, until the server answers or closes; TimeoutError without."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.suppress(ConnectionError):
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)
    try:
        async with asyncio.timeout(4):
            return await reader.read(400)
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def test_a_whole_request_is_answered_however_it_comes(port: int) -> None:
    assert (await _sent(port, WHOLE)).endswith(b"hallo")
    assert (await _sent(port, WHOLE[:10], WHOLE[10:-2], WHOLE[-2:], pause=0.05)).endswith(b"hallo")


@pytest.mark.parametrize("begun", [b"", b"POST / HT", WHOLE[:-3], WHOLE.partition(b"\r\n\r\n")[0]])
async def test_a_request_that_does_not_end_is_given_up(port: int, begun: bytes) -> None:
    assert await _sent(port, begun) == b""


async def test_a_trickle_does_not_hold_the_clock(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n"
    assert await _sent(port, head, *[b"a"] * 15, pause=0.1) == b""


async def test_programs_find_what_they_look_for(served: Served) -> None:
    robots = await served.http.get("/robots.txt")
    assert "Disallow: /graphql" in robots.text
    assert robots.headers["content-type"].startswith("text/plain")
    contact = await served.http.get("/.well-known/security.txt")
    if served.settings.contact_email:
        assert f"Contact: mailto:{served.settings.contact_email}" in contact.text
    else:
        assert contact.status_code == 404
    assert "geolocation=(self)" in (await served.http.get("/nb/")).headers["permissions-policy"]
