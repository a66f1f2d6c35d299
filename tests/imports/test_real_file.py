"""The OmaStadi proposals: exact totals, so that a change in how they are read is noticed."""

import csv
import hashlib
import os
from collections import Counter
from pathlib import Path

import pytest

from backend.imports.mapping import mapping_for
from backend.imports.plan import ImportPlan, read_proposals
from backend.imports.rows import row_digest

_SHARED = Path(os.environ.get("SAMSKAP_SHARED", Path(__file__).parents[3] / "shared"))
FILE = _SHARED / "data" / "proposals" / "pro_merged.csv"

pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the OmaStadi file is not on this machine")


@pytest.fixture(scope="module")
def plan() -> ImportPlan:
    return read_proposals(FILE, mapping_for(FILE))


def test_every_row_is_read_and_used(plan: ImportPlan) -> None:
    assert plan.mapping.name == "omastadi"
    assert plan.errors == ()
    assert (plan.rows_read, plan.rows_used, plan.rows_refused, plan.rows_held_back) == (4778, 4778, 0, 0)
    assert len(plan.proposals) == len({row.external_key for row in plan.proposals}) == 4403
    assert plan.ignored_columns == ("areaScope", "versionsCount", "total_comments_count")
    assert plan.digest == hashlib.sha256(FILE.read_bytes()).hexdigest()


def test_states_languages_and_texts(plan: ImportPlan) -> None:
    states = Counter((row.state, row.outcome) for row in plan.proposals)
    assert states == {
        ("answered", "accepted"): 3032,
        ("answered", "declined"): 1323,
        ("withdrawn", None): 48,
    }
    assert {row.language for row in plan.proposals} == {"fi"}
    assert {row.topic for row in plan.proposals} == {"omastadi"}
    assert sum(not row.body for row in plan.proposals) == 101
    # 162 in the file, where words of that title are two blanks apart.
    assert max(len(row.title) for row in plan.proposals) == 161
    assert min(len(row.title) for row in plan.proposals) == 1
    assert not any("\r" in row.body for row in plan.proposals)
    assert "location_not_specified" not in {row.place_label for row in plan.proposals}


def test_links_are_united_and_keep_what_was_selected(plan: ImportPlan) -> None:
    links = [link for row in plan.proposals for link in row.links]
    assert len(links) == 2494
    assert Counter(link.selected for link in links) == {False: 2084, True: 410}
    # Four proposals have a budget and no plan; the figures are kept.
    assert sum(link.target == "" for link in links) == 4
    assert all(link.numbers for link in links)
    first = next(row for row in plan.proposals if row.external_key == "2:1")
    assert [(link.target, link.selected) for link in first.links] == [("624", True), ("786", False)]


def test_keys_that_differ_are_settled_by_the_first_row(plan: ImportPlan) -> None:
    assert plan.keys_settled == 24
    columns = Counter(item.column for item in plan.settlements)
    assert columns == {"latitude": 24, "longitude": 24, "district": 19}
    with FILE.open(encoding="utf-8", newline="") as stream:
        first: dict[str, dict[str, str]] = {}
        for row in csv.DictReader(stream):
            first.setdefault(f"{row['round']}:{row['id']}", row)
    proposals = {row.external_key: row for row in plan.proposals}
    for item in plan.settlements:
        source = first[item.key]
        winner = proposals[item.key]
        assert (winner.latitude, winner.longitude) == (float(source["latitude"]), float(source["longitude"]))
        assert item.lines[0] == winner.line == min(item.lines)
        assert item.dropped
        assert item.winning not in item.dropped


def test_reading_twice_gives_the_same_digests(plan: ImportPlan) -> None:
    again = read_proposals(FILE, mapping_for(FILE))
    assert again == plan
    digests = [row_digest(row) for row in plan.proposals]
    assert len(set(digests)) == 4403
    assert [row_digest(row) for row in again.proposals] == digests


def test_the_topic_can_be_set_from_outside() -> None:
    plan = read_proposals(FILE, mapping_for(FILE).with_constants(topic="sammen-om-velferd"))
    assert {row.topic for row in plan.proposals} == {"sammen-om-velferd"}
