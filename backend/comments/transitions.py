"""Taking a step of the state machine: the one way in which a comment's state changes."""

from backend.comments.states import Capacity, CommentState, sources_of
from backend.content.kinds import ContentRef
from backend.content.registry import root_kind
from backend.platform.database import fetch_row
from backend.platform.errors import Conflict
from backend.platform.tags import changed


def discussion_tag(root: ContentRef) -> str:
    """What is cached of the comments below this content."""
    return f"comments:{root.kind}:{root.id}"


async def apply_transition(
    municipality_id: int, comment_id: int, target: CommentState, capacity: Capacity, *, actor_id: int | None
) -> None:
    """Move the comment to `target` and add the step to its ledger; part of the caller's unit of work.

    Raises Conflict when the step is not in the state machine for this capacity.
    """
    row = await fetch_row(
        """WITH stepped AS (
               UPDATE comment SET state = $3::text, step = step + 1,
                   published_at = CASE WHEN $3::text = 'published' THEN coalesce(published_at, now())
                                       ELSE published_at END
               WHERE municipality_id = $1 AND id = $2 AND state = ANY($6::text[])
               RETURNING old.state AS source, new.step, subject_type, subject_id,
                         old.published_at IS NOT NULL AS was_public),
           noted AS (
               INSERT INTO comment_transition
                   (municipality_id, comment_id, ordinal, from_state, to_state, actor_role, actor_id)
               SELECT $1, $2, step, source, $3::text, $4, $5 FROM stepped)
           SELECT subject_type, subject_id, was_public FROM stepped""",
        municipality_id,
        comment_id,
        target.value,
        capacity.value,
        actor_id,
        sources_of(target, capacity),
    )
    if row is None:
        raise Conflict("step_not_permitted", "Kommentaren er ikke lenger slik at dette kan gjøres.")
    if row["was_public"] or target is CommentState.PUBLISHED:
        await discussion_changed(municipality_id, ContentRef(row["subject_type"], row["subject_id"]))


async def discussion_changed(municipality_id: int, root: ContentRef) -> None:
    """Have what is below some content counted anew, and tell those who listen."""
    await root_kind(root.kind).discussion_changed(municipality_id, root.id)
    await changed([discussion_tag(root)])
