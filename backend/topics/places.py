"""Use cases of places, for administrators."""

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

import asyncpg
import orjson

from backend.audit.service import record_staff_act
from backend.platform.authz import Actor, administer, require
from backend.platform.database import fetch_value, unit_of_work
from backend.platform.errors import Conflict, Invalid, NotFound
from backend.platform.idempotency import once
from backend.platform.tags import changed
from backend.platform.validation import all_checked
from backend.text.checks import official_text
from backend.topics.content import LANGUAGES, validate_slug
from backend.topics.geometry import box_of, validate_geometry

NAME = (2, 80)


class PlaceKind(StrEnum):
    """What a place is."""

    MUNICIPALITY = "municipality"
    TOWN = "town"
    DISTRICT = "district"
    NEIGHBOURHOOD = "neighbourhood"


@dataclass(frozen=True, slots=True)
class PlaceContent:
    """What an administrator says about a place: names by language (nb always), kind, and outline as GeoJSON."""

    slug: str
    names: tuple[tuple[str, str], ...]
    kind: PlaceKind
    geometry: Any


async def create_place(actor: Actor, content: PlaceContent, *, key: str | None = None) -> int:
    """Store a new place; returns its id.

    For administrators. Raises Unauthenticated, Forbidden, Invalid, PersonalData, Conflict (slug taken, key reused).
    """
    require(administer(actor, None))
    content = _validated(content)
    request = orjson.loads(orjson.dumps(asdict(content)))
    return await once(actor, "create_place", key, request, lambda: _create(actor, content))


async def update_place(actor: Actor, place_id: int, content: PlaceContent, *, expected_version: int) -> int:
    """Replace what is said about a place; returns the new version.

    For administrators. Raises Unauthenticated, Forbidden, Invalid, PersonalData, NotFound, Conflict (slug taken,
    `expected_version` is not in force).
    """
    require(administer(actor, None))
    content = _validated(content)
    async with unit_of_work():
        current = await fetch_value(
            "SELECT version FROM place WHERE municipality_id = $1 AND id = $2 FOR UPDATE",
            actor.municipality_id,
            place_id,
        )
        if current is None:
            raise NotFound("place_not_found", "Stedet finnes ikke.")
        if current != expected_version:
            raise Conflict(
                "changed_meanwhile",
                "Noen andre rakk å endre stedet først. Se hva som er nytt, og prøv igjen.",
            )
        version = await _update(actor.municipality_id, place_id, content)
        await record_staff_act(actor, "place_changed", place_id=place_id)
        await changed(["places"])
    return version


async def _create(actor: Actor, content: PlaceContent) -> int:
    place_id: int | None = await fetch_value(
        """INSERT INTO place (municipality_id, slug, name, name_nn, name_en, kind, geometry, west, south, east, north)
           VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10, $11)
           ON CONFLICT (municipality_id, slug) DO NOTHING RETURNING id""",
        actor.municipality_id,
        *_columns(content),
    )
    if place_id is None:
        raise _taken()
    await record_staff_act(actor, "place_created", place_id=place_id)
    await changed(["places"])
    return place_id


async def _update(municipality_id: int, place_id: int, content: PlaceContent) -> int:
    try:
        version: int = await fetch_value(
            """UPDATE place SET slug = $3, name = $4, name_nn = $5, name_en = $6, kind = $7, geometry = $8::jsonb,
                      west = $9, south = $10, east = $11, north = $12, version = version + 1
               WHERE municipality_id = $1 AND id = $2 RETURNING version""",
            municipality_id,
            place_id,
            *_columns(content),
        )
    except asyncpg.UniqueViolationError:
        raise _taken() from None
    return version


def _taken() -> Conflict:
    return Conflict("slug_taken", "Et annet sted har denne adressen.", field="slug")


def _columns(content: PlaceContent) -> tuple[Any, ...]:
    names = dict(content.names)
    return (
        content.slug,
        names["nb"],
        names.get("nn"),
        names.get("en"),
        content.kind.value,
        orjson.dumps(content.geometry).decode(),
        *box_of(content.geometry),
    )


def _validated(content: PlaceContent) -> PlaceContent:
    languages = [language for language, _ in content.names]
    if "nb" not in languages:
        raise Invalid("bokmal_missing", "Stedet må ha et navn på bokmål.", field="names")
    if len(set(languages)) < len(languages) or not set(languages) <= set(LANGUAGES):
        raise Invalid("language_unknown", "Språket er ikke blant dem vi kjenner.", field="names.language")
    with all_checked() as check:
        slug = check(validate_slug, content.slug)
        names = tuple(
            (language, check(official_text, name, NAME, f"names.{language}.name", multiline=False))
            for language, name in content.names
        )
        geometry = check(validate_geometry, content.geometry)
    return replace(content, slug=slug, names=names, geometry=geometry)
