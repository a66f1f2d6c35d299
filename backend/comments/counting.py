"""Having a proposal's comments counted anew."""

from backend.platform.outbox import enqueue
from backend.platform.tags import changed


async def comments_changed(municipality_id: int, proposal_id: int) -> None:
    """Have a proposal's comments counted anew, and tell that they changed."""
    await enqueue(
        "count_comments",
        f"proposal:{proposal_id}",
        {"municipality_id": municipality_id, "proposal_id": proposal_id},
    )
    await changed([f"proposal:{proposal_id}", f"comments:{proposal_id}"])
