"""Single rows: what is accepted, how it is cleaned, and what is said about the rest."""

from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module

import pytest

from backend.imports.rows import STATES, ImportedProposal, RawRow, row_digest
from backend.imports.schema import ImportMapping
from backend.imports.validate import LANGUAGES, ProposalLimits, external_key, validate_row

BASE: dict[str, object] = {"key": "k1", "title": "Sykkelvei", "body": "Langs elva"}


def row(
    mapping: ImportMapping, limits: ProposalLimits | None = None, /, **values: object
) -> ImportedProposal:
    found = validate_row(RawRow(2, {**BASE, **values}), mapping, limits)
    assert isinstance(found, ImportedProposal), found
    return found


def errors(
    mapping: ImportMapping, limits: ProposalLimits | None = None, /, **values: object
) -> list[tuple[str, str]]:
    found = validate_row(RawRow(2, {**BASE, **values}), mapping, limits)
    assert isinstance(found, tuple), found
    assert all(error.line == 2 and error.message for error in found)
    return [(error.column, error.code) for error in found]


def test_a_row_with_only_key_and_title_gets_the_defaults(plain: ImportMapping) -> None:
    assert validate_row(RawRow(2, {"key": "1", "title": "A"}), plain) == ImportedProposal(
        external_key="1",
        line=2,
        title="A",
        body="",
        language="nb",
        topic="mobilitet",
        state="published",
    )


def test_text_is_cleaned(plain: ImportMapping) -> None:
    found = row(plain, title="  To\r\n ord\t", body="\r\nen\r\n\r\nto\rtre  \n")
    assert (found.title, found.body) == ("To ord", "en\n\nto\ntre")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"key": ""}, ("key", "required")),
        ({"key": "k" * 121}, ("key", "too_long")),
        ({"title": " \n"}, ("title", "required")),
        ({"title": "t" * 201}, ("title", "too_long")),
        ({"body": "b" * 20_001}, ("body", "too_long")),
        ({"title": "a\x1b[0m"}, ("title", "bad_character")),
        ({"language": "xx"}, ("language", "not_a_language")),
        ({"state": "lost"}, ("state", "unknown_value")),
        ({"state": "none"}, ("state", "unknown_value")),
        ({"state": "hidden"}, ("state", "state_not_importable")),
        ({"state": "answered"}, ("outcome", "outcome_missing")),
        ({"state": "answered", "outcome": "maybe"}, ("outcome", "unknown_value")),
        ({"outcome": "accepted"}, ("outcome", "outcome_unexpected")),
        ({"lat": "59.9"}, ("lon", "half_coordinate")),
        ({"lon": "10.5"}, ("lat", "half_coordinate")),
        ({"lat": "90.1", "lon": "10"}, ("lat", "out_of_range")),
        ({"lat": "59", "lon": "-180.5"}, ("lon", "out_of_range")),
        ({"lat": "nan", "lon": "10"}, ("lat", "not_a_number")),
        ({"lat": "1e999", "lon": "10"}, ("lat", "not_a_number")),
        ({"lat": "5_9", "lon": "10"}, ("lat", "not_a_number")),
        ({"lat": "٥٩", "lon": "10"}, ("lat", "not_a_number")),
        ({"lat": "59,9", "lon": "10"}, ("lat", "not_a_number")),
        ({"lat": True, "lon": 10}, ("lat", "not_a_number")),
        ({"published_at": "i går"}, ("published_at", "not_a_time")),
        ({"published_at": "0001-01-01T00:00:00+14:00"}, ("published_at", "not_a_time")),
        ({"links": "{"}, ("links", "bad_link")),
        ({"links": {"target": "1"}}, ("links", "bad_link")),
        ({"links": [{"target": 1}]}, ("links", "bad_link")),
        ({"links": [{"target": "1", "else": 1}]}, ("links", "bad_link")),
        ({"links": [{"target": "1", "selected": "yes"}]}, ("links", "bad_link")),
        ({"links": [{"target": "1"}, {"target": "1", "selected": True}]}, ("links", "bad_link")),
        ({"links": [{"target": "1", "numbers": {"budget": "much"}}]}, ("links", "not_a_number")),
        ({"links": [{"target": str(n)} for n in range(1001)]}, ("links", "too_many_links")),
    ],
)
def test_what_is_refused(values: dict[str, object], expected: tuple[str, str], plain: ImportMapping) -> None:
    assert errors(plain, **values) == [expected]


def test_every_error_of_a_row_is_shown(plain: ImportMapping) -> None:
    assert len(errors(plain, title="", state="lost", lat="x", published_at="y")) == 4


@pytest.mark.parametrize("topic", ["", "Stor", "a b", "-a", "a--b", "é", "a" * 61])
def test_topics_are_slugs(topic: str, plain: ImportMapping) -> None:
    assert errors(plain.with_constants(topic=topic))[0][0] == "topic"


def test_the_caller_sets_the_limits(plain: ImportMapping) -> None:
    limits = ProposalLimits(title_min=5, title_max=8, body_min=20)
    assert errors(plain, limits, title="kort") == [("title", "too_short"), ("body", "too_short")]
    assert errors(plain, limits) == [("title", "too_long"), ("body", "too_short")]


def test_an_hour_that_summer_time_skips_is_refused_and_one_that_comes_twice_is_the_first(
    plain: ImportMapping,
) -> None:
    oslo = replace(plain, timezone="Europe/Oslo")
    assert errors(oslo, published_at="29.03.2026 kl. 02.00") == [("published_at", "skipped_time")]
    assert errors(oslo, published_at="2026-03-29T02:30") == [("published_at", "skipped_time")]
    assert row(oslo, published_at="2026-03-29T03:00").published_at == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert row(oslo, published_at="2025-10-26T02:30").published_at == datetime(
        2025, 10, 26, 0, 30, tzinfo=UTC
    )
    assert row(oslo, published_at="2026-03-29T02:30+01:00").published_at == datetime(
        2026, 3, 29, 1, 30, tzinfo=UTC
    )


def test_times_become_utc(plain: ImportMapping) -> None:
    oslo = replace(plain, timezone="Europe/Oslo")
    assert row(oslo, published_at="2024-07-01T12:00").published_at == datetime(2024, 7, 1, 10, tzinfo=UTC)
    assert row(oslo, published_at="2024-01-01").published_at == datetime(2023, 12, 31, 23, tzinfo=UTC)
    assert row(oslo, published_at="2024-01-01T00:00:00Z").published_at == datetime(2024, 1, 1, tzinfo=UTC)


def test_numbers_may_be_json_numbers_and_minus_zero_is_zero(plain: ImportMapping) -> None:
    found = row(plain, lat=-0.0, lon=10)
    assert (str(found.latitude), found.longitude) == ("0.0", 10.0)
    assert row_digest(found) == row_digest(row(plain, lat="0", lon="10.0"))


def test_a_decimal_comma_when_the_mapping_says_so(plain: ImportMapping) -> None:
    comma = replace(plain, decimal=",")
    assert row(comma, lat="59,9", lon="10.5").latitude == 59.9
    assert errors(comma, lat="59,9", lon="1,0,5") == [("lon", "not_a_number")]


def test_values_are_translated_and_words_for_nothing_dropped(plain: ImportMapping) -> None:
    mapping = replace(
        plain,
        columns={**plain.columns, "topic": "area"},
        values={"topic": {"Trafikk": "mobilitet"}},
        empty={"topic": frozenset({"?"})},
        states={"ja": ("answered", "accepted"), "nei": ("withdrawn", None)},
    )
    assert row(mapping, area="Trafikk", state="ja").outcome == "accepted"
    assert row(mapping, area="?", state="nei").topic == "mobilitet"
    assert errors(mapping, area="Skole", state="kanskje") == [
        ("state", "unknown_value"),
        ("area", "unknown_value"),
    ]


def test_keys_of_several_columns_cannot_collide(plain: ImportMapping) -> None:
    mapping = replace(plain, key=("a", "b"))
    seen = {
        external_key(RawRow(2, {"a": a, "b": b}), mapping)
        for a, b in [("1", "2"), ("1:2", "3"), ("1", "2:3"), ("1%3A2", "3")]
    }
    assert len(seen) == 4
    assert "1:2" in seen
    assert external_key(RawRow(2, {"a": "1"}), mapping) is None


def test_the_digest_follows_the_content_and_not_the_line(plain: ImportMapping) -> None:
    one = row(plain, links=[{"target": "b"}, {"target": "a", "numbers": {"x": 1, "y": 2}}])
    two = row(plain, links=[{"target": "a", "numbers": {"y": 2.0, "x": "1"}}, {"target": "b"}])
    assert row_digest(one) == row_digest(replace(two, line=99))
    changed = [
        replace(one, title="B"),
        replace(one, body="c"),
        replace(one, latitude=1.0, longitude=1.0),
        replace(one, published_at=datetime(2024, 1, 1, tzinfo=UTC)),
        replace(one, links=()),
        replace(one, state="withdrawn"),
    ]
    assert len({row_digest(item) for item in [one, *changed]}) == 7


def test_states_and_languages_are_those_of_the_tables() -> None:
    constraints = import_module("migrations.0002_constraints")
    assert constraints.LANGUAGES == LANGUAGES
    assert {"published", "answered", "withdrawn"} <= STATES
    assert not STATES & {"none", "draft", "submitted", "rejected", "hidden"}
