"""The domain's enums as GraphQL's; imported before any type that uses them."""

import strawberry

from backend.administration.log import StaffActKind

__all__ = ["StaffActKind"]

strawberry.enum(StaffActKind, description="What staff did.")
