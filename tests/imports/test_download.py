"""Exports over HTTP, from a real server: whole, or visibly broken."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import asyncpg
import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from backend.database import connection_parameters, execute, fetch
from backend.imports.export import FORMATS
from backend.settings import Settings
from web.about import exports
from web.about.exports import MOST_AT_ONCE, routes

from .test_stream import fill

LONG = "Benker langs stien. " * 50


@pytest.fixture
async def client(fresh: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=routes)
    app.state.settings = fresh
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
        serving = asyncio.create_task(server.serve([listener]))
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=30) as client:
            yield client
        server.should_exit = True
        await serving


@pytest.mark.parametrize("name", sorted(FORMATS))
async def test_a_whole_download(fresh: Settings, client: httpx.AsyncClient, name: str) -> None:
    await fill(fresh, 250, LONG)
    response = await client.get(f"/eksport/forslag.{name}")
    assert response.status_code == 200
    assert response.headers["content-type"] == FORMATS[name].media_type
    day = datetime.now(UTC).date().isoformat()
    assert response.headers["content-disposition"] == f'attachment; filename="forslag-{day}.{name}"'
    assert "content-length" not in response.headers
    assert "etag" not in response.headers
    last = response.text.rstrip().splitlines()[-1]
    assert last == {"csv": "#rows=250", "jsonl": '{"end":true,"rows":250}', "geojson": '],"rows":250}'}[name]


async def test_one_topic(fresh: Settings, client: httpx.AsyncClient) -> None:
    await fill(fresh, 3)
    await execute("UPDATE proposal SET topic_id = (SELECT max(id) FROM topic) WHERE external_key = '2'")
    slug = [json.loads(line) for line in (await client.get("/eksport/forslag.jsonl")).text.splitlines()][1][
        "topic"
    ]
    response = await client.get("/eksport/forslag.jsonl", params={"tema": slug})
    assert json.loads(response.text.splitlines()[-1]) == {"end": True, "rows": 1}
    assert f"forslag-{slug}-" in response.headers["content-disposition"]
    missing = await client.get("/eksport/forslag.csv", params={"tema": "finnes-ikke"})
    assert missing.status_code == 404


async def test_it_is_narrowed_as_lists_are_and_to_what_was_chosen(
    fresh: Settings, client: httpx.AsyncClient
) -> None:
    await fill(fresh, 4)
    ids = [row["id"] for row in await fetch("SELECT id FROM proposal ORDER BY id")]
    await execute("UPDATE proposal SET published_at = now() - interval '2 years' WHERE id = $1", ids[0])

    async def found(**asked: object) -> list[int]:
        response = await client.get("/eksport/forslag.jsonl", params=asked)
        return [row["id"] for row in map(json.loads, response.text.splitlines()) if "id" in row]

    assert await found(ids=[ids[3], f"{ids[1]},{ids[2]}", "tull"]) == ids[1:]
    assert await found(ids="") == []
    assert await found(frist="over") == ids[:1]
    assert await found(status="apne", frist="innen") == ids[1:]
    assert await found(status="vurderes", frist="over") == []
    assert await found(sok="finnes-ikke", utfall="ja") == []
    many = ",".join(str(number) for number in range(1, 102))
    for asked, status in (({"ids": many}, 400), ({"sok": "a" * 201}, 400), ({"sted": "tull"}, 404)):
        assert (await client.get("/eksport/forslag.csv", params=asked)).status_code == status


async def test_what_breaks_on_the_way_is_seen_by_the_reader(
    fresh: Settings, client: httpx.AsyncClient
) -> None:
    await fill(fresh, 30_000, LONG)
    admin = await asyncpg.connect(**connection_parameters(fresh.database_url))
    async with client.stream("GET", "/eksport/forslag.csv") as response:
        assert response.status_code == 200
        chunks = response.aiter_raw()
        await anext(chunks)
        ended = await admin.fetchval(
            """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"""
        )
        assert ended == 1
        with pytest.raises(httpx.RemoteProtocolError):
            await _read_to_the_end(chunks)
    await admin.close()
    assert (await client.get("/eksport/forslag.csv", params={"tema": "finnes-ikke"})).status_code == 404


async def test_only_so_many_at_once_and_the_place_is_given_back(
    fresh: Settings, client: httpx.AsyncClient
) -> None:
    await fill(fresh, 30_000, LONG)
    async with asyncio.timeout(30):
        streams = [client.stream("GET", "/eksport/forslag.csv") for _ in range(MOST_AT_ONCE)]
        for stream in streams:
            await stream.__aenter__()
        refused = await client.get("/eksport/forslag.csv")
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "30"
        for stream in streams:
            # The reader goes away in the middle.
            await stream.__aexit__(None, None, None)
        await _until_free(client)


async def test_who_reads_too_slowly_is_broken_off(
    fresh: Settings, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST_SECONDS", 0.5)
    await fill(fresh, 30_000, LONG)
    async with client.stream("GET", "/eksport/forslag.csv") as response:
        chunks = response.aiter_raw()
        await anext(chunks)
        await _until_free(client)
        with pytest.raises(httpx.RemoteProtocolError):
            await _read_to_the_end(chunks)


async def _read_to_the_end(chunks: AsyncIterator[bytes]) -> None:
    async for _ in chunks:
        pass


async def _until_free(client: httpx.AsyncClient) -> None:
    # The server notices that a reader has gone when it next writes.
    while (await client.get("/eksport/forslag.csv", params={"tema": "x"})).status_code == 503:  # noqa: ASYNC110 - the state is another program's
        await asyncio.sleep(0.05)
