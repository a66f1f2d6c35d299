"""Closing a case that nothing is left to decide in."""

from backend.platform.database import execute
from backend.platform.tags import changed


async def lapse_case(municipality_id: int, subject_type: str, subject_id: int) -> None:
    """Close the content's open case, if there is one, because nobody sees the content any more.

    Part of the caller's unit of work, which holds the content's lock.
    """
    await execute(
        """UPDATE moderation_case SET state = 'decided', decision = 'lapse', decided_at = now()
           WHERE municipality_id = $1 AND subject_type = $2 AND subject_id = $3 AND state <> 'decided'""",
        municipality_id,
        subject_type,
        subject_id,
    )
    await changed(["moderation"])
