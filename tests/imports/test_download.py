"""Exports over HTTP, from a real server: made once, whole, and at the expense of nobody else."""

import asyncio
import csv
import json
import re
import socket
from collections.abc import AsyncIterator
from datetime import datetime
from typing import IO, Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from backend.imports.export import FORMATS
from backend.platform.authz import Actor
from backend.platform.database import execute, fetch
from backend.platform.errors import Unavailable
from backend.platform.settings import Settings
from tests.fixtures.operations import ask
from tests.proposals.support import OTHER_WORDS, WORDS, published
from web.about import exports
from web.about.export_files import MOST_WAITING, ExportFiles
from web.about.exports import routes
from web.page.formats import ZONE

from .test_stream import fill

LONG = "Benker langs stien. " * 50


@pytest.fixture
def files() -> ExportFiles:
    """As a process has them that hears of changes."""
    made = ExportFiles()
    made.set_listening(up=True)
    return made


@pytest.fixture
async def client(fresh: Settings, files: ExportFiles) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=routes)
    app.state.settings = fresh
    app.state.export_files = files
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
    day = datetime.now(ZONE).date().isoformat()
    assert response.headers["content-disposition"] == f'attachment; filename="forslag-{day}.{name}"'
    assert response.headers["content-length"] == str(len(response.content))
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

    async def found(**query: object) -> list[int]:
        response = await client.get("/eksport/forslag.jsonl", params=query)
        return [row["id"] for row in map(json.loads, response.text.splitlines()) if "id" in row]

    assert await found(ids=[ids[3], f"{ids[1]},{ids[2]}", "tull"]) == ids[1:]
    assert await found(ids="") == []
    assert await found(frist="over") == ids[:1]
    assert await found(status="apne", frist="innen") == ids[1:]
    assert await found(status="vurderes", frist="over") == []
    assert await found(sok="finnes-ikke", utfall="ja") == []
    many = ",".join(str(number) for number in range(1, 102))
    for query, status in (({"ids": many}, 400), ({"sok": "a" * 201}, 400), ({"sted": "tull"}, 400)):
        assert (await client.get("/eksport/forslag.csv", params=query)).status_code == status


async def test_a_search_finds_what_the_list_finds(
    fresh: Settings, client: httpx.AsyncClient, person: Any, topic_id: Any
) -> None:
    author, topic = await person(), await topic_id()
    for words in (WORDS, OTHER_WORDS):
        await published(author, topic, words)
    word = max(WORDS.title.split(), key=len)
    sizes = []
    for typed in (
        word,
        f"og {word}",
        f"{word[:-2]}x{word[-1]}",
        f"{word} finnesikkedette",
        "finnesikkedette",
    ):
        file = (await client.get("/eksport/forslag.jsonl", params={"sok": typed})).text.splitlines()
        titles = [row["title"] for row in map(json.loads, file) if "title" in row]
        listed = await ask(fresh, Actor(3201), "ProposalList", filter={"search": typed})
        assert sorted(titles) == sorted(node["title"] for node in listed["nodes"]), typed
        sizes.append(len(titles))
    assert sizes == [1, 1, 1, 1, 0]


async def test_what_cannot_be_made_is_no_file(
    fresh: Settings, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(fresh, 3)

    async def broken(*_arguments: Any) -> AsyncIterator[bytes]:
        yield b"the beginning"
        raise ValueError("a row that cannot be written")

    with monkeypatch.context() as breaking:
        breaking.setattr(exports, "encode", broken)
        response = await client.get("/eksport/forslag.csv")
    assert response.status_code == 500
    assert "content-disposition" not in response.headers
    assert (await client.get("/eksport/forslag.csv")).text.endswith("#rows=3\r\n")


async def test_it_is_made_once_for_all_until_something_changes(
    fresh: Settings, client: httpx.AsyncClient, files: ExportFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(fresh, 3)
    made = 0
    original = exports.stream_proposals

    def counted(*arguments: Any) -> Any:
        nonlocal made
        made += 1
        return original(*arguments)

    monkeypatch.setattr(exports, "stream_proposals", counted)
    first = await client.get("/eksport/forslag.csv")
    assert (await client.get("/eksport/forslag.csv")).content == first.content
    held = await client.get("/eksport/forslag.csv", headers={"if-none-match": first.headers["etag"]})
    assert (held.status_code, held.content, made) == (304, b"", 1)
    await execute("UPDATE proposal SET title = 'Noe annet' WHERE external_key = '2'")
    files.on_tags(["account:7", "figures"])
    assert (await client.get("/eksport/forslag.csv")).content == first.content
    files.on_tags(["proposal:2"])
    changed = await client.get("/eksport/forslag.csv")
    assert "Noe annet" in changed.text
    assert changed.headers["etag"] != first.headers["etag"]
    files.set_listening(up=False)
    await client.get("/eksport/forslag.csv")
    await client.get("/eksport/forslag.csv")
    assert made == 4


async def test_a_spreadsheets_file_opens_as_it_is(fresh: Settings, client: httpx.AsyncClient) -> None:
    await fill(fresh, 2)
    await execute(
        "UPDATE proposal SET latitude = 59.5, longitude = 10.25, title = '=1+1' WHERE external_key = '1'"
    )
    response = await client.get("/eksport/forslag.csv", params={"variant": "regneark"})
    assert response.content.startswith(b"\xef\xbb\xbfkey;title;")
    rows = list(csv.DictReader(response.text.removeprefix("\ufeff").splitlines(), delimiter=";"))
    assert len(rows) == 2
    (odd,) = (row for row in rows if row["source_key"] == "1")
    assert (odd["lat"], odd["lon"], odd["title"]) == ("59,5", "10,25", "'=1+1")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", odd["published_at"])
    for address in ("/eksport/forslag.csv?variant=x", "/eksport/forslag.jsonl?variant=regneark"):
        assert (await client.get(address)).status_code == 400


async def test_one_at_a_time_for_an_address_and_the_place_is_given_back(
    fresh: Settings, client: httpx.AsyncClient
) -> None:
    await fill(fresh, 30_000, LONG)
    async with asyncio.timeout(60):
        async with client.stream("GET", "/eksport/forslag.csv") as response:
            assert response.status_code == 200
            refused = await client.get("/eksport/forslag.csv")
            assert refused.status_code == 429
            assert refused.headers["retry-after"] == "30"
            # The reader goes away in the middle.
        await _until_free(client)


async def test_a_slow_reader_holds_no_transaction_and_is_broken_off(
    fresh: Settings, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "LEAST_SPEED", 1_000_000)
    await fill(fresh, 30_000, LONG)
    async with client.stream("GET", "/eksport/forslag.csv") as response:
        chunks = response.aiter_raw()
        await anext(chunks)
        open_ones = await fetch(
            """SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
               AND xact_start IS NOT NULL AND backend_type = 'client backend'"""
        )
        assert open_ones == []
        await _until_free(client)
        with pytest.raises(httpx.RemoteProtocolError):
            await _read_to_the_end(chunks)


async def test_only_so_many_files_are_accepted_at_a_time() -> None:
    files, may_go_on = ExportFiles(), asyncio.Event()

    async def write(stream: IO[bytes]) -> None:
        await may_go_on.wait()
        stream.write(b"x")

    pending = [asyncio.ensure_future(files.find(str(number), write)) for number in range(MOST_WAITING)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await files.find("one more", write)
    again = asyncio.ensure_future(files.find("0", write))
    may_go_on.set()
    assert [file.size for file in await asyncio.gather(*pending, again)] == [1] * (MOST_WAITING + 1)
    assert (await files.find("one more", write)).size == 1


async def _read_to_the_end(chunks: AsyncIterator[bytes]) -> None:
    async for _ in chunks:
        pass


async def _until_free(client: httpx.AsyncClient) -> None:
    # The server notices that a reader has gone when it next writes.
    while (await client.get("/eksport/forslag.csv", params={"tema": "x"})).status_code == 429:  # noqa: ASYNC110 - the state is another program's
        await asyncio.sleep(0.05)
