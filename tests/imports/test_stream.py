"""Exports from the database: what is public, as of one moment, in constant memory, and never half in silence."""

import asyncio
import json
import os
import tracemalloc
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from backend.imports.export import encode
from backend.imports.stream import EXPORT_COLUMNS, ExportFilter, stream_proposals
from backend.platform.database import connection_parameters, execute, fetch_value
from backend.platform.settings import Settings
from tests.fixtures.people import MakePerson
from tests.proposals.support import published

from .commands import samskap, start

TopicId = Callable[..., Awaitable[int]]


_AT_ONCE = 5_000


async def fill(settings: Settings, number: int, body: str = "Tekst") -> None:
    """So many published proposals, as an import would leave them; some thousands at a time, as it writes them."""
    for first in range(1, number + 1, _AT_ONCE):
        await execute(
            """WITH new AS (
                   INSERT INTO proposal (municipality_id, topic_id, state, language, title, body, search, grams,
                                         published_at, source, external_key)
                   SELECT $1, (SELECT min(id) FROM topic WHERE municipality_id = $1), 'published', 'nb',
                          'Forslag ' || n, $4, '', '{}', now(), 'plain', n::text
                   FROM generate_series($2::int, $3::int) n RETURNING id)
               INSERT INTO proposal_transition (municipality_id, proposal_id, ordinal, from_state, to_state, actor_role)
               SELECT $1, id, 1, 'none', 'published', 'import' FROM new""",
            settings.municipality,
            first,
            min(first + _AT_ONCE - 1, number),
            body,
        )


async def keys(settings: Settings, filters: ExportFilter | None = None) -> list[Any]:
    return [row["key"] async for row in stream_proposals(settings.municipality, filters)]


async def test_what_came_after_the_start_is_not_in_it(fresh: Settings) -> None:
    await fill(fresh, 500)
    async with aclosing(stream_proposals(fresh.municipality)) as rows:
        seen = [await anext(rows)]
        await execute("UPDATE proposal SET title = 'Endret'")
        seen += [row async for row in rows]
    assert len(seen) == 500
    assert not any(row["title"] == "Endret" for row in seen)


async def test_keys_are_ids_or_those_of_the_source(fresh: Settings) -> None:
    await fill(fresh, 2)
    first = await fetch_value("SELECT min(id) FROM proposal")
    assert await keys(fresh) == [str(first), str(first + 1)]
    assert await keys(fresh, ExportFilter(source="plain")) == ["1", "2"]
    assert await keys(fresh, ExportFilter(source="annen")) == []
    other = await fetch_value("SELECT max(id) FROM topic")
    assert await keys(fresh, ExportFilter(topic_id=other)) == []


async def test_it_holds_no_connection_when_the_reader_stops(fresh: Settings) -> None:
    await fill(fresh, 300)
    for _ in range(fresh.database_pool_max + 1):
        async with aclosing(stream_proposals(fresh.municipality)) as rows:
            await anext(rows)


async def test_memory_does_not_grow_with_the_rows(fresh: Settings) -> None:
    async def peak() -> int:
        tracemalloc.start()
        try:
            async with aclosing(stream_proposals(fresh.municipality)) as rows:
                async for _ in encode("jsonl", rows, EXPORT_COLUMNS):
                    pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    body = "Benker langs stien. " * 50
    await fill(fresh, 1_000, body)
    await peak()
    few = await peak()
    await execute("UPDATE proposal SET external_key = 'x' || external_key")
    await fill(fresh, 9_000, body)
    # All of it would be ten times as much.
    assert await peak() < 1.5 * few


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


class TestCommand:
    """`samskap export proposals`."""

    async def test_a_broken_export_leaves_no_file(self, fresh: Settings, tmp_path: Path) -> None:
        await fill(fresh, 20_000, "Benker langs stien. " * 50)
        target = tmp_path / "out.csv"
        target.write_text("den gamle")
        process = await start(fresh, "export", "proposals", "--output", str(target))
        admin = await asyncpg.connect(**connection_parameters(fresh.database_url))
        while not await admin.fetchval(
            """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%p.id, p.topic_id%'"""
        ):
            assert process.returncode is None
            await asyncio.sleep(0.01)
        await admin.close()
        _, errors = await process.communicate()
        assert process.returncode == 2
        assert b"database was lost" in errors
        assert b"Traceback" not in errors
        assert names(tmp_path) == ["out.csv"]
        assert target.read_text() == "den gamle"

    async def test_to_the_standard_output(self, fresh: Settings) -> None:
        await fill(fresh, 3)
        code, output, _ = await samskap(fresh, "export", "proposals", "--format", "geojson")
        assert code == 0
        assert json.loads(output)["rows"] == 3

    async def test_a_reader_that_goes_away_is_shown(self, fresh: Settings) -> None:
        await fill(fresh, 5_000, "Benker langs stien. " * 50)
        reading, writing = os.pipe()
        process = await start(fresh, "export", "proposals", stdout=writing)
        os.close(writing)
        await asyncio.to_thread(os.read, reading, 10)
        os.close(reading)
        assert process.stderr is not None
        errors = (await process.stderr.read()).decode()
        assert await process.wait() == 2
        assert "could not be written to its end" in errors

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("--topic", "finnes-ikke"), "finnes-ikke"),
            (("--output", "/proc/no/out.csv"), "cannot be written"),
        ],
    )
    async def test_what_people_can_mend_is_one_sentence(
        self, fresh: Settings, arguments: tuple[str, str], said: str
    ) -> None:
        code, output, errors = await samskap(fresh, "export", "proposals", *arguments)
        assert (code, output) == (2, "")
        assert said in errors
        assert errors.count("\n") == 1


async def test_figures_and_nobody_by_name(fresh: Settings, person: MakePerson, topic_id: TopicId) -> None:
    author = await person(name="Ordentlig Fiolin")
    proposal_id = await published(author, await topic_id())
    rows = [row async for row in stream_proposals(fresh.municipality)]
    assert [row["id"] for row in rows] == [proposal_id]
    assert (rows[0]["supports"], rows[0]["source"]) == (0, None)
    assert "Fiolin" not in repr(rows)
