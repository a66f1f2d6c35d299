"""Where a comment may stand, and the sets of states that others ask for."""

from enum import StrEnum


class CommentState(StrEnum):
    """Where a comment stands itself."""

    SUBMITTED = "submitted"
    PUBLISHED = "published"
    REJECTED = "rejected"
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"


WITH_A_PLACE = frozenset({CommentState.PUBLISHED, CommentState.HIDDEN, CommentState.WITHDRAWN})
"""What was public keeps its place in these while there are replies below it."""
ASIDE = frozenset({CommentState.SUBMITTED, CommentState.REJECTED, CommentState.HIDDEN})
"""What its author alone sees."""
SAID = frozenset({CommentState.SUBMITTED, CommentState.PUBLISHED})
"""What stands or is about to: the same again is the same comment."""
EMPTIED = frozenset({CommentState.HIDDEN, CommentState.WITHDRAWN})
"""What an erased comment ends in."""
