"""Whom an answer would tell, for planners to see before they give it."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.notifications.audience_preview import expected_audience
from backend.notifications.events import EventKind
from backend.notifications.kinds import Cause
from backend.platform.authz import Actor, Refusal, logged_in, require
from backend.platform.errors import Conflict, DomainError
from backend.proposals.access import visible_proposals
from backend.proposals.assessment import ALREADY_ANSWERED, at_most_at_once
from backend.proposals.rules import NOT_FOUND, ProposalFacts, may
from backend.proposals.states import ANSWERED_STATES, Capacity, ProposalState, permits


@dataclass(frozen=True, slots=True)
class AudienceRow:
    """How many people an answer to one proposal would tell, by cause; or why it could not be answered."""

    proposal_id: int
    causes: dict[Cause, int]
    refusal: DomainError | None


@dataclass(frozen=True, slots=True)
class Audience:
    """Each proposal's audience, and how many different people they are together."""

    rows: list[AudienceRow]
    people: int


async def answer_audience(actor: Actor, proposal_ids: Sequence[int]) -> Audience:
    """Whom answers to up to 100 proposals would tell if they were given now; each different id once, in order.

    Raises Unauthenticated, LimitExceeded. What the actor may not answer has its refusal in its row.
    """
    require(logged_in(actor, None))
    different = list(dict.fromkeys(proposal_ids))
    at_most_at_once(different)
    known = await visible_proposals(actor, different)
    refusals = {number: _refusal(actor, known.get(number)) for number in different}
    expected = await expected_audience(
        actor.municipality_id,
        EventKind.ANSWERED,
        "proposal",
        [number for number, refusal in refusals.items() if refusal is None],
        actor_id=actor.account_id,
    )
    rows = [
        AudienceRow(number, expected.by_content.get(number, {}), refusals[number]) for number in different
    ]
    return Audience(rows, expected.people)


def _refusal(actor: Actor, facts: ProposalFacts | None) -> DomainError | None:
    if facts is None:
        return NOT_FOUND.as_error()
    decision = may(actor, "assess", facts)
    if isinstance(decision, Refusal):
        return decision.as_error()
    state = facts.proposal.state
    if state in ANSWERED_STATES:
        return ALREADY_ANSWERED.as_error()
    if not permits(state, ProposalState.ANSWERED, Capacity.PLANNER):
        return Conflict("not_answerable", "Forslaget kan ikke besvares nå.")
    return None
