"""Jobs of moderation."""

from typing import Any

from backend.moderation.service import screen_content as screen
from workers.job import job


@job("screen_content")
async def screen_content(payload: dict[str, Any]) -> None:
    """Screen what was handed in, and publish or hold it."""
    await screen(
        payload["municipality_id"], payload["subject_type"], payload["subject_id"], payload["version"]
    )
