"""Those who follow, as notifications find them."""

from typing import Final

from backend.notifications.kinds import Audience, Cause, Relation

FOLLOWERS: Final = Audience(
    Relation.FOLLOWERS,
    Cause.PROPOSAL,
    """
        SELECT account_id FROM follow
        WHERE municipality_id = $1 AND subject_type = (SELECT root_type FROM happened)
          AND subject_id = (SELECT root_id FROM happened)""",
)
TOPIC_FOLLOWERS: Final = Audience(
    Relation.TOPIC_FOLLOWERS,
    Cause.TOPIC,
    """
        SELECT account_id FROM follow
        WHERE municipality_id = $1 AND topic_id = (SELECT topic_id FROM happened)""",
)
