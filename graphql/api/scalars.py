"""Scalars beyond GraphQL's own."""

from datetime import UTC, datetime
from typing import NewType

import strawberry
from strawberry.exceptions import StrawberryInputCoercionError
from strawberry.schema.types.base_scalars import DateTimeDefinition
from strawberry.types.scalar import ScalarDefinition

GeoJSON = NewType("GeoJSON", object)


def _moment(value: object) -> datetime:
    """A time as ISO 8601 has it; one with a zone in UTC. Raises GraphQLError for what no calendar in UTC holds."""
    try:
        found: datetime = DateTimeDefinition.parse_value(value)  # type: ignore[misc]
        return found if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:
        raise StrawberryInputCoercionError("The time lies beyond the calendar.") from None


SCALARS: dict[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="Date with time (isoformat)",
        serialize=datetime.isoformat,
        parse_value=_moment,
    ),
    GeoJSON: strawberry.scalar(
        name="GeoJSON",
        description="A GeoJSON geometry (RFC 7946): WGS84, longitude before latitude.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc7946",
        serialize=lambda value: value,
        parse_value=lambda value: value,
    ),
}


def point(longitude: float | None, latitude: float | None) -> GeoJSON | None:
    """A GeoJSON Point, or None without a position."""
    if longitude is None or latitude is None:
        return None
    return GeoJSON({"type": "Point", "coordinates": [longitude, latitude]})
