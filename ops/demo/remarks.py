"""The discussion below a proposal as rows."""

from datetime import datetime, timedelta

from backend.comments.service import BODY
from backend.comments.states import CommentState
from backend.moderation.queue import ModerationCaseDecision
from backend.notifications.events import EventKind
from backend.text.checks import validate_text
from ops.demo.cases import Ruled, Subject, add_reported, add_screening
from ops.demo.screened import language_of, modes, screened
from ops.demo.script import Remark, Scene
from ops.demo.stage import A_MOMENT, Happened, Stage

_WAITING = timedelta(minutes=40), timedelta(hours=9)
_REPLY = timedelta(minutes=25), timedelta(days=2)
_NOT_YET = (CommentState.SUBMITTED, CommentState.REJECTED)


def add_remarks(stage: Stage, scene: Scene, subject: Subject, start: datetime, end: datetime) -> None:
    """Comments and replies, in the order in which the content has them."""
    # Whoever waited for a moderator wrote earlier, and not before there was something to comment.
    times = stage.times.between(start + _WAITING[1], end, len(scene.remarks))
    for remark, at in zip(scene.remarks, times, strict=True):
        at = stage.times.ago(remark.days) if remark.days is not None else at
        parent_id = _add(stage, scene, subject, remark, at, None)
        for reply in remark.replies:
            at = stage.times.reply(at, *_REPLY)
            at = stage.times.ago(reply.days) if reply.days is not None else min(at, end)
            _add(stage, scene, subject, reply, at, parent_id)


def _add(
    stage: Stage, scene: Scene, subject: Subject, remark: Remark, at: datetime, parent_id: int | None
) -> int:
    """One comment that came out `at`, or was handed in then and has not come out."""
    comment_id, author_id = next(stage.ids.comments), stage.members.ids[remark.by]
    about = Subject(subject.proposal_id, comment_id, subject.topic_id, author_id)
    language = language_of(remark, dict(stage.members.languages))
    screening, verdict = screened("", remark.text, language, modes()[scene.topic])
    is_out = remark.state not in _NOT_YET
    written = stage.times.before(at, *(_WAITING if verdict.reasons else A_MOMENT)) if is_out else at
    stage.rows.add(
        "comment",
        id=comment_id,
        subject_type="proposal",
        subject_id=subject.proposal_id,
        parent_id=parent_id,
        author_id=author_id,
        stance=remark.stance.value,
        language=language,
        body=validate_text(remark.text, BODY, "body", multiline=True),
        state=remark.state.value,
        is_staff=author_id == stage.planner_id,
        published_at=at if is_out else None,
        created_at=written,
        is_demo=True,
    )
    ruled = _ruled(stage, remark, at, held=bool(verdict.reasons))
    add_screening(stage, about, screening, verdict.reasons, written, ruled)
    if remark.reports:
        times = [stage.times.within(report.days, at, stage.times.now) for report in remark.reports]
        add_reported(stage, about, remark.reports, times, _hidden(stage, remark, max(times)))
    if is_out:
        _tell(stage, about, at)
    return comment_id


def _ruled(stage: Stage, remark: Remark, at: datetime, *, held: bool) -> Ruled | None:
    if remark.state is CommentState.SUBMITTED:
        return None
    if remark.state is CommentState.REJECTED:
        return Ruled(ModerationCaseDecision.REJECT, stage.times.after(at, *_WAITING), remark.ground)
    return Ruled(ModerationCaseDecision.APPROVE if held else ModerationCaseDecision.PUBLISH, at)


def _hidden(stage: Stage, remark: Remark, reported: datetime) -> Ruled | None:
    """How the case of the reports ended: hidden, or not yet."""
    if remark.state is not CommentState.HIDDEN:
        return None
    return Ruled(ModerationCaseDecision.HIDE, stage.times.after(reported, *_WAITING), remark.ground)


def _tell(stage: Stage, about: Subject, at: datetime) -> None:
    for kind in (EventKind.COMMENT_ON_YOURS, EventKind.NEW_ON_PROPOSAL):
        stage.happened.append(
            Happened(
                at,
                kind,
                f"comment:{about.comment_id}",
                about.proposal_id,
                about.topic_id,
                about.comment_id,
                about.author_id,
            )
        )
