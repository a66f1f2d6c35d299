"""The domain's enums as GraphQL's; imported before any type that uses them."""

import strawberry

from backend.moderation.signals.model import Mode
from backend.topics.places import PlaceKind

__all__ = ["Mode", "PlaceKind"]

strawberry.enum(Mode, name="ModerationMode", description="When a topic publishes what people write.")
strawberry.enum(PlaceKind, description="What a place is.")
