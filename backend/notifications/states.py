"""How far the telling of one person by one channel has come."""

from enum import StrEnum


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DROPPED = "dropped"
    FAILED = "failed"


UNSENT = frozenset({DeliveryState.WAITING, DeliveryState.SENDING})
"""What a mail is still owed for."""
