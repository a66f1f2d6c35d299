"""Scalars beyond GraphQL's own."""

from typing import NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

GeoJSON = NewType("GeoJSON", object)

SCALARS: dict[object, ScalarDefinition] = {
    GeoJSON: strawberry.scalar(
        name="GeoJSON",
        description="A GeoJSON geometry (RFC 7946): WGS84, longitude before latitude.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc7946",
        serialize=lambda value: value,
        parse_value=lambda value: value,
    )
}


def point(longitude: float | None, latitude: float | None) -> GeoJSON | None:
    """A GeoJSON Point, or None without a position."""
    if longitude is None or latitude is None:
        return None
    return GeoJSON({"type": "Point", "coordinates": [longitude, latitude]})
