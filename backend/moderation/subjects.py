"""What can be moderated: one view of proposals, their edits and comments, and how each is published."""

from dataclasses import dataclass
from typing import Any

from backend.notifications.events import EventKind, record
from backend.platform.database import execute, fetch_row
from backend.platform.outbox import enqueue
from backend.platform.tags import changed
from backend.proposals.amending import publish_pending
from backend.proposals.pending import EDIT
from backend.proposals.queries import proposal_for_update
from backend.proposals.states import PUBLIC, Part, ProposalState
from backend.proposals.transitions import take_step


@dataclass(frozen=True, slots=True)
class Subject:
    """One piece of content as moderation sees it; `version` is the one that was loaded."""

    municipality_id: int
    subject_type: str
    subject_id: int
    version: int
    state: str
    proposal_id: int
    comment_id: int | None
    topic_id: int
    author_id: int | None
    title: str
    body: str
    language: str
    moderation_mode: str
    was_public: bool

    @property
    def is_shown(self) -> bool:
        """Whether others than its author see the content."""
        return is_shown(self.subject_type, self.state, was_public=self.was_public)

    @property
    def event_detail(self) -> dict[str, Any]:
        """What an event about it says besides: the author of an edit is told of the edit, not of the proposal."""
        return {"is_edit": True} if self.subject_type == EDIT else {}

    @property
    def awaits_screening(self) -> bool:
        """Whether the content was handed in and not decided.

        A public proposal is screened too: a program of the version before changed its words in place.
        """
        return self.state == "submitted" or (self.subject_type == "proposal" and self.state in PUBLIC)


def is_shown(subject_type: str, state: str, *, was_public: bool) -> bool:
    """Whether content in this state is seen by others; a withdrawn proposal that was public keeps its page."""
    if subject_type == "comment":
        return state == "published"
    if subject_type == EDIT:
        return False
    return state in PUBLIC or (state == ProposalState.WITHDRAWN and was_public)


_LOAD = {
    "proposal": """
        SELECT p.id AS subject_id, p.version, p.state, p.id AS proposal_id, NULL::bigint AS comment_id, p.topic_id,
               p.author_id, p.title, p.body, p.language, t.moderation_mode, p.published_at IS NOT NULL AS was_public
        FROM proposal p JOIN topic t ON t.municipality_id = p.municipality_id AND t.id = p.topic_id
        WHERE p.municipality_id = $1 AND p.id = $2 FOR NO KEY UPDATE OF p""",
    # The proposal is locked too: whatever ends or replaces its edit holds that lock.
    EDIT: """
        SELECT p.id AS subject_id, v.number AS version, v.state, p.id AS proposal_id, NULL::bigint AS comment_id,
               p.topic_id, v.editor_id AS author_id, v.title, v.body, v.language, t.moderation_mode,
               FALSE AS was_public
        FROM proposal p
        JOIN proposal_pending_version v ON v.municipality_id = p.municipality_id AND v.proposal_id = p.id
        JOIN topic t ON t.municipality_id = p.municipality_id AND t.id = p.topic_id
        WHERE p.municipality_id = $1 AND p.id = $2 FOR NO KEY UPDATE OF p, v""",
    "comment": """
        SELECT c.id AS subject_id, 1 AS version, c.state, c.proposal_id, c.id AS comment_id, p.topic_id,
               c.author_id, '' AS title, c.body, c.language, t.moderation_mode,
               c.published_at IS NOT NULL AS was_public
        FROM comment c
        JOIN proposal p ON p.municipality_id = c.municipality_id AND p.id = c.proposal_id
        JOIN topic t ON t.municipality_id = p.municipality_id AND t.id = p.topic_id
        WHERE c.municipality_id = $1 AND c.id = $2 FOR NO KEY UPDATE OF c""",
}


async def load_subject(municipality_id: int, subject_type: str, subject_id: int) -> Subject | None:
    """The content, locked until the unit of work ends; None when it is gone."""
    row = await fetch_row(_LOAD[subject_type], municipality_id, subject_id)
    return Subject(municipality_id=municipality_id, subject_type=subject_type, **dict(row)) if row else None


async def publish_subject(
    subject: Subject, *, part: Part = Part.SCREENING, actor_id: int | None = None
) -> None:
    """Make the content public and tell those concerned; what is public already stays so."""
    if subject.subject_type == "proposal":
        await _publish_proposal(subject, part, actor_id)
    elif subject.subject_type == EDIT:
        await publish_pending(subject.municipality_id, subject.proposal_id)
    else:
        await _publish_comment(subject)


async def _publish_proposal(subject: Subject, part: Part, actor_id: int | None) -> None:
    if subject.state in PUBLIC:
        return
    proposal = await proposal_for_update(subject.municipality_id, subject.subject_id)
    assert proposal is not None
    await take_step(subject.municipality_id, proposal, ProposalState.PUBLISHED, part, actor_id=actor_id)
    for kind in (EventKind.PUBLISHED, EventKind.NEW_IN_TOPIC):
        await record(
            subject.municipality_id,
            kind,
            f"proposal:{subject.subject_id}:{proposal.step}",
            proposal_id=subject.subject_id,
            topic_id=subject.topic_id,
            actor_id=subject.author_id,
        )


async def _publish_comment(subject: Subject) -> None:
    await execute(
        """UPDATE comment SET state = 'published', published_at = coalesce(published_at, now())
           WHERE municipality_id = $1 AND id = $2""",
        subject.municipality_id,
        subject.subject_id,
    )
    await comments_changed(subject.municipality_id, subject.proposal_id)
    for kind in (EventKind.COMMENT_ON_YOURS, EventKind.NEW_ON_PROPOSAL):
        await record(
            subject.municipality_id,
            kind,
            f"comment:{subject.subject_id}",
            proposal_id=subject.proposal_id,
            comment_id=subject.subject_id,
            topic_id=subject.topic_id,
            actor_id=subject.author_id,
        )


async def comments_changed(municipality_id: int, proposal_id: int) -> None:
    """Have a proposal's comments counted anew, and tell that they changed."""
    await enqueue(
        "count_comments",
        f"proposal:{proposal_id}",
        {"municipality_id": municipality_id, "proposal_id": proposal_id},
    )
    await changed([f"proposal:{proposal_id}", f"comments:{proposal_id}"])
