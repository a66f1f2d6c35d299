"""Public proposals as one stream for an export: one snapshot, a few hundred rows in memory at a time."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg
import orjson

from backend.imports.export import COLUMNS
from backend.imports.write import PLACE, PLAN, SELECTED
from backend.platform.database import pool
from backend.proposals.listing import ProposalFilter, narrowed
from backend.proposals.queries import select

EXPORT_COLUMNS: Final = (*COLUMNS, "supports", "comments", "id", "source", "source_key")
"""What an export has: the columns an import reads back, then figures and where a proposal came from."""

_PREFETCH: Final = 200

_MORE: Final = f""",
           t.slug AS topic, b.name AS place_name,
           (SELECT l.target FROM proposal_link l
            WHERE l.municipality_id = p.municipality_id AND l.proposal_id = p.id AND l.kind = '{PLACE}'
            ORDER BY l.target LIMIT 1) AS place_label,
           (SELECT jsonb_agg(jsonb_build_array(l.target, l.detail) ORDER BY l.target)
            FROM proposal_link l
            WHERE l.municipality_id = p.municipality_id AND l.proposal_id = p.id
              AND l.kind = '{PLAN}') AS links
"""
_SELECT: Final = select(
    f""",
    (SELECT t.slug FROM topic t WHERE t.municipality_id = p.municipality_id AND t.id = p.topic_id) AS topic,
    coalesce((SELECT l.target FROM proposal_link l
              WHERE l.municipality_id = p.municipality_id AND l.proposal_id = p.id AND l.kind = '{PLACE}'
              ORDER BY l.target LIMIT 1),
             (SELECT b.name FROM place b WHERE b.municipality_id = p.municipality_id AND b.id = p.place_id),
             '') AS place,
    (SELECT jsonb_agg(jsonb_build_array(l.target, l.detail) ORDER BY l.target) FROM proposal_link l
     WHERE l.municipality_id = p.municipality_id AND l.proposal_id = p.id AND l.kind = '{PLAN}') AS links"""
)


@dataclass(frozen=True, slots=True)
class ExportFilter:
    """What an export is narrowed to; everything given must hold. `only` narrows as a list of proposals is."""

    topic_id: int | None = None
    source: str | None = None
    ids: tuple[int, ...] | None = None
    only: ProposalFilter = field(default_factory=ProposalFilter)


async def stream_proposals(
    municipality_id: int, filters: ExportFilter | None = None
) -> AsyncGenerator[Mapping[str, object], None]:
    """Public proposals by id, as they stood when the stream began, under the names of `EXPORT_COLUMNS`.

    `key` is the proposal's id; in an export of one source it is that source's own key, so that the file can
    be imported into the same source again. Names of authors are not part of it. Close the generator when you
    stop early: it holds a connection. A reader slower than 60 s for 200 rows is cut off by the database.
    """
    filters = filters or ExportFilter()
    async with pool().acquire() as held, held.transaction(isolation="repeatable_read", readonly=True):
        where, values = _where(municipality_id, filters)
        rows = held.cursor(f"{_SELECT} WHERE {where} ORDER BY p.id", *values, prefetch=_PREFETCH)
        async for row in rows:
            yield _exported(row, by_source=filters.source is not None)


def _where(municipality_id: int, filters: ExportFilter) -> tuple[str, list[Any]]:
    holds, values = narrowed(municipality_id, filters.only)
    for condition, value in (
        ("p.topic_id = ${}", filters.topic_id),
        ("p.source = ${}", filters.source),
        ("p.id = ANY(${})", None if filters.ids is None else list(filters.ids)),
    ):
        if value is not None:
            values.append(value)
            holds += f" AND {condition.format(len(values))}"
    return holds, values


def _exported(row: asyncpg.Record, *, by_source: bool) -> dict[str, object]:
    return {
        "key": row["external_key"] if by_source else str(row["id"]),
        "title": row["title"],
        "body": row["body"],
        "topic": row["topic"],
        "language": row["language"],
        "lat": row["latitude"],
        "lon": row["longitude"],
        "place": row["place"],
        "state": row["state"],
        "outcome": row["outcome"],
        "created_at": row["created_at"],
        "published_at": row["published_at"],
        "links": [_link(*parts) for parts in orjson.loads(row["links"] or b"[]")],
        "supports": row["supports"],
        "comments": row["comments"],
        "id": row["id"],
        "source": row["source"],
        "source_key": row["external_key"],
    }


def _link(target: str, detail: dict[str, Any]) -> dict[str, object]:
    selected = detail.pop(SELECTED, None)
    return {"target": target, "selected": selected, "numbers": detail}
