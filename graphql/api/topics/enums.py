"""The domain's enums as GraphQL's; imported before any type that uses them."""

import strawberry

from backend.topics.modes import ModerationMode
from backend.topics.places import PlaceKind

__all__ = ["ModerationMode", "PlaceKind"]

strawberry.enum(
    ModerationMode, name="ModerationMode", description="When a topic publishes what people write."
)
strawberry.enum(PlaceKind, description="What a place is.")
