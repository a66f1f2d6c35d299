"""What a decision does to the content it is about; publishing is in subjects.py."""

from backend.moderation.subjects import Subject, comments_changed
from backend.platform.database import execute, fetch_value
from backend.proposals.pending import EDIT, reject_pending
from backend.proposals.queries import proposal_for_update
from backend.proposals.states import Part, ProposalState
from backend.proposals.transitions import take_step


async def reject_subject(subject: Subject, actor_id: int | None) -> None:
    """Do not publish what was handed in; its author may still read it."""
    if subject.subject_type == "proposal":
        await _step(subject, ProposalState.REJECTED, actor_id)
    elif subject.subject_type == EDIT:
        await reject_pending(subject.municipality_id, subject.proposal_id)
    else:
        await _set_comment(subject, "rejected")


async def hide_subject(subject: Subject, actor_id: int | None) -> None:
    """Let nobody but the author and moderators see what was public."""
    if subject.subject_type == "proposal":
        await _step(subject, ProposalState.HIDDEN, actor_id)
    else:
        await _set_comment(subject, "hidden")
        await comments_changed(subject.municipality_id, subject.proposal_id)


async def restore_subject(subject: Subject, actor_id: int | None) -> None:
    """Make hidden content what it was before it was hidden."""
    if subject.subject_type == "proposal":
        await _step(subject, await _state_before(subject), actor_id)
    else:
        await _set_comment(subject, "published")
        await comments_changed(subject.municipality_id, subject.proposal_id)


async def _step(subject: Subject, target: ProposalState, actor_id: int | None) -> None:
    proposal = await proposal_for_update(subject.municipality_id, subject.subject_id)
    assert proposal is not None
    # The ground is for the author, and is read from the case: the timeline may be public again one day.
    await take_step(subject.municipality_id, proposal, target, Part.MODERATOR, actor_id=actor_id)


async def _state_before(subject: Subject) -> ProposalState:
    """The state that the proposal was hidden from."""
    found = await fetch_value(
        """SELECT from_state FROM proposal_transition
           WHERE municipality_id = $1 AND proposal_id = $2 AND to_state = 'hidden'
           ORDER BY ordinal DESC LIMIT 1""",
        subject.municipality_id,
        subject.subject_id,
    )
    return ProposalState(found)


async def _set_comment(subject: Subject, state: str) -> None:
    await execute(
        "UPDATE comment SET state = $3 WHERE municipality_id = $1 AND id = $2",
        subject.municipality_id,
        subject.subject_id,
        state,
    )
