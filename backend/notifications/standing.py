"""Whether what a notification says is still so."""

from backend.notifications.events import EventKind
from backend.notifications.kinds import KINDS
from backend.proposals.states import ProposalState

STALE = "no_longer_so"


def is_still_so(kind: EventKind, proposal_state: str | None, comment_state: str | None) -> bool:
    """Whether the proposal and the comment (None: the event has none) are where the notification says."""
    states = KINDS[kind]
    if proposal_state is not None and states.proposal_states is not None:
        if ProposalState(proposal_state) not in states.proposal_states and comment_state is None:
            return False
        if comment_state is not None and ProposalState(proposal_state) in _TAKEN_AWAY:
            return False
    return comment_state is None or states.comment_states is None or comment_state in states.comment_states


_TAKEN_AWAY = frozenset({ProposalState.WITHDRAWN, ProposalState.HIDDEN})
