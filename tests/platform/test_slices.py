"""Slices register in one place, and what is registered is there."""

from pathlib import Path

import pytest

from backend import slices as listed
from backend.platform.database import fetch
from backend.platform.settings import Settings
from backend.platform.slices import Manifest, WaitingRows, contributed, contributions, manifests
from backend.platform.sweeping import sweep_waiting
from workers.__main__ import load_jobs
from workers.job import JOBS_BY_NAME
from workers.schedule import cron_jobs

_BACKEND = Path(listed.__file__).parent
_FOUNDATIONS = {"backend.text"}
"""Without rows, words or jobs of their own."""


def test_every_folder_of_the_domain_is_a_slice() -> None:
    folders = {f"backend.{path.parent.name}" for path in _BACKEND.glob("*/__init__.py")}
    assert set(listed.SLICES) | _FOUNDATIONS == folders
    assert len(manifests()) == len(set(listed.SLICES))


def test_every_module_of_tables_is_registered() -> None:
    modules = {f"backend.{path.parent.name}.models" for path in _BACKEND.glob("*/models.py")}
    assert modules
    assert modules <= set(contributions("models"))


def test_what_the_clock_asks_for_is_a_job() -> None:
    load_jobs()
    assert {entry.job for entry in contributions("clock")} <= set(JOBS_BY_NAME)
    assert len(cron_jobs()) == len(contributions("clock")) > 5


def test_one_name_from_two_slices_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    twice = Manifest(rate_limits={"createProposal": "1/hour"})
    monkeypatch.setattr("backend.platform.slices.manifests", lambda: (twice, twice))
    contributed.cache_clear()
    try:
        with pytest.raises(ValueError, match="createProposal"):
            contributed("rate_limits")
    finally:
        contributed.cache_clear()


_STATES = """
    SELECT c.conrelid::regclass::text AS name,
           ARRAY(SELECT m[1] FROM regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') m) AS states
    FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)
    WHERE c.contype = 'c' AND a.attname = 'state' AND cardinality(c.conkey) = 1
"""


async def test_every_table_with_a_state_says_what_takes_up_its_waiting_rows(fresh: Settings) -> None:
    """A row that waits for a job that never comes must be found by something."""
    with_state = {
        row["table_name"]
        for row in await fetch(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'state'"
        )
    }
    waiting = {rows.table: rows for rows in contributions("waiting")}
    assert len(waiting) == len(contributions("waiting"))
    assert set(waiting) == with_state
    allowed = {row["name"]: set(row["states"]) for row in await fetch(_STATES)}
    assert set(allowed) >= {"comment", "delivery", "data_request"}
    jobs = {entry.job for entry in contributions("clock")}
    for table, rows in waiting.items():
        assert set(rows.states) <= allowed.get(table, set(rows.states)), table
        assert (rows.sweep is None) == bool(rows.why), table
        assert rows.sweep or "people" in rows.why or any(job in rows.why for job in jobs), rows.why


async def test_one_sweep_that_fails_keeps_no_other_from_its_work(monkeypatch: pytest.MonkeyPatch) -> None:
    done = []

    async def works(municipality_id: int) -> int:
        done.append(municipality_id)
        return 2

    async def fails(_municipality_id: int) -> int:
        raise ValueError

    rows = [
        WaitingRows(table=table, states=("waiting",), sweep=sweep)
        for table, sweep in (("a", fails), ("b", works), ("c", works))
    ]
    monkeypatch.setattr("backend.platform.sweeping.contributions", lambda _what: rows)
    with pytest.raises(ExceptionGroup, match="sweeping failed"):
        await sweep_waiting(3201)
    assert done == [3201]
