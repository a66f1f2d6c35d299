"""Topics that come with a mapping, made only when somebody asks for it."""

from pathlib import Path
from typing import Any, Final

import orjson

from backend.platform.database import execute, fetch_value, unit_of_work
from backend.platform.errors import NotFound
from backend.platform.settings import Settings
from backend.platform.tags import changed
from backend.topics.seeding import insert_topic

_SHIPPED: Final = Path(__file__).parent / "topics"


def is_shipped(slug: str) -> bool:
    """Whether texts of the topic come with the platform, for `create_topic`."""
    return _path(slug) is not None


def _path(slug: str) -> Path | None:
    # By listing: a slug from a file is never part of a path.
    return next((path for path in _SHIPPED.glob("*.json") if path.stem == slug), None)


async def create_topic(settings: Settings, slug: str) -> bool:
    """Store the shipped topic of that slug; False when the topic is there already. Raises NotFound."""
    path = _path(slug)
    async with unit_of_work():
        # Two at once: the second waits here, and then finds the topic.
        await execute("SELECT FROM municipality WHERE id = $1 FOR UPDATE", settings.municipality)
        if await fetch_value(
            "SELECT EXISTS (SELECT FROM topic WHERE municipality_id = $1 AND slug = $2)",
            settings.municipality,
            slug,
        ):
            return False
        if path is None:
            raise NotFound("topic_not_shipped", "Ingen tekster følger med for temaet {slug}.", slug=slug)
        row: dict[str, Any] = orjson.loads(path.read_bytes())
        await insert_topic(settings.municipality, row, {})
        await changed(["topics"])
    return True
