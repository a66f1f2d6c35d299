"""Every read of topics and places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from backend.platform.database import fetch
from backend.topics.ordering import alphabetical


@dataclass(frozen=True, slots=True)
class Requirement:
    """What one action asks of a person: an age they reach this year, living in the municipality."""

    action: str
    min_age: int | None
    residents_only: bool
    accepts_declared: bool = False


@dataclass(frozen=True, slots=True)
class TopicText:
    """A topic's words in one language; the body is Markdown."""

    language: str
    title: str
    summary: str
    body: str


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic in one language; `language` says which the words are in."""

    id: int
    slug: str
    goals: tuple[int, ...]
    responsible_id: int | None
    opens_at: datetime
    closes_at: datetime | None
    answer_days: int
    moderation_mode: str
    proposals_open: bool
    supports_open: bool
    comments_open: bool
    counts_imported: bool
    version: int
    requirements: tuple[Requirement, ...]
    language: str
    title: str
    summary: str
    body: str
    municipality_name: str

    @property
    def topic_id(self) -> int:
        """Its own id, so that rules about a topic's things hold for the topic too."""
        return self.id


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place; `geometry` is GeoJSON in WGS84, `name` its name in bokmål, `language` the reader's."""

    id: int
    slug: str
    name: str
    name_nn: str | None
    name_en: str | None
    kind: str
    version: int
    geometry: dict[str, Any]
    west: float
    south: float
    east: float
    north: float
    language: str = "nb"

    @property
    def shown_name(self) -> str:
        """Its name in the reader's language, else in bokmål."""
        return {"nn": self.name_nn, "en": self.name_en}.get(self.language) or self.name


_TOPIC = """
    SELECT t.id, t.slug, t.goals, t.responsible_id, t.opens_at, t.closes_at, t.answer_days, t.moderation_mode,
           t.proposals_open, t.supports_open, t.comments_open, t.counts_imported, t.version,
           coalesce((SELECT json_agg(json_build_array(r.action, r.min_age, r.residents_only, r.accepts_declared)
                                     ORDER BY r.action)
                     FROM topic_requirement r
                     WHERE r.municipality_id = t.municipality_id AND r.topic_id = t.id), '[]') AS requirements,
           w.language, w.title, w.summary, w.body,
           (SELECT u.name FROM municipality u WHERE u.id = t.municipality_id) AS municipality_name
    FROM topic t
    JOIN LATERAL (SELECT language, title, summary, body FROM topic_text x
                  WHERE x.municipality_id = t.municipality_id AND x.topic_id = t.id
                  ORDER BY (x.language = $2) DESC, (x.language = 'nb') DESC, x.language LIMIT 1) w ON true
"""


def _topic(row: asyncpg.Record) -> TopicRow:
    values = dict(row)
    values["goals"] = tuple(values["goals"])
    values["requirements"] = tuple(Requirement(*parts) for parts in orjson.loads(values["requirements"]))
    return TopicRow(**values)


def _place(row: Mapping[str, Any], language: str) -> PlaceRow:
    values = dict(row)
    values["language"] = language
    values["geometry"] = orjson.loads(values["geometry"])
    return PlaceRow(**values)


async def topics_by_id(municipality_id: int, ids: Sequence[int], language: str) -> dict[int, TopicRow]:
    """The topics with these ids, in `language` where they have words in it, else bokmål."""
    rows = await fetch(
        f"{_TOPIC} WHERE t.municipality_id = $1 AND t.id = ANY($3)", municipality_id, language, ids
    )
    return {row["id"]: _topic(row) for row in rows}


async def topic_by_slug(municipality_id: int, slug: str, language: str) -> TopicRow | None:
    """The topic at an address."""
    rows = await fetch(
        f"{_TOPIC} WHERE t.municipality_id = $1 AND t.slug = $3", municipality_id, language, slug
    )
    return _topic(rows[0]) if rows else None


async def list_topics(
    municipality_id: int,
    language: str,
    *,
    open_only: bool,
    after: tuple[str, str] | None,
    limit: int,
    among: Sequence[int] | None = None,
) -> list[TopicRow]:
    """Topics by title, all or those `among` these ids; `after` are title and slug to go on from."""
    rows = await fetch(
        f"""WITH listed AS ({_TOPIC} WHERE t.municipality_id = $1
            AND (NOT $4 OR (t.opens_at <= now() AND (t.closes_at IS NULL OR t.closes_at > now())))
            AND ($6::bigint[] IS NULL OR t.id = ANY($6)))
            SELECT l.* FROM listed l CROSS JOIN LATERAL (SELECT {alphabetical("l.title")} AS key) k
            WHERE $3::text IS NULL OR (k.key, l.slug) > ({alphabetical("$3::text")}, $7::text)
            ORDER BY k.key, l.slug LIMIT $5""",
        municipality_id,
        language,
        after and after[0],
        open_only,
        limit,
        among,
        after and after[1],
    )
    return [_topic(row) for row in rows]


async def topics_counting_imported(municipality_id: int) -> tuple[int, ...]:
    """The ids of topics in which what was imported counts in figures and news."""
    rows = await fetch("SELECT id FROM topic WHERE municipality_id = $1 AND counts_imported", municipality_id)
    return tuple(row["id"] for row in rows)


_PLACE_NAMES = (
    *("id", "slug", "name", "name_nn", "name_en", "kind", "version", "geometry"),
    *("west", "south", "east", "north"),
)
_PLACE_COLUMNS = ", ".join(f"p.{name}" for name in _PLACE_NAMES)
_PLACE = f"SELECT {_PLACE_COLUMNS} FROM place p"


async def places_by_id(municipality_id: int, ids: Sequence[int], language: str = "nb") -> dict[int, PlaceRow]:
    """The places with these ids, for a reader of `language`."""
    rows = await fetch(f"{_PLACE} WHERE p.municipality_id = $1 AND p.id = ANY($2)", municipality_id, ids)
    return {row["id"]: _place(dict(row), language) for row in rows}


async def list_places(
    municipality_id: int, language: str, *, after: tuple[str, str] | None, limit: int
) -> list[PlaceRow]:
    """Places by the name that a reader of `language` sees; `after` are name and slug to go on from."""
    key = alphabetical(_shown_name(language))
    rows = await fetch(
        f"""{_PLACE} WHERE p.municipality_id = $1
            AND ($2::text IS NULL OR ({key}, p.slug) > ({alphabetical("$2::text")}, $3::text))
            ORDER BY {key}, p.slug LIMIT $4""",
        municipality_id,
        after and after[0],
        after and after[1],
        limit,
    )
    return [_place(dict(row), language) for row in rows]


def _shown_name(language: str) -> str:
    """`PlaceRow.shown_name` in SQL."""
    column = {"nn": "p.name_nn", "en": "p.name_en"}.get(language)
    return f"coalesce(nullif({column}, ''), p.name)" if column else "p.name"


async def places_of_topics(
    municipality_id: int, topic_ids: Sequence[int], language: str = "nb"
) -> dict[int, list[PlaceRow]]:
    """The places of each topic, by the name that a reader of `language` sees."""
    rows = await fetch(
        f"""SELECT tp.topic_id, {_PLACE_COLUMNS}
           FROM topic_place tp JOIN place p ON p.municipality_id = tp.municipality_id AND p.id = tp.place_id
           WHERE tp.municipality_id = $1 AND tp.topic_id = ANY($2)
           ORDER BY {alphabetical(_shown_name(language))}, p.slug""",
        municipality_id,
        topic_ids,
    )
    found: dict[int, list[PlaceRow]] = {topic_id: [] for topic_id in topic_ids}
    for row in rows:
        topic_id, *values = row.values()
        found[topic_id].append(_place(dict(zip(_PLACE_NAMES, values, strict=True)), language))
    return found


async def texts_of_topics(municipality_id: int, topic_ids: Sequence[int]) -> dict[int, list[TopicText]]:
    """Each topic's words in every language it has, by language; there are three languages at the most."""
    rows = await fetch(
        """SELECT topic_id, language, title, summary, body FROM topic_text
           WHERE municipality_id = $1 AND topic_id = ANY($2) ORDER BY topic_id, language""",
        municipality_id,
        topic_ids,
    )
    found: dict[int, list[TopicText]] = {topic_id: [] for topic_id in topic_ids}
    for row in rows:
        topic_id, *words = row.values()
        found[topic_id].append(TopicText(*words))
    return found
