"""When a topic publishes what people write."""

from enum import StrEnum


class ModerationMode(StrEnum):
    """When a topic publishes what people write."""

    PUBLISH_AT_ONCE = "publish_at_once"
    HOLD_RISKY = "hold_risky"
    APPROVE_FIRST = "approve_first"
