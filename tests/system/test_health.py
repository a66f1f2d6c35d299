"""Readiness follows the parts that a process stands on, down and up again."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest

from backend.platform.database import connection_parameters
from tests.system.processes import Town


@pytest.fixture(scope="module")
async def http(small_town: Town) -> AsyncIterator[httpx.AsyncClient]:
    """A client of one web process."""
    await small_town.serve(web=1, workers=0)
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{small_town.ports[0]}", timeout=10, trust_env=False
    ) as client:
        yield client


async def _becomes(http: httpx.AsyncClient, status: int, seconds: float = 20.0) -> dict[str, Any]:
    """Wait until readiness answers with `status`; what it says of its parts."""
    deadline = time.monotonic() + seconds
    while True:
        answer = await http.get("/health/ready")
        if answer.status_code == status:
            parts: dict[str, Any] = answer.json()["parts"]
            return parts
        assert time.monotonic() < deadline, answer.json()
        await asyncio.sleep(0.1)


async def _execute(small_town: Town, sql: str) -> None:
    held = await asyncpg.connect(**connection_parameters(small_town.postgres.url))
    await held.execute(sql)
    await held.close()


async def test_all_parts_are_shown(http: httpx.AsyncClient) -> None:
    parts = await _becomes(http, 200)
    assert set(parts) == {"database", "migrations", "municipality", "outbox", "redis", "process", "rights"}
    assert all(part["ok"] for part in parts.values())
    answer = await http.get("/health/ready")
    assert answer.headers["cache-control"] == "no-store"


async def test_without_postgres_nothing_is_served_until_it_is_back(
    http: httpx.AsyncClient, small_town: Town
) -> None:
    await small_town.processes["postgres"].stop(small_town.postgres.stop_signal)
    parts = await _becomes(http, 503)
    assert not parts["database"]["ok"]
    assert (await http.get("/health/live")).status_code == 200
    await small_town.start_server("postgres", small_town.postgres)
    await _becomes(http, 200)


async def test_without_redis_it_is_not_ready_until_it_is_back(
    http: httpx.AsyncClient, small_town: Town
) -> None:
    await small_town.processes["redis"].stop()
    parts = await _becomes(http, 503)
    assert not parts["redis"]["ok"]
    assert parts["database"]["ok"]
    query = {"query": "{ __typename }"}
    assert (await http.post("/graphql", json=query)).json() == {"data": {"__typename": "Query"}}
    await small_town.start_server("redis", small_town.redis)
    await _becomes(http, 200)


async def test_a_missing_migration_is_shown(http: httpx.AsyncClient, small_town: Town) -> None:
    await _execute(small_town, "UPDATE tortoise_migrations SET name = 'x' || name")
    parts = await _becomes(http, 503)
    assert parts["migrations"]["detail"].endswith("missing")
    await _execute(small_town, "UPDATE tortoise_migrations SET name = substr(name, 2)")
    await _becomes(http, 200)


async def test_jobs_that_stand_still_are_shown_but_pages_are_served(
    http: httpx.AsyncClient, small_town: Town
) -> None:
    await small_town.processes["relay"].stop()
    await _execute(
        small_town,
        """INSERT INTO outbox (job, key, payload, queue, due_at)
           VALUES ('count_supports', 'x', '{"municipality_id": 3201}', 'fast', now() - interval '1 hour')""",
    )
    # What readiness has found holds for a second.
    deadline = time.monotonic() + 5
    while (await _becomes(http, 200))["outbox"]["ok"]:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)
