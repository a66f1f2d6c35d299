"""SIGTERM: what runs is finished, nothing is begun, and the process says so beforehand."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import orjson
from websockets.asyncio.client import connect

from backend.platform.database import connection_parameters
from tests.system.processes import Supervised, Town, free_port

SLOW = {"query": "{ topics { edges { node { slug } } } }"}


@contextlib.asynccontextmanager
async def _locked(town: Town, table: str) -> AsyncIterator[asyncpg.Connection]:
    """Nobody else can read the table within the block; yields a connection that can."""
    held = await asyncpg.connect(**connection_parameters(town.postgres.url))
    try:
        async with held.transaction():
            await held.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            yield held
    finally:
        await held.close()


async def _somebody_waits(held: asyncpg.Connection) -> None:
    async with asyncio.timeout(20):
        while not await held.fetchval(  # noqa: ASYNC110 - the server tells only who asks
            "SELECT count(*) FROM pg_locks WHERE NOT granted"
        ):
            await asyncio.sleep(0.02)


async def _web(town: Town, **more: str) -> tuple[Supervised, str]:
    port = free_port()
    process = town.start(f"web{port}", "web", SAMSKAP_PORT=str(port), **more)
    url = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(trust_env=False) as http, asyncio.timeout(60):
        while True:
            with contextlib.suppress(httpx.TransportError):
                if (await http.get(f"{url}/health/ready")).status_code == 200:
                    return process, url
            await asyncio.sleep(0.1)


def _client(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, timeout=30, trust_env=False)


async def test_a_running_request_is_finished(small_town: Town) -> None:
    process, url = await _web(small_town, SAMSKAP_DRAIN_SECONDS="0", SAMSKAP_OPERATION_TIMEOUT="20")
    async with _client(url) as http:
        async with _locked(small_town, "topic") as held:
            request = asyncio.create_task(http.post("/graphql", json=SLOW))
            await _somebody_waits(held)
            stopped = asyncio.create_task(process.stop())
            await asyncio.sleep(1.5)
            assert not stopped.done()
            assert not request.done()
        answer = await request
    assert answer.status_code == 200
    assert answer.json()["data"]["topics"]["edges"]
    await stopped


async def test_it_says_beforehand_that_it_will_stop_and_serves_on(small_town: Town) -> None:
    process, url = await _web(small_town, SAMSKAP_DRAIN_SECONDS="3")
    async with _client(url) as http:
        stopped = asyncio.create_task(process.stop())
        async with asyncio.timeout(2):
            while (  # noqa: ASYNC110 - readiness is what is asked for
                answer := await http.get("/health/ready")
            ).status_code == 200:
                await asyncio.sleep(0.05)
        assert answer.status_code == 503
        assert answer.json()["parts"]["process"] == {"ok": False, "detail": "stopping"}
        assert (await http.get("/health/live")).status_code == 200
        assert (await http.post("/graphql", json=SLOW)).json()["data"]["topics"]["edges"]
    await stopped


async def test_a_second_signal_does_not_wait(small_town: Town) -> None:
    process, _ = await _web(small_town, SAMSKAP_DRAIN_SECONDS="60")
    stopped = asyncio.create_task(process.stop())
    await asyncio.sleep(0.3)
    process.send(signal.SIGTERM)
    async with asyncio.timeout(10):
        await stopped


async def test_sockets_are_shown_that_the_service_restarts(small_town: Town) -> None:
    process, url = await _web(small_town, SAMSKAP_DRAIN_SECONDS="0")
    address = url.replace("http", "ws") + "/graphql"
    async with connect(address, subprotocols=["graphql-transport-ws"], proxy=None) as client:  # type: ignore[list-item]
        await client.send('{"type": "connection_init"}')
        assert orjson.loads(await client.recv())["type"] == "connection_ack"
        query = "subscription { moderationQueueChanged { __typename } }"
        await client.send(
            orjson.dumps({"id": "a", "type": "subscribe", "payload": {"query": query}}).decode()
        )
        await client.recv()
        stopped = asyncio.create_task(process.stop())
        await client.wait_closed()
        assert client.close_code == 1012
    await stopped
    assert "Traceback" not in (small_town.home / f"{process.name}.log").read_text()


async def test_a_running_job_is_finished(small_town: Town) -> None:
    relay = small_town.start("relay", "workers.relay")
    worker = small_town.start("worker", "workers", "--queue", "fast")
    async with _locked(small_town, "support_window") as held:
        await _enqueue(small_town)
        await _somebody_waits(held)
        stopped = asyncio.create_task(worker.stop())
        await asyncio.sleep(2)
        assert not stopped.done()
        assert await _job(small_town) == {"done": False, "attempts": 0}
    await stopped
    assert await _job(small_town) == {"done": True, "attempts": 0}
    await relay.stop()
    assert "Traceback" not in (small_town.home / "worker.log").read_text()


async def _enqueue(town: Town) -> None:
    held = await asyncpg.connect(**connection_parameters(town.postgres.url))
    await held.execute(
        """INSERT INTO outbox (job, key, payload, queue)
           VALUES ('count_supports', 'shutdown', '{"municipality_id": 3201}', 'fast')"""
    )
    await held.close()


async def _job(town: Town) -> dict[str, Any]:
    held = await asyncpg.connect(**connection_parameters(town.postgres.url))
    row = await held.fetchrow(
        "SELECT done_at IS NOT NULL AS done, attempts FROM outbox WHERE key = 'shutdown'"
    )
    await held.close()
    return dict(row) if row else {}
