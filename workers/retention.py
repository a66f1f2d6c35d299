"""Jobs that keep the house."""

from typing import Any

from backend.platform import retention
from workers.job import job


@job("clear_expired")
async def clear_expired(payload: dict[str, Any]) -> None:
    """Forget what is no longer needed."""
    await retention.clear_expired(payload["municipality_id"])
