"""Taking a step of the state machine: the one way in which a proposal's state changes."""

from typing import Any

from backend.platform.database import execute, fetch_value
from backend.platform.errors import Conflict
from backend.platform.tags import changed
from backend.proposals.pending import erase_pending, lapse_pending
from backend.proposals.queries import ProposalRow
from backend.proposals.states import ANSWERED_STATES, PUBLIC, Capacity, ProposalState, permits
from backend.proposals.statistics import ask_for_figures

_STAMPS = {
    ProposalState.SUBMITTED: "submitted_at = now()",
    ProposalState.PUBLISHED: "published_at = coalesce(published_at, now()), active_at = now()",
    ProposalState.ANSWERED: "answered_at = now(), active_at = now()",
    ProposalState.UNDER_WAY: "active_at = now()",
    ProposalState.DONE: "active_at = now()",
}


def tags_of(proposal: ProposalRow) -> list[str]:
    """What is cached about a proposal: itself, its topic's lists, all lists."""
    return [f"proposal:{proposal.id}", f"topic:{proposal.topic_id}", "proposals"]


async def apply_transition(
    municipality_id: int,
    proposal: ProposalRow,
    target: ProposalState,
    part: Capacity,
    *,
    actor_id: int | None,
    reason: str | None = None,
    outcome: str | None = None,
) -> int:
    """Move the proposal to `target` and add the step to its timeline; returns the step's number.

    Raises Conflict when the step is not in the state machine for this part, or somebody else was first.
    """
    if not permits(proposal.state, target, part):
        raise Conflict(
            "step_not_permitted",
            "Forslaget kan ikke gå fra {source} til {target}.",
            source=proposal.state.value,
            target=target.value,
        )
    step: int | None = await fetch_value(
        f"""UPDATE proposal SET state = $3, step = step + 1, outcome = $5{_stamp(proposal.state, target)}
            WHERE municipality_id = $1 AND id = $2 AND step = $4 RETURNING step""",
        municipality_id,
        proposal.id,
        target.value,
        proposal.step,
        None if _takes_back(proposal.state, target) else outcome or proposal.outcome,
    )
    if step is None:
        raise Conflict(
            "changed_meanwhile", "Noen andre rakk å endre forslaget først. Se hva som er nytt, og prøv igjen."
        )
    await add_transition(municipality_id, proposal.id, step, proposal.state, target, part, actor_id, reason)
    if target is ProposalState.WITHDRAWN:
        await erase_pending(municipality_id, proposal.id)
    elif proposal.state is ProposalState.PUBLISHED:
        await lapse_pending(municipality_id, proposal.id)
    # What was public once has a page, withdrawn too: hiding that must be heard of.
    if target in PUBLIC or proposal.published_at is not None:
        await changed(tags_of(proposal))
        await ask_for_figures(municipality_id)
    return step


def _takes_back(source: ProposalState, target: ProposalState) -> bool:
    """Whether the answer is no longer in force; what was said stays in proposal_answer."""
    return source in ANSWERED_STATES and target is ProposalState.ASSESSMENT


def _stamp(source: ProposalState, target: ProposalState) -> str:
    # What comes back from being hidden was published and answered when it was.
    if source is ProposalState.HIDDEN:
        return ""
    if _takes_back(source, target):
        return ", answered_at = NULL"
    return f", {_STAMPS[target]}" if target in _STAMPS else ""


async def add_transition(*values: Any) -> None:
    """Write one row of the timeline: municipality, proposal, ordinal, from, to, part, actor, reason."""
    await execute(
        """INSERT INTO proposal_transition
               (municipality_id, proposal_id, ordinal, from_state, to_state, actor_role, actor_id, reason)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        *values,
    )
