"""One proposal as rows: itself, its steps, versions and answer; what belongs to it has files of its own."""

from collections.abc import Sequence
from datetime import datetime

from backend.notifications.events import EventKind
from backend.proposals.content import ProposalText, proposal_text
from backend.proposals.states import COMMENTABLE, PUBLIC, SUPPORTABLE, Capacity, ProposalState
from backend.text.search import VERSION as SEARCH_VERSION
from ops.demo.backers import add_co_authors, add_supports
from ops.demo.cases import Subject
from ops.demo.remarks import add_remarks
from ops.demo.script import Scene
from ops.demo.stage import Happened, Stage
from ops.demo.story import Step, end_of, steps_of, time_of
from ops.demo.verdicts import add_verdicts


def add_scene(stage: Stage, scene: Scene) -> None:
    """Everything about one proposal."""
    proposal_id = stage.proposals[scene.key] = next(stage.ids.proposals)
    steps = steps_of(stage, scene)
    stage.opened(scene.topic, steps[0].at)
    subject = Subject(
        proposal_id,
        None,
        stage.topics[scene.topic],
        stage.members.ids[scene.by],
        1 if scene.earlier is None else 2,
    )
    published = time_of(steps, ProposalState.PUBLISHED)
    text = proposal_text(scene.title, scene.body, scene.language)
    _add_proposal(stage, scene, subject, text, steps)
    _add_versions(stage, scene, subject, text, steps[0].at)
    for step in steps:
        _add_step(stage, scene, subject, step)
    add_verdicts(stage, scene, subject, steps)
    add_co_authors(stage, scene, subject, steps[0].at)
    if published is not None:
        add_supports(stage, scene, subject, published, end_of(stage, steps, SUPPORTABLE))
        add_remarks(stage, scene, subject, published, end_of(stage, steps, COMMENTABLE))


def _add_proposal(
    stage: Stage, scene: Scene, subject: Subject, text: ProposalText, steps: Sequence[Step]
) -> None:
    longitude, latitude = scene.position or (None, None)
    public = [
        step.at for step in steps if step.turn.to in PUBLIC and step.turn.to is not ProposalState.ASSESSMENT
    ]
    answered = next((step for step in steps if step.turn.to is ProposalState.ANSWERED), None)
    stage.rows.add(
        "proposal",
        id=subject.proposal_id,
        topic_id=subject.topic_id,
        author_id=subject.author_id,
        state=steps[-1].turn.to.value,
        step=len(steps),
        outcome=answered.turn.outcome if answered else None,
        language=text.language,
        title=text.title,
        body=text.body,
        version=subject.version,
        place_id=stage.places.get(scene.place or ""),
        longitude=longitude,
        latitude=latitude,
        created_at=steps[0].at,
        submitted_at=time_of(steps, ProposalState.SUBMITTED),
        published_at=time_of(steps, ProposalState.PUBLISHED),
        answered_at=answered.at if answered else None,
        active_at=max(public, default=steps[0].at),
        search=text.search_vector,
        search_version=SEARCH_VERSION,
        grams=text.grams,
        is_demo=True,
    )


def _add_versions(stage: Stage, scene: Scene, subject: Subject, text: ProposalText, first: datetime) -> None:
    versions = [(text.title, text.body, first)]
    if scene.earlier is not None:
        amended = stage.amended[scene.key] = stage.times.ago(scene.earlier.days)
        earlier = proposal_text(scene.earlier.title, scene.earlier.body, scene.language)
        versions = [(earlier.title, earlier.body, first), (text.title, text.body, amended)]
        _tell(stage, subject, EventKind.AMENDED, f"proposal:{subject.proposal_id}:2", amended)
    for number, (title, body, at) in enumerate(versions, 1):
        stage.rows.add(
            "proposal_version",
            proposal_id=subject.proposal_id,
            number=number,
            title=title,
            body=body,
            editor_id=subject.author_id,
            is_amendment=number > 1,
            created_at=at,
        )


def _add_step(stage: Stage, scene: Scene, subject: Subject, step: Step) -> None:
    is_said = step.turn.code is None
    stage.rows.add(
        "proposal_transition",
        proposal_id=subject.proposal_id,
        ordinal=step.ordinal,
        from_state=step.source.value,
        to_state=step.turn.to.value,
        actor_role=step.part.value,
        actor_id=step.actor_id,
        # The ground of a moderator's decision is for the author, and stands in the case.
        reason=step.turn.text if is_said else None,
        created_at=step.at,
    )
    if step.turn.to is ProposalState.ANSWERED:
        _add_answer(stage, scene, subject, step)
    _tell_step(stage, subject, step)


def _add_answer(stage: Stage, scene: Scene, subject: Subject, step: Step) -> None:
    stage.rows.add(
        "proposal_answer",
        proposal_id=subject.proposal_id,
        outcome=step.turn.outcome,
        reason=step.turn.text,
        language=scene.language,
        planner_id=step.actor_id,
        created_at=step.at,
    )


def _tell_step(stage: Stage, subject: Subject, step: Step) -> None:
    key = f"proposal:{subject.proposal_id}"
    if step.turn.to is ProposalState.PUBLISHED:
        for kind in (EventKind.PUBLISHED, EventKind.NEW_IN_TOPIC):
            _tell(stage, subject, kind, f"{key}:{step.ordinal - 1}", step.at)
    elif step.part is Capacity.PLANNER:
        outcome = {"outcome": step.turn.outcome.value} if step.turn.outcome else {}
        kind = EventKind.ANSWERED if outcome else EventKind.STATUS_CHANGED
        detail = {"state": step.turn.to.value, **outcome}
        _tell(stage, subject, kind, f"{key}:{step.ordinal}", step.at, step.actor_id, detail)


def _tell(
    stage: Stage,
    subject: Subject,
    kind: EventKind,
    key: str,
    at: datetime,
    actor_id: int | None = None,
    detail: dict[str, str] | None = None,
) -> None:
    actor_id = actor_id or subject.author_id
    stage.happened.append(
        Happened(at, kind, key, subject.proposal_id, subject.topic_id, actor_id=actor_id, detail=detail or {})
    )
