"""Places: made and changed by administrators, with outlines that are on the globe and closed."""

import asyncio
from typing import Any

import pytest

from api.node_ids import to_global_id
from backend.platform.authz import Actor, Role
from backend.platform.database import execute, fetch, fetch_value
from backend.platform.errors import Invalid
from backend.topics.geometry import MAX_POSITIONS, validate_geometry
from backend.topics.queries import list_places, list_topics
from tests.fixtures.databases import execute_as_owner
from tests.fixtures.operations import ask

SQUARE = [[10.5, 59.9], [10.6, 59.9], [10.6, 60.0], [10.5, 59.9]]
INPUT: dict[str, Any] = {
    "slug": "kolsas-nord",
    "names": [{"language": "nb", "name": "Fornebu"}, {"language": "en", "name": "Fornebu peninsula"}],
    "kind": "DISTRICT",
    "geometry": {"type": "Polygon", "coordinates": [SQUARE], "crs": "dropped"},
}


def ring(count: int) -> list[list[float]]:
    points = [[10 + number / 1e5, 59.0 + number % 7] for number in range(count - 1)]
    return [*points, points[0]]


async def test_a_place_is_made_and_changed(fresh, person) -> None:
    admin = await person(role=Role.ADMIN)
    made = await ask(fresh, admin, "CreatePlace", input=INPUT, idempotencyKey="k")
    again = await ask(fresh, admin, "CreatePlace", input=INPUT, idempotencyKey="k")
    assert made == again
    place = made["place"]
    assert (place["name"], place["kind"], place["version"]) == ("Fornebu", "district", 1)
    changed = await ask(
        fresh,
        admin,
        "UpdatePlace",
        "en",
        id=place["id"],
        expectedVersion=1,
        input={**INPUT, "slug": "fornebulandet", "kind": "TOWN"},
    )
    assert changed["place"]["name"] == "Fornebu peninsula"
    assert (changed["place"]["slug"], changed["place"]["version"]) == ("fornebulandet", 2)
    stale = await ask(fresh, admin, "UpdatePlace", id=place["id"], expectedVersion=1, input=INPUT)
    assert stale["code"] == "changed_meanwhile"
    row = (await fetch("SELECT * FROM place WHERE slug = 'fornebulandet'"))[0]
    assert (row["west"], row["south"], row["east"], row["north"]) == (10.5, 59.9, 10.6, 60.0)
    acts = await fetch("SELECT kind, actor_id, place_id FROM staff_act ORDER BY id")
    assert [tuple(act) for act in acts] == [
        ("place_created", admin.account_id, row["id"]),
        ("place_changed", admin.account_id, row["id"]),
    ]


async def test_only_administrators(fresh, person) -> None:
    place = to_global_id("Place", await fetch_value("SELECT min(id) FROM place"))
    for actor, code in (
        (Actor(3201), "login_required"),
        (await person(), "role_missing"),
        (await person(role=Role.PLANNER), "role_missing"),
    ):
        assert (await ask(fresh, actor, "CreatePlace", input=INPUT))["code"] == code
        refused_problem = await ask(fresh, actor, "UpdatePlace", id=place, expectedVersion=1, input=INPUT)
        assert refused_problem["code"] == code


async def test_an_address_is_taken_once_also_at_the_same_time(fresh, person) -> None:
    admin = await person(role=Role.ADMIN)
    taken = await ask(fresh, admin, "CreatePlace", input={**INPUT, "slug": "sandvika"})
    assert taken["code"] == "slug_taken"
    made = await asyncio.gather(*(ask(fresh, admin, "CreatePlace", input=INPUT) for _ in range(4)))
    assert sorted(each["__typename"] for each in made) == ["ConflictProblem"] * 3 + ["PlaceChanged"]
    places = [row["id"] for row in await fetch("SELECT id FROM place ORDER BY id LIMIT 3")]
    moved = await asyncio.gather(
        *(
            ask(
                fresh,
                admin,
                "UpdatePlace",
                id=to_global_id("Place", number),
                expectedVersion=1,
                input={**INPUT, "slug": "ny-adresse"},
            )
            for number in places
        )
    )
    assert sorted(each["__typename"] for each in moved) == ["ConflictProblem"] * 2 + ["PlaceChanged"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"slug": "Æ"}, "slug"),
        ({"names": []}, "names"),
        ({"names": [{"language": "en", "name": "Only"}]}, "names"),
        ({"names": [{"language": "nb", "name": "Et"}] * 2}, "names.language"),
        ({"names": [{"language": "nb", "name": "x"}]}, "names.nb.name"),
        ({"geometry": {"type": "Point", "coordinates": [1, 2]}}, "geometry"),
    ],
)
async def test_what_is_wrong_is_named(fresh, person, change: dict[str, Any], field: str) -> None:
    refused_problem = await ask(
        fresh, await person(role=Role.ADMIN), "CreatePlace", input={**INPUT, **change}
    )
    assert (refused_problem["__typename"], refused_problem["field"]) == ("InvalidProblem", field)


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        (None, "geometry_type"),
        ([], "geometry_type"),
        ("Polygon", "geometry_type"),
        ({"type": ["Polygon"]}, "geometry_type"),
        ({"type": "Polygon"}, "geometry_rings"),
        ({"type": "Polygon", "coordinates": []}, "geometry_rings"),
        ({"type": "Polygon", "coordinates": {"0": SQUARE}}, "geometry_rings"),
        ({"type": "MultiPolygon", "coordinates": [[]]}, "geometry_rings"),
        ({"type": "MultiPolygon", "coordinates": [SQUARE]}, "geometry_ring"),
        ({"type": "Polygon", "coordinates": [SQUARE[:3]]}, "geometry_ring"),
        ({"type": "Polygon", "coordinates": [[[1, 1]] * 5]}, "geometry_ring"),
        ({"type": "Polygon", "coordinates": [[*SQUARE[:3], [1, 1]]]}, "geometry_open"),
        ({"type": "Polygon", "coordinates": [[*SQUARE[:2], [True, False], SQUARE[0]]]}, "geometry_position"),
        ({"type": "Polygon", "coordinates": [[*SQUARE[:2], ["1", "2"], SQUARE[0]]]}, "geometry_position"),
        ({"type": "Polygon", "coordinates": [[*SQUARE[:2], [1], SQUARE[0]]]}, "geometry_position"),
        (
            {"type": "Polygon", "coordinates": [[*SQUARE[:2], [float("inf"), 1], SQUARE[0]]]},
            "geometry_position",
        ),
        ({"type": "Polygon", "coordinates": [[*SQUARE[:2], [10**400, 1], SQUARE[0]]]}, "geometry_range"),
        ({"type": "Polygon", "coordinates": [[*SQUARE[:2], [59.9, 190.5], SQUARE[0]]]}, "geometry_range"),
        ({"type": "Polygon", "coordinates": [ring(MAX_POSITIONS + 1)]}, "geometry_large"),
        ({"type": "Polygon", "coordinates": [SQUARE] * 600}, "geometry_large"),
    ],
)
def test_outlines_that_are_none(geometry: Any, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        validate_geometry(geometry)
    assert (refused.value.code, refused.value.field) == (code, "geometry")


def test_outlines_keep_their_positions_only() -> None:
    high = [[*position, 12] for position in SQUARE]
    assert validate_geometry({"type": "Polygon", "coordinates": [high], "bbox": [1]}) == {
        "type": "Polygon",
        "coordinates": [SQUARE],
    }
    many = {"type": "MultiPolygon", "coordinates": [[ring(5_000)], [SQUARE, SQUARE]]}
    assert validate_geometry(many) == many


IN_ORDER = [
    "Asker",
    "Bærums Verk",
    "Gjettum",
    "Gløttveien",
    "Höganäs",
    "Zoologen",
    "ærlig talt",
    "Østerås",
    "Ås",
]


async def _list_names(actor: Actor, kind: str, language: str = "nb") -> list[str]:
    """All of them, two to a page."""
    names: list[str] = []
    after: tuple[str, str] | None = None
    while True:
        if kind == "place":
            places = await list_places(actor.municipality_id, language, after=after, limit=2)
            page = [(place.shown_name, place.slug) for place in places]
        else:
            topics = await list_topics(actor.municipality_id, language, open_only=False, after=after, limit=2)
            page = [(topic.title, topic.slug) for topic in topics]
        names += [name for name, _ in page]
        if len(page) < 2:
            return names
        after = page[-1]


async def test_lists_are_in_norwegian_order(fresh, person) -> None:
    admin = await person(role=Role.ADMIN)
    await execute_as_owner("DELETE FROM topic_place")
    await execute_as_owner("DELETE FROM place")
    for number, name in enumerate(reversed(IN_ORDER)):
        names = [{"language": "nb", "name": name}]
        given = {**INPUT, "slug": f"sted-{number}", "names": names}
        await ask(fresh, admin, "CreatePlace", input=given, idempotencyKey=f"k{number}")
    assert await _list_names(admin, "place") == IN_ORDER
    # By the name that is shown: the same place is another letter in another language.
    await execute("UPDATE place SET name_en = 'Zealand' WHERE name = 'Asker'")
    assert await _list_names(admin, "place", "en") == [*IN_ORDER[1:5], "Zealand", *IN_ORDER[5:]]
    assert await _list_names(admin, "place", "nn") == IN_ORDER


async def test_topics_are_in_norwegian_order_of_their_titles(fresh, person) -> None:
    actor = await person()
    titles = await _list_names(actor, "topic")
    await execute(
        "UPDATE topic_text SET title = 'Åpne gårder' WHERE title = $1 AND language = 'nb'", titles[0]
    )
    await execute("UPDATE topic_text SET title = 'Øvre gate' WHERE title = $1 AND language = 'nb'", titles[1])
    assert (await _list_names(actor, "topic"))[-2:] == ["Øvre gate", "Åpne gårder"]
