"""Where the proposals of a list lie: all that match, up to a bound, for one map."""

from dataclasses import dataclass
from typing import Final

from backend.platform.database import fetch, fetch_value
from backend.proposals.listing import ProposalFilter, narrowed

MOST_POINTS: Final = 2_000
"""Points on one map, those written here before those imported, then the newest. More would be megabytes, and no
more to be seen."""

_MOST_COUNTED: Final = 20_000


@dataclass(frozen=True, slots=True)
class PointRow:
    """A public proposal with a point; degrees are WGS84."""

    id: int
    title: str
    language: str
    state: str
    outcome: str | None
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class PointsRow:
    """The points, and how many there are in all, counted to 20,000."""

    points: tuple[PointRow, ...]
    total: int


async def points_of(municipality_id: int, filters: ProposalFilter) -> PointsRow:
    """The points of the public proposals of such a list."""
    where, values = narrowed(municipality_id, filters)
    where = f"{where} AND p.position IS NOT NULL"
    rows = await fetch(
        f"""SELECT p.id, p.title, p.language, p.state, p.outcome, p.longitude, p.latitude FROM proposal p
            WHERE {where} ORDER BY (p.source IS NOT NULL), p.published_at DESC, p.id DESC LIMIT {MOST_POINTS}""",
        *values,
    )
    total = len(rows)
    if total == MOST_POINTS:
        total = await fetch_value(
            f"SELECT count(*) FROM (SELECT FROM proposal p WHERE {where} LIMIT {_MOST_COUNTED}) counted",
            *values,
        )
    return PointsRow(tuple(PointRow(*row.values()) for row in rows), total)
