"""Who stands behind a proposal: co-authors, and those who support it."""

from datetime import datetime, timedelta
from hashlib import sha256

from ops.demo.cases import Subject
from ops.demo.script import Scene
from ops.demo.stage import Stage


def add_co_authors(stage: Stage, scene: Scene, subject: Subject, drafted: datetime) -> None:
    """Co-authors accept while the first author writes."""
    for key in scene.co_authors:
        accepted = stage.times.after(drafted, timedelta(minutes=5), timedelta(minutes=18))
        stage.rows.add(
            "proposal_invitation",
            proposal_id=subject.proposal_id,
            secret_hash=sha256(f"demo {scene.key} {key}".encode()).digest(),
            invited_by_id=subject.author_id,
            expires_at=drafted + timedelta(days=14),
            accepted_by_id=stage.members.ids[key],
            accepted_at=accepted,
            created_at=drafted,
        )


def add_supports(stage: Stage, scene: Scene, subject: Subject, start: datetime, end: datetime) -> None:
    """So many who stand behind it now, and some who did for a while."""
    regretted = scene.supports // 40
    known = [stage.members.ids[key] for key in scene.backers]
    crowd = stage.times.sample(list(stage.members.crowd), scene.supports + regretted - len(known))
    people = [*crowd, *known]
    times = stage.times.between(start, end, len(people))
    for number, (account_id, at) in enumerate(zip(people, times, strict=True)):
        _add_support(stage, subject, account_id, 1, at)
        if number < regretted:
            _add_support(stage, subject, account_id, 2, stage.times.between(at, end, 1)[0])


def _add_support(stage: Stage, subject: Subject, account_id: int, ordinal: int, at: datetime) -> None:
    stage.rows.add(
        "support_event",
        proposal_id=subject.proposal_id,
        account_id=account_id,
        ordinal=ordinal,
        created_at=at,
    )
