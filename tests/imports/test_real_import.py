"""The OmaStadi file in the database, by the command that people use; killed on the way; out again and in again."""

import asyncio
import json
from pathlib import Path

import pytest

from backend.imports.export import COLUMNS
from backend.platform.database import fetch, fetch_row, fetch_value
from backend.platform.settings import Settings
from tests.fixtures.databases import open_clone
from tests.fixtures.real_proposals import REAL_FILE, import_real

from .commands import samskap, start

pytestmark = pytest.mark.skipif(not REAL_FILE.exists(), reason="the OmaStadi file is not on this machine")
PROPOSALS = 4403


async def no_doubles_and_no_halves() -> None:
    assert await fetch_value("SELECT count(DISTINCT (source, external_key)) FROM proposal") == PROPOSALS
    for table in ("proposal", "proposal_transition", "proposal_version"):
        assert await fetch_value(f"SELECT count(*) FROM {table}") == PROPOSALS
    assert await fetch_value("SELECT count(*) FROM proposal_link WHERE kind = 'plan'") == 2490


def children(pid: int) -> list[int]:
    """Its child processes, where the system tells."""
    listing = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listing.read_text().split()] if listing.exists() else []


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


async def test_what_the_file_holds_is_there(imported_fresh: Settings) -> None:
    await no_doubles_and_no_halves()
    states = await fetch("SELECT state, outcome, count(*) FROM proposal GROUP BY 1, 2 ORDER BY 1, 2")
    assert [tuple(state.values()) for state in states] == [
        ("answered", "accepted", 3032),
        ("answered", "declined", 1323),
        ("withdrawn", None, 48),
    ]
    totals = await fetch_row(
        """SELECT count(latitude), count(position), count(*) FILTER (WHERE body = ''), count(author_id),
                  count(*) FILTER (WHERE language = 'fi'), count(DISTINCT topic_id), sum(supports)
           FROM proposal"""
    )
    assert totals is not None
    assert tuple(totals.values()) == (3363, 3363, 101, 0, PROPOSALS, 1, 0)
    selected = await fetch_value("SELECT count(*) FROM proposal_link WHERE (detail -> 'selected')::bool")
    assert selected == 410


async def test_no_address_of_a_person_got_in(imported_fresh: Settings) -> None:
    marked = await fetch_value("SELECT count(*) FROM proposal WHERE body LIKE '%[fjernet]%'")
    report = json.loads(await fetch_value("SELECT report FROM import_run"))
    assert marked == report["figures"]["masked"] == len(report["masked"]) == 10
    assert all(item["kind"] == "email" and item["line"] > 1 for item in report["masked"])
    assert report["figures"]["keys_settled"] == 24
    assert report["repeated_keys_rule"] == "first"
    assert report["figures"]["links_without_target"] == 4


async def test_again_changes_nothing(imported_fresh: Settings) -> None:
    report = await import_real(imported_fresh)
    assert (report.created, report.updated, report.unchanged) == (0, 0, PROPOSALS)
    await no_doubles_and_no_halves()


@pytest.mark.timeout(180)
async def test_killed_in_the_middle_it_goes_on(fresh: Settings) -> None:
    arguments = ("import", "proposals", str(REAL_FILE), "--create-topic")
    process = await start(fresh, *arguments)
    while not await fetch_value("SELECT count(*) FROM import_run WHERE done BETWEEN 1000 AND 3900"):
        assert process.returncode is None
        await asyncio.sleep(0.02)
    helpers = children(process.pid)
    process.kill()
    await process.communicate()
    # The processes that indexed texts for it end with it.
    async with asyncio.timeout(10):
        while any(map(is_running, helpers)):  # noqa: ASYNC110 - processes set no event
            await asyncio.sleep(0.05)
    left = await fetch_value("SELECT count(*) FROM proposal")
    assert 1000 <= left < PROPOSALS
    assert left % 500 == 0
    code, output, errors = await samskap(fresh, *arguments)
    assert code == 0, errors
    assert str(left) in output
    await no_doubles_and_no_halves()
    runs = await fetch("SELECT state, created, unchanged FROM import_run ORDER BY id")
    assert [tuple(run.values()) for run in runs] == [("failed", left, 0), ("done", PROPOSALS - left, left)]


async def test_out_and_in_again_is_the_same(
    imported_fresh: Settings, services: Settings, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    common = ("export", "proposals", "--format", "jsonl")
    code, _, errors = await samskap(imported_fresh, *common, "--source", "omastadi", "--output", str(first))
    assert code == 0, errors
    # What is withdrawn is not public.
    assert len(first.read_text(encoding="utf-8").splitlines()) == PROPOSALS - 48 + 1
    async with open_clone(services) as other:
        arguments = ("import", "proposals", str(first))
        code, _, errors = await samskap(other, *arguments)
        assert code == 2
        assert "omastadi" in errors
        code, _, errors = await samskap(other, *arguments, "--create-topic")
        assert code == 0, errors
        code, _, errors = await samskap(other, *common, "--source", "plain", "--output", str(second))
        assert code == 0, errors

    def read_back(path: Path) -> list[dict[str, object]]:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return [{name: row.get(name) for name in COLUMNS} for row in rows]

    assert read_back(second) == read_back(first)
