"""The people who discuss, as notifications find them."""

from typing import Final

from backend.notifications.kinds import Audience, Cause, Relation

COMMENTERS: Final = Audience(
    Relation.COMMENTERS,
    Cause.DISCUSSION,
    """
        SELECT DISTINCT author_id AS account_id FROM comment
        WHERE municipality_id = $1 AND subject_type = (SELECT root_type FROM happened)
          AND subject_id = (SELECT root_id FROM happened) AND state = 'published'""",
)
ANSWERED_COMMENTER: Final = Audience(
    Relation.ANSWERED_COMMENTER,
    Cause.COMMENTER,
    """
        SELECT parent.author_id AS account_id FROM comment c
        JOIN comment parent ON parent.municipality_id = c.municipality_id AND parent.id = c.parent_id
        WHERE c.municipality_id = $1 AND c.id = (SELECT subject_id FROM happened)
          AND (SELECT subject_type FROM happened) = 'comment'""",
)
