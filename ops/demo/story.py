"""The timeline of one proposal: the turns that the content tells, and what is understood before them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from backend.proposals.states import Capacity, ProposalState, permits
from ops.demo.screened import modes, screened
from ops.demo.script import Scene, Turn
from ops.demo.stage import A_MOMENT, Stage

_WRITING = timedelta(minutes=20), timedelta(days=2)
_WAITING = timedelta(hours=2), timedelta(hours=20)
_APART = timedelta(hours=3)
_PARTS = {
    ProposalState.DRAFT: Capacity.AUTHOR,
    ProposalState.SUBMITTED: Capacity.AUTHOR,
    ProposalState.WITHDRAWN: Capacity.AUTHOR,
    ProposalState.REJECTED: Capacity.MODERATOR,
    ProposalState.HIDDEN: Capacity.MODERATOR,
}


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the timeline with its time."""

    ordinal: int
    source: ProposalState
    turn: Turn
    part: Capacity
    actor_id: int | None
    at: datetime


class StoryError(Exception):
    """The content tells of something that cannot happen; the message names the proposal."""


def time_of(steps: Sequence[Step], state: ProposalState) -> datetime | None:
    """When the proposal first came into the state; None when it never did."""
    return next((step.at for step in steps if step.turn.to is state), None)


def end_of(stage: Stage, steps: Sequence[Step], states: frozenset[ProposalState]) -> datetime:
    """When the proposal, once public, left these states; now if it is in them still."""
    return next(
        (step.at for step in steps if step.source in states and step.turn.to not in states), stage.times.now
    )


def steps_of(stage: Stage, scene: Scene) -> list[Step]:
    """The turns of the story with what is understood before the first: written, handed in, screened."""
    timed = [*_beginning(stage, scene), *((turn, _time(stage, turn)) for turn in scene.turns[1:])]
    states = [ProposalState.NONE, *(turn.to for turn, _ in timed)]
    steps: list[Step] = []
    for ordinal, ((source, target), (turn, at)) in enumerate(zip(pairwise(states), timed, strict=True), 1):
        part = _part(scene, target)
        if not permits(source, target, part):
            raise StoryError(f"{scene.key}: it cannot go from {source} to {target}.")
        # A weekend, which offices keep, may have put it before the step it follows.
        at = max(at, steps[-1].at + _APART) if steps and at <= steps[-1].at else at
        steps.append(Step(ordinal, source, turn, part, _actor_id(stage, scene, part, ordinal), at))
    return steps


def _beginning(stage: Stage, scene: Scene) -> list[tuple[Turn, datetime]]:
    first, at = scene.turns[0], stage.times.ago(scene.turns[0].days)
    if first.to is ProposalState.DRAFT:
        return [(first, at)]
    submitted = at if first.to is ProposalState.SUBMITTED else _submitted(stage, scene, at)
    drafted = stage.times.before(submitted, *_WRITING)
    begun = [
        (Turn(ProposalState.DRAFT, first.days, None, None, None), drafted),
        (Turn(ProposalState.SUBMITTED, first.days, None, None, None), submitted),
    ]
    return begun if first.to is ProposalState.SUBMITTED else [*begun, (first, at)]


def _submitted(stage: Stage, scene: Scene, published: datetime) -> datetime:
    return stage.times.before(published, *(_WAITING if _reasons(scene) else A_MOMENT))


def _reasons(scene: Scene) -> tuple[str, ...]:
    return screened(scene.title, scene.body, scene.language, modes()[scene.topic])[1].reasons


def _time(stage: Stage, turn: Turn) -> datetime:
    is_office = _PARTS.get(turn.to) is not Capacity.AUTHOR
    return stage.times.office(turn.days) if is_office else stage.times.ago(turn.days)


def _part(scene: Scene, target: ProposalState) -> Capacity:
    if target is ProposalState.PUBLISHED:
        return Capacity.MODERATOR if _reasons(scene) else Capacity.SCREENING
    return _PARTS.get(target, Capacity.PLANNER)


def _actor_id(stage: Stage, scene: Scene, part: Capacity, number: int) -> int | None:
    match part:
        case Capacity.AUTHOR:
            return stage.members.ids[scene.by]
        case Capacity.MODERATOR:
            return stage.moderator_id(number)
        case Capacity.PLANNER:
            return stage.planner_id
    return None
