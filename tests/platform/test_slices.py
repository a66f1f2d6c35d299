"""Slices register in one place, and what is registered is there."""

from pathlib import Path

import pytest

from backend import slices as listed
from backend.platform.slices import Manifest, contributed, contributions, manifests
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
