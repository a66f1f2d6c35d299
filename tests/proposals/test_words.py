"""What may be written in a proposal, and where it may be: bounds, personal data, characters, positions."""

from dataclasses import replace
from typing import Any

import pytest

from backend.platform.authz import Actor
from backend.platform.database import fetch_value
from backend.platform.errors import Invalid, NotFound, PersonalData
from backend.proposals.content import BODY, TITLE, Point
from backend.proposals.service import create_proposal, edit_proposal
from tests.fixtures.databases import execute_as_owner
from tests.fixtures.people import MakePerson
from tests.proposals.support import OTHER_WORDS, WORDS, nothing_is_stored, published, read, refused_with


@pytest.fixture
async def author(person: MakePerson) -> Actor:
    return await person()


@pytest.fixture
async def topic(topic_id: Any) -> int:
    found: int = await topic_id()
    return found


@pytest.mark.parametrize(
    ("longitude", "latitude"),
    [
        (180.1, 0.0),
        (-180.1, 0.0),
        (0.0, 90.1),
        (0.0, -90.1),
        (float("nan"), 59.9),
        (10.5, float("nan")),
        (float("inf"), 0.0),
    ],
)
def test_a_position_is_on_the_globe(longitude: float, latitude: float) -> None:
    with pytest.raises(Invalid) as refused:
        Point(longitude, latitude)
    assert (refused.value.code, refused.value.field) == ("position_out_of_range", "position")


async def test_a_place_and_a_position_are_preserved_and_taken_away(author: Actor, topic: int) -> None:
    place = await fetch_value("SELECT id FROM place ORDER BY id LIMIT 1")
    placed = replace(WORDS, place_id=place, position=Point(10.52, 59.89))
    proposal_id = await create_proposal(author, topic, placed, submit=False)
    row = await read(proposal_id)
    assert (row.place_id, row.longitude, row.latitude) == (place, 10.52, 59.89)
    assert await fetch_value("SELECT position[0] = 10.52 * 0.5 AND position[1] = 59.89 FROM proposal")
    await edit_proposal(author, proposal_id, WORDS, expected_version=1)
    row = await read(proposal_id)
    assert (row.place_id, row.longitude, row.latitude) == (None, None, None)
    assert await fetch_value("SELECT position IS NULL FROM proposal")


async def test_a_position_at_zero_is_a_position(author: Actor, topic: int) -> None:
    proposal_id = await create_proposal(author, topic, replace(WORDS, position=Point(0.0, 0.0)), submit=False)
    row = await read(proposal_id)
    assert (row.longitude, row.latitude) == (0.0, 0.0)


async def test_a_place_that_is_not_there_isrefused_with(author: Actor, topic: int) -> None:
    await execute_as_owner("INSERT INTO municipality (id, name) VALUES (301, 'Oslo')")
    elsewhere = await fetch_value(
        """INSERT INTO place (municipality_id, slug, name, kind, geometry, west, south, east, north)
           VALUES (301, 'st', 'Sted', 'district', '{}', 0, 0, 1, 1) RETURNING id"""
    )
    for place in (999_999, elsewhere, -1):
        asking = create_proposal(author, topic, replace(WORDS, place_id=place), submit=False)
        assert (await refused_with(NotFound, asking)).code == "place_not_found"
    await nothing_is_stored()


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("title", "a" * (TITLE[0] - 1)),
        ("title", "a" * (TITLE[1] + 1)),
        ("title", "   \n\t  ab  "),
        ("title", "\u200b\u200b\u200b\u200b\u200b\u200b"),
        ("body", "b" * (BODY[0] - 1)),
        ("body", "b" * (BODY[1] + 1)),
        ("body", " " * 500),
        ("body", ""),
        ("body", "b" * 1_000_000),
    ],
)
async def test_texts_have_bounds(author: Actor, topic: int, field: str, text: str) -> None:
    words = replace(WORDS, **{field: text})
    refused = await refused_with(Invalid, create_proposal(author, topic, words, submit=True))
    assert (refused.code, refused.field) == ("text_length", field)
    assert {"least", "most", "length"} <= set(refused.params)
    await nothing_is_stored()


@pytest.mark.parametrize("field", ["title", "body"])
@pytest.mark.parametrize("end", [0, 1])
async def test_the_bounds_themselves_are_within(author: Actor, topic: int, field: str, end: int) -> None:
    words = replace(WORDS, **{field: "æ" * {"title": TITLE, "body": BODY}[field][end]})
    assert await create_proposal(author, topic, words, submit=False)


async def test_a_language_is_one_of_those_known(author: Actor, topic: int) -> None:
    for language in ("xx", "", "NB", "no"):
        asking = create_proposal(author, topic, replace(WORDS, language=language), submit=False)
        assert (await refused_with(Invalid, asking)).code == "language_unknown"
    await nothing_is_stored()


@pytest.mark.parametrize(
    ("field", "text", "found", "kind"),
    [
        ("body", "Ring meg på +47 912 34 567 i kveld, så forklarer jeg.", "+47 912 34 567", "phone"),
        (
            "body",
            "Skriv til kari.nordmann@example.com om dette forslaget.",
            "kari.nordmann@example.com",
            "email",
        ),
        ("title", "Benker 👍 spør ola@example.org", "ola@example.org", "email"),
    ],
)
async def test_personal_data_is_refused_with_its_place(
    author: Actor, topic: int, field: str, text: str, found: str, kind: str
) -> None:
    words = replace(WORDS, **{field: text})
    refused = await refused_with(PersonalData, create_proposal(author, topic, words, submit=True, key="k"))
    assert (refused.code, refused.field, refused.params["kind"]) == ("personal_data", field, kind)
    assert text[refused.params["start"] : refused.params["end"]] == found
    # What it was is told nowhere.
    assert found not in str(refused)
    assert found not in repr(refused.params)
    await nothing_is_stored()


async def test_personal_data_in_an_edit_leaves_all_as_it_was(author: Actor, topic: int) -> None:
    proposal_id = await published(author, topic)
    before = await read(proposal_id)
    words = replace(OTHER_WORDS, body="Ta kontakt: kari.nordmann@example.com svarer på alt om dette.")
    await refused_with(PersonalData, edit_proposal(author, proposal_id, words, expected_version=1))
    assert await read(proposal_id) == before
    assert await fetch_value("SELECT count(*) FROM proposal_version") == 1


@pytest.mark.parametrize("text", ["\x00", "\ud800", "\udfff\ud800"])
async def test_characters_that_cannot_be_stored_do_no_harm(author: Actor, topic: int, text: str) -> None:
    words = replace(WORDS, title=f"Sykkelvei {text} langs elva", body=f"{WORDS.body}{text}")
    proposal_id = await create_proposal(author, topic, words, submit=False)
    row = await read(proposal_id)
    assert text not in row.title + row.body
    assert row.title.startswith("Sykkelvei")
