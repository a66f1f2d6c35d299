"""Moderation cases of the demo content: as screening makes them, and as moderators decided them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.moderation.decisions import Decision
from backend.moderation.queue import ModerationCaseDecision
from backend.moderation.signals import Screening
from backend.notifications.events import EventKind
from ops.demo.script import Ground, ScriptedReport
from ops.demo.stage import Happened, Stage, json

_BY_PEOPLE = frozenset(decision.value for decision in Decision)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a case is about."""

    proposal_id: int
    comment_id: int | None
    topic_id: int
    author_id: int
    version: int = 1

    @property
    def words(self) -> tuple[str, int]:
        """Its type and id, as cases name it."""
        return ("proposal", self.proposal_id) if self.comment_id is None else ("comment", self.comment_id)


@dataclass(frozen=True, slots=True)
class Ruled:
    """How a case ended, when, and on which ground where it went against the author."""

    decision: ModerationCaseDecision
    at: datetime
    ground: Ground | None = None


def add_screening(
    stage: Stage,
    subject: Subject,
    screening: Screening,
    reasons: Sequence[str],
    at: datetime,
    ruled: Ruled | None,
) -> None:
    """The case of what was handed in at `at`; without a ruling it waits."""
    case_id = _add(stage, subject, "screening", reasons, at, ruled)
    for signal in screening.signals:
        stage.rows.add(
            "moderation_signal",
            case_id=case_id,
            name=signal.name,
            version=signal.version,
            score=signal.score,
            detail=json(signal.detail),
            created_at=at,
        )
    if reasons:
        _tell(stage, subject, EventKind.HELD, case_id, at, {"case_id": case_id, "reasons": list(reasons)})
    if ruled and ruled.decision is ModerationCaseDecision.APPROVE and subject.comment_id is not None:
        _tell(stage, subject, EventKind.PUBLISHED, case_id, ruled.at, {}, subject.author_id)
    _tell_against(stage, subject, EventKind.REJECTED, case_id, ruled)


def add_reported(
    stage: Stage,
    subject: Subject,
    reports: Sequence[ScriptedReport],
    times: Sequence[datetime],
    ruled: Ruled | None,
) -> None:
    """The case that readers' reports opened at these times; without a ruling it waits."""
    case_id = _add(stage, subject, "report", (), min(times), ruled)
    subject_type, subject_id = subject.words
    for report, at in zip(reports, times, strict=True):
        stage.rows.add(
            "report",
            reporter_id=stage.members.ids[report.by],
            subject_type=subject_type,
            subject_id=subject_id,
            reason_code=report.code.value,
            text=report.text,
            case_id=case_id,
            created_at=at,
        )
    _tell_against(stage, subject, EventKind.CONTENT_HIDDEN, case_id, ruled)


def _add(
    stage: Stage, subject: Subject, origin: str, reasons: Sequence[str], at: datetime, ruled: Ruled | None
) -> int:
    case_id = next(stage.ids.cases)
    subject_type, subject_id = subject.words
    by_person = ruled is not None and ruled.decision.value in _BY_PEOPLE
    ground = ruled.ground if ruled else None
    stage.rows.add(
        "moderation_case",
        id=case_id,
        subject_type=subject_type,
        subject_id=subject_id,
        subject_version=subject.version,
        topic_id=subject.topic_id,
        author_id=subject.author_id,
        origin=origin,
        reasons=list(reasons),
        state="decided" if ruled else "waiting",
        decision=ruled.decision.value if ruled else None,
        decided_by_id=stage.moderator_id(case_id) if by_person else None,
        decided_at=ruled.at if ruled else None,
        reason_code=ground.code.value if ground else None,
        reason_text=ground.text if ground else None,
        created_at=at,
    )
    return case_id


def _tell_against(stage: Stage, subject: Subject, kind: EventKind, case_id: int, ruled: Ruled | None) -> None:
    if ruled and ruled.ground:
        detail = {"case_id": case_id, "reasons": [ruled.ground.code.value]}
        _tell(stage, subject, kind, case_id, ruled.at, detail)


def _tell(
    stage: Stage,
    subject: Subject,
    kind: EventKind,
    case_id: int,
    at: datetime,
    detail: dict[str, Any],
    actor_id: int | None = None,
) -> None:
    stage.happened.append(
        Happened(
            at=at,
            kind=kind,
            key=f"case:{case_id}",
            proposal_id=subject.proposal_id,
            topic_id=subject.topic_id,
            comment_id=subject.comment_id,
            actor_id=actor_id,
            detail=detail,
        )
    )
