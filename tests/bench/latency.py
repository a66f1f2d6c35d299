"""(c) from handing in to being public: 20 submissions a second, heard by a client that listens for changes."""

import asyncio
import time

import asyncpg
import httpx

from api.documents import trusted_documents
from api.node_ids import from_global_id, to_global_id
from api.schema import schema
from backend.platform import database
from tests.bench.figures import Figure
from tests.bench.stage import Stage, free_port, memory, running

_DOCUMENT = trusted_documents(schema._schema).by_name["CreateProposal"].id
PER_SECOND = 20
SECONDS = 15


def measure(stage: Stage) -> list[Figure]:
    """The two percentiles, and what each process holds idle and afterwards."""
    port = free_port()
    with (
        running(stage, "web", port=port, path="/health/live", SAMSKAP_PORT=str(port)) as web,
        running(stage, "workers.relay") as relay,
        running(stage, "workers", "--queue", "fast") as fast,
        running(stage, "workers", "--queue", "slow") as slow,
    ):
        time.sleep(stage.size.seconds(5))
        pids = {"web": web, "relay": relay, "worker fast": fast, "worker slow": slow}
        idle = {name: memory(pid) for name, pid in pids.items()}
        waits = sorted(asyncio.run(_submit(stage, port)))
        loaded = {name: memory(pid) for name, pid in pids.items()}
    return [
        Figure("submitted → public, p50", waits[len(waits) // 2], "s"),
        Figure("submitted → public, p95", waits[int(len(waits) * 0.95)], "s", bar=2, is_ceiling=True),
        *(
            figure
            for name in pids
            for figure in (
                Figure(f"memory of {name}, idle", idle[name], "MB"),
                Figure(f"memory of {name}, after (c)", loaded[name], "MB"),
            )
        ),
    ]


async def _submit(stage: Stage, port: int) -> list[float]:
    seen: dict[int, float] = {}
    news = asyncio.Event()
    total = int(PER_SECOND * stage.size.seconds(SECONDS))

    async with database.open_database(stage.settings):
        accounts = [
            row[0]
            for row in await database.fetch(
                "SELECT account_id FROM account_session ORDER BY 1 LIMIT $1", total
            )
        ]
    listener = await asyncpg.connect(
        **database.connection_parameters(stage.environment["SAMSKAP_DATABASE_URL"])
    )

    def on_change(_connection: object, _pid: int, _channel: str, payload: object) -> None:
        for tag in str(payload).split(" "):
            if tag.startswith("proposal:"):
                seen.setdefault(int(tag.removeprefix("proposal:")), time.perf_counter())
        news.set()

    await listener.add_listener("changed", on_change)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        sent: dict[int, float] = {}

        async def one(number: int) -> None:
            await asyncio.sleep(number / PER_SECOND)
            started = time.perf_counter()
            answer = await client.post(
                "/graphql",
                json=_request(stage, number),
                headers={"Cookie": f"samskap=bench-{accounts[number]}"},
            )
            created = answer.json()["data"]["createProposal"]["proposal"]
            sent[from_global_id(created["id"])[1]] = started

        await asyncio.gather(*(one(number) for number in range(total)))
        async with asyncio.timeout(30):
            while not sent.keys() <= seen.keys():
                news.clear()
                await news.wait()
    await listener.close()
    return [seen[number] - started for number, started in sent.items()]


def _request(stage: Stage, number: int) -> dict[str, object]:
    written = {
        "title": f"Trygg skolevei ved kryss nummer {number}",
        "body": "Barna går langs en vei uten fortau. " * 3 + f"Det gjelder kryss nummer {number}.",
        "language": "nb",
    }
    variables = {"topic": to_global_id("Topic", stage.topic_id), "input": written, "submit": True}
    return {"documentId": _DOCUMENT, "variables": variables}
