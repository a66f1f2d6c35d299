"""Screening what people hand in; what moderators decide is in decisions.py."""

import asyncio
from dataclasses import dataclass

import orjson

from backend.moderation.signals import Content, Screening, screen, verdict
from backend.moderation.signals.reasons import REJECTED_BEFORE
from backend.moderation.subjects import Subject, load_subject, publish_subject
from backend.notifications.events import EventKind, record
from backend.platform.database import execute, fetch, fetch_value, unit_of_work
from backend.platform.tags import changed

EARLIER_TEXTS = 10


@dataclass(frozen=True, slots=True)
class ScreeningResult:
    """What screening came to: the case, and why it waits (nothing when it was published)."""

    case_id: int
    reasons: tuple[str, ...]


async def screen_subject(
    municipality_id: int, subject_type: str, subject_id: int, version: int
) -> ScreeningResult | None:
    """Screen one version of content: publish it, or hold it for a moderator with reasons.

    Returns None when there is nothing to screen any more: it is gone, newer, or decided already. Each signal
    is recorded with its score and version.
    """
    async with unit_of_work():
        subject = await load_subject(municipality_id, subject_type, subject_id)
        if subject is None or subject.version != version or not subject.awaits_screening:
            return None
        if subject.state != "submitted" and await _is_screened(subject):
            return None
        screening = await asyncio.to_thread(screen, await _content(subject))
        decided = verdict(screening, subject.moderation_mode)
        reasons = [*decided.reasons, *await _history(subject)]
        # An open case stands for every version until a moderator has decided it.
        case_id = await _join_open_case(subject, reasons)
        joined = case_id is not None
        if case_id is None:
            case_id = await _add_case(subject, reasons)
        await _record_signals(municipality_id, case_id, screening)
        if not joined and not reasons:
            await publish_subject(subject)
        elif reasons:
            await _tell_held(subject, case_id, reasons)
        return ScreeningResult(case_id, tuple(reasons))


async def _is_screened(subject: Subject) -> bool:
    """Whether this version of what is public was screened before; what is handed in again always is."""
    found: bool = await fetch_value(
        """SELECT EXISTS (SELECT FROM moderation_case WHERE municipality_id = $1 AND subject_type = $2
               AND subject_id = $3 AND subject_version = $4 AND origin = 'screening')""",
        subject.municipality_id,
        subject.subject_type,
        subject.subject_id,
        subject.version,
    )
    return found


async def _history(subject: Subject) -> list[str]:
    """What was rejected by a moderator is read by one again, whatever was changed in it, until one approves it."""
    if subject.state != "submitted":
        return []
    was_rejected = await fetch_value(
        """SELECT coalesce((SELECT decision = 'reject' FROM moderation_case
               WHERE municipality_id = $1 AND subject_type = $2 AND subject_id = $3
                 AND decision IN ('approve', 'reject') ORDER BY id DESC LIMIT 1), false)""",
        subject.municipality_id,
        subject.subject_type,
        subject.subject_id,
    )
    return [REJECTED_BEFORE] if was_rejected else []


async def _content(subject: Subject) -> Content:
    rows = await fetch(
        """(SELECT body FROM proposal WHERE municipality_id = $1 AND author_id = $2 AND state <> 'draft'
                AND NOT ($3 <> 'comment' AND id = $4) ORDER BY id DESC LIMIT $5)
           UNION ALL
           (SELECT body FROM comment WHERE municipality_id = $1 AND author_id = $2
                AND NOT ($3 = 'comment' AND id = $4) ORDER BY id DESC LIMIT $5)""",
        subject.municipality_id,
        subject.author_id,
        subject.subject_type,
        subject.subject_id,
        EARLIER_TEXTS,
    )
    return Content(
        title=subject.title,
        body=subject.body,
        language=subject.language,
        earlier=tuple(row["body"] for row in rows),
    )


async def _join_open_case(subject: Subject, reasons: list[str]) -> int | None:
    case_id: int | None = await fetch_value(
        """UPDATE moderation_case SET subject_version = $4,
               reasons = ARRAY(SELECT DISTINCT unnest(reasons || $5::text[]) ORDER BY 1)
           WHERE municipality_id = $1 AND subject_type = $2 AND subject_id = $3 AND state <> 'decided'
           RETURNING id""",
        subject.municipality_id,
        subject.subject_type,
        subject.subject_id,
        subject.version,
        reasons,
    )
    return case_id


async def _add_case(subject: Subject, reasons: list[str]) -> int:
    """A case that waits when there are reasons for it, else one that is decided. The caller locked the content."""
    case_id: int = await fetch_value(
        """INSERT INTO moderation_case (municipality_id, subject_type, subject_id, subject_version, topic_id,
                                        author_id, origin, reasons, state, decision, decided_at)
           VALUES ($1, $2, $3, $4, $5, $6, 'screening', $7, $8, $9::text, CASE WHEN $9::text IS NOT NULL THEN now() END)
           RETURNING id""",
        subject.municipality_id,
        subject.subject_type,
        subject.subject_id,
        subject.version,
        subject.topic_id,
        subject.author_id,
        reasons,
        "waiting" if reasons else "decided",
        None if reasons else "publish",
    )
    return case_id


async def _record_signals(municipality_id: int, case_id: int, screening: Screening) -> None:
    for assessed in screening.signals:
        await execute(
            """INSERT INTO moderation_signal (municipality_id, case_id, name, version, score, detail)
               VALUES ($1, $2, $3, $4, $5, $6::jsonb)
               ON CONFLICT (municipality_id, case_id, name)
               DO UPDATE SET version = excluded.version, score = excluded.score, detail = excluded.detail""",
            municipality_id,
            case_id,
            assessed.name,
            assessed.version,
            assessed.score,
            orjson.dumps(assessed.detail).decode(),
        )


async def _tell_held(subject: Subject, case_id: int, reasons: list[str]) -> None:
    await changed(["moderation", f"case:{case_id}"])
    await record(
        subject.municipality_id,
        EventKind.HELD,
        f"case:{case_id}",
        proposal_id=subject.proposal_id,
        comment_id=subject.comment_id,
        topic_id=subject.topic_id,
        detail={"case_id": case_id, "reasons": reasons, **subject.event_detail},
    )
