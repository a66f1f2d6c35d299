"""What becomes of a person's comments when their account is deleted."""

from backend.comments.states import EMPTIED, Capacity, CommentState
from backend.comments.transitions import apply_transition, discussion_changed
from backend.content.kinds import ContentRef
from backend.moderation.erasure import empty_reasons
from backend.platform.database import fetch, unit_of_work
from backend.platform.sql import one_of

DELETED_COMMENT = "Slettet kommentar"


async def erase_comments(municipality_id: int, account_id: int, *, keep_content: bool) -> None:
    """Comments are withdrawn and emptied, unless they are public and kept; replies to them stay."""
    async with unit_of_work():
        rows = await fetch(
            f"""UPDATE comment SET body = $3
               WHERE municipality_id = $1 AND author_id = $2 AND NOT ($4 AND published_at IS NOT NULL)
                 AND (body <> $3 OR NOT {one_of("state", EMPTIED)})
               RETURNING id, state, subject_type, subject_id""",
            municipality_id,
            account_id,
            DELETED_COMMENT,
            keep_content,
        )
        for row in rows:
            if row["state"] not in EMPTIED:
                await apply_transition(
                    municipality_id, row["id"], CommentState.WITHDRAWN, Capacity.ERASURE, actor_id=None
                )
        await empty_reasons(municipality_id, "comment", [row["id"] for row in rows])
        for root in sorted({ContentRef(row["subject_type"], row["subject_id"]) for row in rows}):
            await discussion_changed(municipality_id, root)
