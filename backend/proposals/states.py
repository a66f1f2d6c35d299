"""The state machine of a proposal, as one table.

The database holds a copy (`proposal_state_rule`) that every transition refers to, so a step that is not here
cannot be stored. `NONE` is where a proposal comes from when it is first written or imported.
"""

from dataclasses import dataclass
from enum import StrEnum


class ProposalState(StrEnum):
    """Where a proposal stands."""

    NONE = "none"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    REJECTED = "rejected"
    PUBLISHED = "published"
    ASSESSMENT = "assessment"
    ANSWERED = "answered"
    UNDER_WAY = "under_way"
    DONE = "done"
    WITHDRAWN = "withdrawn"
    HIDDEN = "hidden"


class Outcome(StrEnum):
    """What the municipality answered."""

    ACCEPTED = "accepted"
    PARTLY = "partly"
    DECLINED = "declined"


class Capacity(StrEnum):
    """In which capacity somebody takes a step."""

    AUTHOR = "author"
    SCREENING = "screening"
    MODERATOR = "moderator"
    PLANNER = "planner"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Transition:
    """A permitted transition and who may take it."""

    source: ProposalState
    target: ProposalState
    parts: frozenset[Capacity]


S, P = ProposalState, Capacity
_TABLE: tuple[tuple[ProposalState, ProposalState, tuple[Capacity, ...]], ...] = (
    (S.NONE, S.DRAFT, (P.AUTHOR,)),
    (S.NONE, S.PUBLISHED, (P.IMPORT,)),
    (S.NONE, S.ASSESSMENT, (P.IMPORT,)),
    (S.NONE, S.ANSWERED, (P.IMPORT,)),
    (S.NONE, S.UNDER_WAY, (P.IMPORT,)),
    (S.NONE, S.DONE, (P.IMPORT,)),
    (S.NONE, S.WITHDRAWN, (P.IMPORT,)),
    (S.DRAFT, S.SUBMITTED, (P.AUTHOR,)),
    (S.DRAFT, S.WITHDRAWN, (P.AUTHOR,)),
    (S.SUBMITTED, S.PUBLISHED, (P.SCREENING, P.MODERATOR)),
    (S.SUBMITTED, S.REJECTED, (P.MODERATOR,)),
    (S.SUBMITTED, S.WITHDRAWN, (P.AUTHOR,)),
    (S.REJECTED, S.DRAFT, (P.AUTHOR,)),
    (S.REJECTED, S.WITHDRAWN, (P.AUTHOR,)),
    (S.PUBLISHED, S.ASSESSMENT, (P.PLANNER,)),
    (S.PUBLISHED, S.ANSWERED, (P.PLANNER,)),
    (S.PUBLISHED, S.WITHDRAWN, (P.AUTHOR,)),
    (S.PUBLISHED, S.HIDDEN, (P.MODERATOR,)),
    (S.ASSESSMENT, S.PUBLISHED, (P.PLANNER,)),
    (S.ASSESSMENT, S.ANSWERED, (P.PLANNER,)),
    (S.ASSESSMENT, S.HIDDEN, (P.MODERATOR,)),
    (S.ANSWERED, S.ASSESSMENT, (P.PLANNER,)),
    (S.ANSWERED, S.UNDER_WAY, (P.PLANNER,)),
    (S.ANSWERED, S.HIDDEN, (P.MODERATOR,)),
    (S.UNDER_WAY, S.DONE, (P.PLANNER,)),
    (S.UNDER_WAY, S.HIDDEN, (P.MODERATOR,)),
    (S.DONE, S.HIDDEN, (P.MODERATOR,)),
    (S.HIDDEN, S.PUBLISHED, (P.MODERATOR,)),
    (S.HIDDEN, S.ASSESSMENT, (P.MODERATOR,)),
    (S.HIDDEN, S.ANSWERED, (P.MODERATOR,)),
    (S.HIDDEN, S.UNDER_WAY, (P.MODERATOR,)),
    (S.HIDDEN, S.DONE, (P.MODERATOR,)),
    # The page of a withdrawn proposal stays, so what breaks the rules on it must be possible to hide.
    (S.WITHDRAWN, S.HIDDEN, (P.MODERATOR,)),
    (S.HIDDEN, S.WITHDRAWN, (P.MODERATOR,)),
)
TRANSITIONS: dict[tuple[ProposalState, ProposalState], Transition] = {
    (source, target): Transition(source, target, frozenset(parts)) for source, target, parts in _TABLE
}

PUBLIC = frozenset({S.PUBLISHED, S.ASSESSMENT, S.ANSWERED, S.UNDER_WAY, S.DONE})
SUPPORTABLE = frozenset({S.PUBLISHED, S.ASSESSMENT})
COMMENTABLE = frozenset({S.PUBLISHED, S.ASSESSMENT, S.ANSWERED, S.UNDER_WAY})
EDITABLE = frozenset({S.DRAFT, S.SUBMITTED, S.REJECTED, S.PUBLISHED})
ANSWERED_STATES = frozenset({S.ANSWERED, S.UNDER_WAY, S.DONE})
AWAITING_ANSWER = frozenset({S.PUBLISHED, S.ASSESSMENT})


def permits(source: ProposalState, target: ProposalState, part: Capacity) -> bool:
    """Whether somebody in this capacity may take the step."""
    step = TRANSITIONS.get((source, target))
    return step is not None and part in step.parts
