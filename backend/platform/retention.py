"""Forgetting what is no longer needed."""

from backend.platform.database import execute, unit_of_work
from backend.platform.slices import contributions

# Jobs that were done; failed ones stay until somebody has looked at them.
_DONE_JOBS = "DELETE FROM outbox WHERE done_at < now() - interval '7 days'"


async def clear_expired(municipality_id: int) -> None:
    """Delete what has expired, as the slices say, and the jobs that were done a week ago; nothing else."""
    async with unit_of_work():
        await execute(_DONE_JOBS)
        for statement in contributions("retention"):
            await execute(statement, municipality_id)
