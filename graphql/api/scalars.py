"""Scalars beyond GraphQL's own."""

from typing import Any, NewType

import strawberry

GeoJSON = strawberry.scalar(
    NewType("GeoJSON", object),
    name="GeoJSON",
    description="A GeoJSON geometry (RFC 7946): WGS84, longitude before latitude.",
    specified_by_url="https://www.rfc-editor.org/rfc/rfc7946",
    serialize=lambda value: value,
    parse_value=lambda value: value,
)


def point(longitude: float | None, latitude: float | None) -> dict[str, Any] | None:
    """A GeoJSON Point, or None without a position."""
    if longitude is None or latitude is None:
        return None
    return {"type": "Point", "coordinates": [longitude, latitude]}
