"""What becomes of a person's comments when their account is deleted."""

from backend.comments.counting import comments_changed
from backend.comments.states import EMPTIED
from backend.moderation.erasure import empty_reasons
from backend.platform.database import fetch, unit_of_work
from backend.platform.sql import one_of

DELETED_COMMENT = "Slettet kommentar"


async def erase_comments(municipality_id: int, account_id: int, *, keep_content: bool) -> None:
    """Comments are withdrawn and emptied, unless they are public and kept; replies to them stay."""
    async with unit_of_work():
        rows = await fetch(
            f"""UPDATE comment SET body = $3,
                   state = CASE WHEN state = 'hidden' THEN state ELSE 'withdrawn' END
               WHERE municipality_id = $1 AND author_id = $2 AND NOT ($4 AND published_at IS NOT NULL)
                 AND (body <> $3 OR NOT {one_of("state", EMPTIED)})
               RETURNING id, proposal_id""",
            municipality_id,
            account_id,
            DELETED_COMMENT,
            keep_content,
        )
        await empty_reasons(municipality_id, "comment", [row["id"] for row in rows])
        for proposal_id in sorted({row["proposal_id"] for row in rows}):
            await comments_changed(municipality_id, proposal_id)
