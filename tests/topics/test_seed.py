"""The seed files keep their exact shape: the seeding routine and the trial login trust them unread."""

import json
import re
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import combinations, pairwise
from typing import Any

import pytest

from web.trial.people import load_people

LANGUAGES = ["nb", "nn", "en"]
ACTIONS = {"propose", "support", "comment"}
FLAGS = ["proposals_open", "supports_open", "comments_open"]
MODES = {"publish_at_once", "hold_risky", "approve_first"}
KINDS = {"municipality", "town", "district", "neighbourhood"}
EMPLOYEE_GROUPS = {"samskap-saksbehandler", "samskap-moderator", "samskap-admin"}
MUNICIPALITIES = {"3201": "Bærum", "0301": "Oslo"}
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# A rough box around the municipality, its fjord included: west, south, east, north.
BOX = (10.33, 59.84, 10.68, 60.07)
# Words that are written otherwise in Nynorsk: one of them means that Bokmål has slipped in.
BOKMAL_ONLY = {
    "ikke", "jeg", "hva", "hvor", "hvordan", "hvem", "hvis", "fra", "gjøre", "mye", "noe", "noen", "bare",
    "skole", "hver", "mer", "dere", "nå",
}  # fmt: skip

Point = tuple[float, float]


@cache
def _rows(name: str) -> list[dict[str, Any]]:
    source = files("backend").joinpath("topics", "seed", f"{name}.json")
    content = json.loads(source.read_text(encoding="utf-8"))
    assert list(content) == ["note", name]
    assert content["note"]
    return list(content[name])


def _ring(place: dict[str, Any]) -> list[Point]:
    (ring,) = place["geometry"]["coordinates"]
    return [(lon, lat) for lon, lat in ring]


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _cross(first: tuple[Point, Point], second: tuple[Point, Point]) -> bool:
    return (_turn(*first, second[0]) > 0) != (_turn(*first, second[1]) > 0) and (
        _turn(*second, first[0]) > 0
    ) != (_turn(*second, first[1]) > 0)


def _inside(point: Point, ring: list[Point]) -> bool:
    inside = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        above = (y1 > point[1]) != (y2 > point[1])
        if above and point[0] < (x2 - x1) * (point[1] - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def _unique(rows: list[dict[str, Any]], key: str) -> bool:
    return len({row[key] for row in rows}) == len(rows)


TOPICS = pytest.mark.parametrize("topic", _rows("topics"), ids=lambda topic: topic["slug"])
PLACES = pytest.mark.parametrize("place", _rows("places"), ids=lambda place: place["slug"])
PEOPLE = pytest.mark.parametrize("person", _rows("people"), ids=lambda person: person["key"])


def test_goals_are_the_four_main_goals_in_three_languages() -> None:
    assert [goal["number"] for goal in _rows("goals")] == [1, 2, 3, 4]
    for goal in _rows("goals"):
        assert list(goal) == ["number", "texts"]
        assert list(goal["texts"]) == LANGUAGES
        assert all(0 < len(text) <= 80 for text in goal["texts"].values())


def test_topics_are_many_unique_and_one_takes_no_new_proposals() -> None:
    topics = _rows("topics")
    assert len(topics) >= 10
    assert _unique(topics, "slug")
    assert {"mobilitetsstrategi", "kommunegarden", "klimastrategi-2030", "sammen-om-velferd"} <= {
        topic["slug"] for topic in topics
    }
    assert any(not topic["proposals_open"] and topic["supports_open"] for topic in topics)
    assert {topic["moderation_mode"] for topic in topics} == MODES


@TOPICS
def test_topic_has_its_exact_shape(topic: dict[str, Any]) -> None:
    assert list(topic) == [
        "slug", "goals", "places", "days_from_seeding", "answer_days", "moderation_mode",
        "proposals_open", "supports_open", "comments_open", "requirements", "texts",
    ]  # fmt: skip
    assert SLUG.fullmatch(topic["slug"])
    assert len(topic["slug"]) <= 60
    assert 1 <= topic["answer_days"] <= 365
    assert all(type(topic[flag]) is bool for flag in FLAGS)


@TOPICS
def test_topic_refers_to_goals_and_places_that_exist(topic: dict[str, Any]) -> None:
    for key, known in (
        ("goals", {goal["number"] for goal in _rows("goals")}),
        ("places", {place["slug"] for place in _rows("places")}),
    ):
        assert topic[key]
        assert len(set(topic[key])) == len(topic[key])
        assert set(topic[key]) <= known


@TOPICS
def test_topic_has_begun_and_is_closed_for_everything_when_its_time_is_over(topic: dict[str, Any]) -> None:
    days = topic["days_from_seeding"]
    assert list(days) == ["opens", "closes"]
    assert days["opens"] <= 0
    if days["closes"] is not None:
        assert days["closes"] > days["opens"]
        if days["closes"] <= 0:
            assert not any(topic[flag] for flag in FLAGS)


@TOPICS
def test_topic_requirements_ask_for_something_once_per_action(topic: dict[str, Any]) -> None:
    assert _unique(topic["requirements"], "action")
    for requirement in topic["requirements"]:
        assert list(requirement) == ["action", "min_age", "residents_only"]
        assert requirement["action"] in ACTIONS
        assert requirement["min_age"] is None or 13 <= requirement["min_age"] <= 18
        assert requirement["min_age"] or requirement["residents_only"] is True


@TOPICS
def test_topic_says_everything_in_three_languages(topic: dict[str, Any]) -> None:
    assert list(topic["texts"]) == LANGUAGES
    for text in topic["texts"].values():
        assert list(text) == ["title", "summary", "body"]
        assert 0 < len(text["title"]) <= 80
        assert 40 < len(text["summary"]) <= 240
        assert 2 <= len(text["body"].split("\n\n")) <= 4
        assert str(topic["answer_days"]) in text["body"]
        assert all(str(need["min_age"]) in text["body"] for need in topic["requirements"] if need["min_age"])
    assert len({text["body"] for text in topic["texts"].values()}) == len(LANGUAGES)


@TOPICS
def test_nynorsk_is_not_bokmal(topic: dict[str, Any]) -> None:
    words = set(re.findall(r"\w+", " ".join(topic["texts"]["nn"].values()).lower()))
    assert not words & BOKMAL_ONLY


def test_places_are_unique_with_one_municipality() -> None:
    places = _rows("places")
    assert len(places) == 22
    assert _unique(places, "slug")
    assert _unique(places, "name")
    assert [place["slug"] for place in places if place["kind"] == "municipality"] == ["baerum"]


@PLACES
def test_place_has_a_valid_outline(place: dict[str, Any]) -> None:
    assert list(place) == ["slug", "name", "kind", "geometry"]
    assert SLUG.fullmatch(place["slug"])
    assert place["kind"] in KINDS
    assert place["geometry"]["type"] == "Polygon"
    ring = _ring(place)
    assert ring[0] == ring[-1]
    assert len(set(ring)) == len(ring) - 1
    assert 6 <= len(ring) - 1 <= (12 if place["kind"] != "municipality" else 24)
    west, south, east, north = BOX
    assert all(west <= lon <= east and south <= lat <= north for lon, lat in ring)
    # The shoelace sum is positive for a counter-clockwise ring, which RFC 7946 asks for.
    assert sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) > 0


@PLACES
def test_outline_does_not_cross_itself(place: dict[str, Any]) -> None:
    edges = list(pairwise(_ring(place)))
    strangers = [pair for pair in combinations(edges, 2) if not set(pair[0]) & set(pair[1])]
    assert not [pair for pair in strangers if _cross(*pair)]


def test_places_lie_in_the_municipality_and_beside_each_other() -> None:
    whole, *parts = [_ring(place) for place in _rows("places")]
    assert all(_inside(point, whole) for ring in parts for point in ring)
    for first, second in combinations(parts, 2):
        assert not any(_cross(a, b) for a in pairwise(first) for b in pairwise(second))
        assert not _inside(first[0], second)
        assert not _inside(second[0], first)


@PEOPLE
def test_person_has_the_exact_shape_and_known_references(person: dict[str, Any]) -> None:
    assert list(person) == [
        "key", "name", "birth_date", "serial", "municipality_number", "municipality_name", "place",
        "language", "kind", "groups", "email", "note",
    ]  # fmt: skip
    assert MUNICIPALITIES[person["municipality_number"]] == person["municipality_name"]
    places = {place["slug"] for place in _rows("places")}
    assert person["place"] in places if person["municipality_number"] == "3201" else person["place"] is None
    assert person["language"] in LANGUAGES
    assert person["email"].endswith("@example.invalid")
    assert person["note"]
    assert set(person["groups"]) <= EMPLOYEE_GROUPS
    assert person["kind"] == ("employee" if person["groups"] else "resident")


def test_people_cover_the_roles_that_testing_needs() -> None:
    people = _rows("people")
    assert _unique(people, "key")
    assert _unique(people, "name")
    assert _unique(people, "email")
    groups = [group for person in people for group in person["groups"]]
    assert {group: groups.count(group) for group in EMPLOYEE_GROUPS} == {
        "samskap-saksbehandler": 1, "samskap-moderator": 2, "samskap-admin": 1,
    }  # fmt: skip
    residents = [person for person in people if person["kind"] == "resident"]
    assert {person["language"] for person in residents} == set(LANGUAGES)
    assert {person["municipality_number"] for person in residents} == set(MUNICIPALITIES)


def test_the_minor_was_fourteen_when_the_files_were_written() -> None:
    written = date(2026, 11, 1)
    born = [date.fromisoformat(person["birth_date"]) for person in _rows("people")]
    ages = [written.year - day.year - ((written.month, written.day) < (day.month, day.day)) for day in born]
    assert [age for age in ages if age < 18] == [14]


def test_everybody_gets_a_synthetic_identity_number_of_their_own() -> None:
    numbers = [person.national_identity_number for person in load_people()]
    assert len(set(numbers)) == len(_rows("people"))
    assert all(number and 81 <= int(number[2:4]) <= 92 for number in numbers)


def test_no_number_is_stored() -> None:
    for name in ("topics", "goals", "places", "people"):
        text = files("backend").joinpath("topics", "seed", f"{name}.json").read_text(encoding="utf-8")
        assert not re.search(r"\d{11}", text)
