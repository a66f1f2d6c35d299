"""Rows of one key: merged, reported, or refused, by the mapping's rule."""

from dataclasses import replace

import pytest

from backend.imports.plan import read_proposals
from backend.imports.rows import ProposalLink
from backend.imports.schema import ImportMapping, LinkColumns

from .conftest import Write

FILE = """key,title,lat,lon,plan,won,budget
1,A,59,10,p1,yes,5
2,B,,,,,
1,A,60,10,p2,no,7
1,A,60,11,p1,no,5
"""


@pytest.fixture
def mapping(plain: ImportMapping) -> ImportMapping:
    links = LinkColumns("plan", "won", {"yes": True, "no": False}, {"budget": "budget"})
    return replace(plain, repeats="first", links=links, links_json=None)


def test_the_first_row_wins_and_links_are_united(write: Write, mapping: ImportMapping) -> None:
    plan = read_proposals(write("a.csv", FILE), mapping)
    first, second = plan.proposals
    assert (first.latitude, first.longitude, first.line) == (59.0, 10.0, 2)
    assert first.links == (
        ProposalLink("p1", True, (("budget", 5.0),)),
        ProposalLink("p2", False, (("budget", 7.0),)),
    )
    assert second.links == ()
    reported = [(item.key, item.column, item.winning, item.dropped, item.lines) for item in plan.settlements]
    assert reported == [
        ("1", "lat", "59.0", ("60.0",), (2, 4, 5)),
        ("1", "lon", "10.0", ("11.0",), (2, 4, 5)),
        (
            "1",
            "plan p1",
            '{"target": "p1", "selected": true, "numbers": {"budget": 5.0}}',
            ('{"target": "p1", "selected": false, "numbers": {"budget": 5.0}}',),
            (2, 4, 5),
        ),
    ]
    assert (plan.rows_read, plan.rows_used, plan.keys_settled) == (4, 4, 1)


def test_the_last_row_wins(write: Write, mapping: ImportMapping) -> None:
    plan = read_proposals(write("a.csv", FILE), replace(mapping, repeats="last"))
    first = plan.proposals[0]
    assert (first.latitude, first.longitude, first.line) == (60.0, 11.0, 5)
    assert [link.selected for link in first.links] == [False, False]
    assert plan.settlements[0].dropped == ("59.0",)
    assert plan.settlements[1].lines == (5, 4, 2)


def test_differences_can_be_refused(write: Write, mapping: ImportMapping) -> None:
    plan = read_proposals(write("a.csv", FILE), replace(mapping, repeats="refuse"))
    assert [row.external_key for row in plan.proposals] == ["2"]
    assert {(error.line, error.code) for error in plan.errors} == {(4, "differs")}
    assert (plan.rows_used, plan.rows_refused, plan.rows_held_back) == (1, 0, 3)
    assert plan.keys_left_out == ("1",)


def test_rows_that_agree_are_one_proposal_without_a_word(write: Write, plain: ImportMapping) -> None:
    plan = read_proposals(write("a.csv", "key,title\n1,A\n1, A \n"), plain)
    assert (len(plan.proposals), plan.rows_used, plan.settlements, plan.errors) == (1, 2, (), ())


def test_a_bad_row_holds_back_the_others_of_its_key(write: Write, mapping: ImportMapping) -> None:
    plan = read_proposals(write("a.csv", FILE.replace("60,10", "95,10")), mapping)
    assert [row.external_key for row in plan.proposals] == ["2"]
    assert [(error.line, error.code, error.value) for error in plan.errors] == [(4, "out_of_range", "95")]
    assert (plan.rows_used, plan.rows_refused, plan.rows_held_back) == (1, 1, 2)
    assert plan.keys_left_out == ("1",)


def test_figures_without_a_target_are_preserved(write: Write, mapping: ImportMapping) -> None:
    plan = read_proposals(write("a.csv", FILE.replace("2,B,,,,,", "2,B,,,,no,3")), mapping)
    assert plan.proposals[1].links == (ProposalLink("", False, (("budget", 3.0),)),)


def test_an_unknown_word_for_selected_is_an_error(write: Write, mapping: ImportMapping) -> None:
    plan = read_proposals(write("a.csv", FILE.replace("p2,no", "p2,perhaps")), mapping)
    assert [(error.column, error.code) for error in plan.errors] == [("won", "unknown_value")]


def test_progress_is_shown_every_thousand_rows_and_at_the_end(write: Write, plain: ImportMapping) -> None:
    rows = "".join(f"{number},A\n" for number in range(2_500))
    seen: list[int] = []
    read_proposals(write("a.csv", "key,title\n" + rows), plain, on_progress=seen.append)
    assert seen == [1_000, 2_000, 2_500]
