"""Jobs that keep the house."""

from typing import Any

from backend.platform import upkeep
from workers.job import job


@job("clear_expired")
async def clear_expired(payload: dict[str, Any]) -> None:
    """Forget what is no longer needed."""
    await upkeep.clear_expired(payload["municipality_id"])
