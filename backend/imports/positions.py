"""Where a file's points lie: those whose degrees have changed places are errors, those outside are said."""

from dataclasses import dataclass
from typing import Final

from backend.imports.errors import RowError, row_error
from backend.imports.plan import ImportPlan
from backend.imports.rows import ImportedProposal
from backend.platform.database import fetch_row

_AROUND: Final = 0.5
"""Degrees around the municipality in which a point may be meant: people write of the way to their neighbours too."""

_MOST_NAMED: Final = 20
"""Points outside that are named one by one; a file with more of them is from elsewhere, and that is one line."""


@dataclass(frozen=True, slots=True)
class Positions:
    """`swapped` by external key, as `store.checked` takes them; `warnings` are about rows that are taken in."""

    swapped: dict[str, list[RowError]]
    warnings: tuple[RowError, ...]


@dataclass(frozen=True, slots=True)
class _Box:
    west: float
    south: float
    east: float
    north: float

    def has(self, longitude: float, latitude: float, around: float = 0.0) -> bool:
        return (
            self.west - around <= longitude <= self.east + around
            and self.south - around <= latitude <= self.north + around
        )


async def check_positions(municipality_id: int, plan: ImportPlan) -> Positions:
    """What is odd about the plan's points; nothing where no place says how far the municipality reaches."""
    box = await _municipality(municipality_id)
    column = plan.mapping.columns.get("latitude", "latitude")
    swapped: dict[str, list[RowError]] = {}
    outside: list[RowError] = []
    for row in plan.proposals if box is not None else ():
        assert box is not None
        if row.latitude is None or row.longitude is None or box.has(row.longitude, row.latitude):
            continue
        shown = f"{row.latitude:g}, {row.longitude:g}"
        if not box.has(row.longitude, row.latitude, _AROUND) and _is_swapped(box, row):
            swapped[row.external_key] = [row_error(row.line, "swapped", column=column, value=shown)]
        else:
            outside.append(row_error(row.line, "outside", column=column, value=shown))
    if len(outside) > _MOST_NAMED:
        outside = [row_error(0, "many_outside", column=column, detail=len(outside))]
    return Positions(swapped, tuple(outside))


def _is_swapped(box: _Box, row: ImportedProposal) -> bool:
    assert row.latitude is not None
    assert row.longitude is not None
    return box.has(row.latitude, row.longitude, _AROUND)


async def _municipality(municipality_id: int) -> _Box | None:
    """The box around all places of the municipality."""
    row = await fetch_row(
        """SELECT min(west) AS west, min(south) AS south, max(east) AS east, max(north) AS north FROM place
           WHERE municipality_id = $1""",
        municipality_id,
    )
    return _Box(*row.values()) if row and row["west"] is not None else None
