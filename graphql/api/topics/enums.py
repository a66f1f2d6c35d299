"""The domain's enums as GraphQL's; imported before any type that uses them."""

import strawberry

from backend.moderation.signals.model import Mode

__all__ = ["Mode"]

strawberry.enum(Mode, name="ModerationMode", description="When a topic publishes what people write.")
