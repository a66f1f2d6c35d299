"""The domain's enums as GraphQL's; imported before any type that uses them."""

import strawberry

from backend.notifications.events import EventKind
from backend.notifications.kinds import Cause, Channel
from backend.notifications.ways_out import Scope

__all__ = ["Cause", "Channel", "EventKind", "Scope"]

strawberry.enum(EventKind, name="NotificationKind", description="What people can be told about.")
strawberry.enum(Channel, name="NotificationChannel", description="Where a person is told.")
strawberry.enum(Cause, name="NotificationCause", description="Why a person is told.")
strawberry.enum(
    Scope,
    name="NotificationWayOutScope",
    description="What a mail's link can end: all notifications of a proposal, mails for a cause, mails of a kind.",
)
