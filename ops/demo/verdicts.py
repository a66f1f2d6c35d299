"""What screening and moderators said of one proposal."""

from collections.abc import Sequence
from dataclasses import replace

from backend.moderation.queue import ModerationCaseDecision
from backend.proposals.states import ProposalState
from ops.demo.cases import Ruled, Subject, add_reported, add_screening
from ops.demo.screened import modes, screened
from ops.demo.script import Ground, Scene, Turn
from ops.demo.stage import A_MOMENT, Stage
from ops.demo.story import Step, StoryError, time_of


def add_verdicts(stage: Stage, scene: Scene, subject: Subject, steps: Sequence[Step]) -> None:
    """The case of what was handed in, of what was amended, and of what readers reported."""
    submitted = time_of(steps, ProposalState.SUBMITTED)
    if submitted is None:
        return
    screening, verdict = screened(scene.title, scene.body, scene.language, modes()[scene.topic])
    ruled = _ruled(steps, held=bool(verdict.reasons))
    add_screening(stage, replace(subject, version=1), screening, verdict.reasons, submitted, ruled)
    if scene.key in stage.amended:
        amended = stage.amended[scene.key]
        passed = Ruled(ModerationCaseDecision.PUBLISH, stage.times.after(amended, *A_MOMENT))
        add_screening(stage, subject, screening, (), amended, passed)
    published = time_of(steps, ProposalState.PUBLISHED)
    if scene.reports and published is not None:
        end = time_of(steps, ProposalState.HIDDEN) or stage.times.now
        times = [stage.times.within(report.days, published, end) for report in scene.reports]
        add_reported(stage, subject, scene.reports, times, _hidden(steps))


def _ruled(steps: Sequence[Step], *, held: bool) -> Ruled | None:
    """What became of what was handed in; None while a moderator has yet to look."""
    for step in steps:
        if step.turn.to is ProposalState.PUBLISHED:
            return Ruled(ModerationCaseDecision.APPROVE if held else ModerationCaseDecision.PUBLISH, step.at)
        if step.turn.to is ProposalState.REJECTED:
            return Ruled(ModerationCaseDecision.REJECT, step.at, _ground(step.turn))
        if step.turn.to is ProposalState.WITHDRAWN:
            return Ruled(ModerationCaseDecision.LAPSE, step.at)
    return None


def _hidden(steps: Sequence[Step]) -> Ruled | None:
    hidden = next((step for step in steps if step.turn.to is ProposalState.HIDDEN), None)
    return Ruled(ModerationCaseDecision.HIDE, hidden.at, _ground(hidden.turn)) if hidden else None


def _ground(turn: Turn) -> Ground:
    if turn.code is None or turn.text is None:
        raise StoryError(f"A moderator's step to {turn.to} needs its ground.")
    return Ground(turn.code, turn.text)
