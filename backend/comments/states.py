"""The state machine of a comment, as one table.

The database holds a copy (`comment_state_rule`) that every transition refers to, so a step that is not here cannot be
stored. `NONE` is where a comment comes from when it is written.
"""

from enum import StrEnum
from typing import Final


class CommentState(StrEnum):
    """Where a comment stands itself."""

    SUBMITTED = "submitted"
    PUBLISHED = "published"
    REJECTED = "rejected"
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"


class Capacity(StrEnum):
    """In which capacity somebody takes a step."""

    AUTHOR = "author"
    SCREENING = "screening"
    MODERATOR = "moderator"
    ERASURE = "erasure"


NONE: Final = "none"
S, C = CommentState, Capacity
TRANSITIONS: Final[dict[tuple[str, CommentState], frozenset[Capacity]]] = {
    (NONE, S.SUBMITTED): frozenset({C.AUTHOR}),
    (S.SUBMITTED, S.PUBLISHED): frozenset({C.SCREENING, C.MODERATOR}),
    (S.SUBMITTED, S.REJECTED): frozenset({C.MODERATOR}),
    (S.SUBMITTED, S.WITHDRAWN): frozenset({C.AUTHOR, C.ERASURE}),
    (S.PUBLISHED, S.HIDDEN): frozenset({C.MODERATOR}),
    (S.PUBLISHED, S.WITHDRAWN): frozenset({C.AUTHOR, C.ERASURE}),
    (S.REJECTED, S.WITHDRAWN): frozenset({C.ERASURE}),
    (S.HIDDEN, S.PUBLISHED): frozenset({C.MODERATOR}),
}
"""From where to where, and in which capacities."""

WITH_A_PLACE = frozenset({CommentState.PUBLISHED, CommentState.HIDDEN, CommentState.WITHDRAWN})
"""What was public keeps its place in these while there are replies below it."""
ASIDE = frozenset({CommentState.SUBMITTED, CommentState.REJECTED, CommentState.HIDDEN})
"""What its author alone sees."""
SAID = frozenset({CommentState.SUBMITTED, CommentState.PUBLISHED})
"""What stands or is about to: the same again is the same comment."""
EMPTIED = frozenset({CommentState.HIDDEN, CommentState.WITHDRAWN})
"""What an erased comment ends in."""


def sources_of(target: CommentState, capacity: Capacity) -> list[str]:
    """From where somebody in this capacity may take a comment to `target`."""
    return [
        str(source)
        for (source, to), capacities in TRANSITIONS.items()
        if to is target and capacity in capacities
    ]
