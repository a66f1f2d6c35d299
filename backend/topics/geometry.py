"""Outlines of places: GeoJSON (RFC 7946), WGS84, longitude before latitude."""

import math
from typing import Any, Final

from backend.platform.errors import Invalid

MAX_POSITIONS: Final = 10_000
"""Positions of all rings together: a municipality's border to some metres."""

_MAX_RINGS: Final = 500
_LEAST: Final = 4
_Ring = list[list[float]]


def box_of(geometry: dict[str, Any]) -> tuple[float, float, float, float]:
    """West, south, east and north of a GeoJSON Polygon or MultiPolygon."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    points = [point for polygon in polygons for ring in polygon for point in ring]
    longitudes, latitudes = [point[0] for point in points], [point[1] for point in points]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def validate_geometry(given: object, field: str = "geometry") -> dict[str, Any]:
    """The outline with nothing but its type and its positions in two dimensions; heights and other members are dropped.

    Raises Invalid unless it is a Polygon or MultiPolygon of closed rings on the globe, at most `MAX_POSITIONS` long.
    """
    return _Reading(field).geometry(given)


class _Reading:
    """Checks what may be any JSON, and counts what it has met."""

    def __init__(self, field: str) -> None:
        self._field = field
        self._positions = 0
        self._rings = 0

    def geometry(self, given: object) -> dict[str, Any]:
        if not isinstance(given, dict) or given.get("type") not in ("Polygon", "MultiPolygon"):
            raise self._refusal(
                "geometry_type", "Omrisset må være GeoJSON av typen Polygon eller MultiPolygon."
            )
        coordinates = given.get("coordinates")
        if given["type"] == "Polygon":
            return {"type": "Polygon", "coordinates": self._polygon(coordinates)}
        polygons = [self._polygon(polygon) for polygon in self._list(coordinates)]
        return {"type": "MultiPolygon", "coordinates": polygons}

    def _polygon(self, given: object) -> list[_Ring]:
        return [self._ring(ring) for ring in self._list(given)]

    def _list(self, given: object) -> list[Any]:
        """A list that is not empty; each of its things is a ring at least."""
        if not isinstance(given, list) or not given:
            raise self._refusal("geometry_rings", "Omrisset mangler ringer.")
        self._rings += len(given)
        if self._rings > _MAX_RINGS:
            raise self._refusal("geometry_large", "Omrisset har for mange ringer.")
        return given

    def _ring(self, given: object) -> _Ring:
        if not isinstance(given, list) or len(given) < _LEAST:
            raise self._refusal("geometry_ring", "Hver ring må ha minst fire punkter.")
        self._positions += len(given)
        if self._positions > MAX_POSITIONS:
            raise self._refusal("geometry_large", "Omrisset kan ha høyst {most} punkter.", most=MAX_POSITIONS)
        ring = [self._position(position) for position in given]
        if ring[0] != ring[-1]:
            raise self._refusal("geometry_open", "Hver ring må slutte der den begynner.")
        if len({tuple(position) for position in ring}) < _LEAST - 1:
            raise self._refusal("geometry_ring", "Hver ring må omslutte et område.")
        return ring

    def _position(self, given: object) -> list[float]:
        if not isinstance(given, list) or len(given) not in (2, 3) or not all(map(_is_number, given)):
            raise self._refusal("geometry_position", "Hvert punkt må være lengdegrad og breddegrad.")
        longitude, latitude = given[:2]
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            raise self._refusal(
                "geometry_range", "Punktene må ligge mellom -180 og 180 grader øst og -90 og 90 grader nord."
            )
        return [float(longitude), float(latitude)]

    def _refusal(self, code: str, message: str, **params: int) -> Invalid:
        return Invalid(code, message, field=self._field, **params)


def _is_number(value: object) -> bool:
    # bool is an int to Python, and JSON's large numbers may be infinite.
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))
