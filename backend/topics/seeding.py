"""The first topics and places, read from the files in seed/ and stored once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from backend.platform.database import execute, fetch_value, unit_of_work
from backend.platform.locks import Lock
from backend.platform.settings import Settings
from backend.topics.geometry import box_of

_SEED = Path(__file__).parent / "seed"


def read_seed(name: str) -> list[dict[str, Any]]:
    """The rows of one seed file: goals, places, topics or people."""
    rows: list[dict[str, Any]] = orjson.loads((_SEED / f"{name}.json").read_bytes())[name]
    return rows


async def seed_once(settings: Settings) -> bool:
    """Store the first places and topics of a municipality; False when it has topics already."""
    async with unit_of_work():
        await execute("SELECT pg_advisory_xact_lock($1)", Lock.SEED)
        municipality_id = settings.municipality
        if await fetch_value("SELECT EXISTS (SELECT FROM topic WHERE municipality_id = $1)", municipality_id):
            return False
        places = {row["slug"]: await _insert_place(municipality_id, row) for row in read_seed("places")}
        for row in read_seed("topics"):
            await insert_topic(municipality_id, row, places)
        return True


async def _insert_place(municipality_id: int, row: dict[str, Any]) -> int:
    place_id: int = await fetch_value(
        """INSERT INTO place (municipality_id, slug, name, kind, geometry, west, south, east, north)
           VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9) RETURNING id""",
        municipality_id,
        row["slug"],
        row["name"],
        row["kind"],
        orjson.dumps(row["geometry"]).decode(),
        *box_of(row["geometry"]),
    )
    return place_id


async def insert_topic(municipality_id: int, row: dict[str, Any], places: dict[str, int]) -> None:
    """Store a topic as the seed files have it, in the caller's unit of work; `places` are ids by slug."""
    now, days = datetime.now(UTC), row["days_from_seeding"]
    topic_id = await fetch_value(
        """INSERT INTO topic (municipality_id, slug, goals, opens_at, closes_at, answer_days, moderation_mode,
                              proposals_open, supports_open, comments_open)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id""",
        municipality_id,
        row["slug"],
        row["goals"],
        now + timedelta(days=days["opens"]),
        None if days["closes"] is None else now + timedelta(days=days["closes"]),
        row["answer_days"],
        row["moderation_mode"],
        row["proposals_open"],
        row["supports_open"],
        row["comments_open"],
    )
    for language, text in row["texts"].items():
        await execute(
            """INSERT INTO topic_text (municipality_id, topic_id, language, title, summary, body)
               VALUES ($1, $2, $3, $4, $5, $6)""",
            municipality_id,
            topic_id,
            language,
            text["title"],
            text["summary"],
            text["body"],
        )
    for slug in row["places"]:
        await execute(
            "INSERT INTO topic_place (municipality_id, topic_id, place_id) VALUES ($1, $2, $3)",
            municipality_id,
            topic_id,
            places[slug],
        )
    for requirement in row["requirements"]:
        await execute(
            """INSERT INTO topic_requirement (municipality_id, topic_id, action, min_age, residents_only)
               VALUES ($1, $2, $3, $4, $5)""",
            municipality_id,
            topic_id,
            requirement["action"],
            requirement["min_age"],
            requirement["residents_only"],
        )
