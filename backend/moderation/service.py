"""Screening what people hand in; what moderators decide is in decisions.py."""

import asyncio
from dataclasses import dataclass
from functools import cache

import orjson

from backend.content.kinds import Content
from backend.content.registry import kinds, load_content
from backend.moderation.decisions import OF_SUBMITTED
from backend.moderation.signals import ScreenedText, Screening, screen, verdict
from backend.moderation.signals.reasons import REJECTED_BEFORE
from backend.notifications.events import EventKind, record
from backend.platform.database import execute, fetch, fetch_value, unit_of_work
from backend.platform.sql import one_of
from backend.platform.tags import changed

EARLIER_TEXTS = 10


@dataclass(frozen=True, slots=True)
class ScreeningResult:
    """What screening came to: the case, and why it waits (nothing when it was published)."""

    case_id: int
    reasons: tuple[str, ...]


async def screen_content(
    municipality_id: int, kind: str, content_id: int, version: int
) -> ScreeningResult | None:
    """Screen one version of content: publish it, or hold it for a moderator with reasons.

    Returns None when there is nothing to screen any more: it is gone, newer, or decided already. Each signal
    is recorded with its score and version.
    """
    async with unit_of_work():
        content = await load_content(municipality_id, kind, content_id)
        if content is None or content.version != version or not content.kind.awaits_screening(content):
            return None
        if not content.is_submitted and await _is_screened(content):
            return None
        screening = await asyncio.to_thread(screen, await _screened_text(content))
        decided = verdict(screening, content.moderation_mode)
        reasons = [*decided.reasons, *await _history(content)]
        # An open case stands for every version until a moderator has decided it.
        case_id = await _join_open_case(content, reasons)
        joined = case_id is not None
        if case_id is None:
            case_id = await _add_case(content, reasons)
        await _record_signals(municipality_id, case_id, screening)
        if not joined and not reasons:
            await content.kind.publish(content)
        elif reasons:
            await _tell_held(content, case_id, reasons)
        return ScreeningResult(case_id, tuple(reasons))


async def hold(content: Content, reasons: list[str]) -> int:
    """Let a moderator decide on what was handed in, for these reasons; returns the case. The caller locked it."""
    case_id = await _join_open_case(content, reasons)
    if case_id is None:
        case_id = await _add_case(content, reasons)
    await _tell_held(content, case_id, reasons)
    return case_id


async def _is_screened(content: Content) -> bool:
    """Whether this version of what is public was screened before; what is handed in again always is."""
    found: bool = await fetch_value(
        """SELECT EXISTS (SELECT FROM moderation_case WHERE municipality_id = $1 AND subject_type = $2
               AND subject_id = $3 AND subject_version = $4 AND origin = 'screening')""",
        content.municipality_id,
        content.kind.name,
        content.id,
        content.version,
    )
    return found


async def _history(content: Content) -> list[str]:
    """What was rejected by a moderator is read by one again, whatever was changed in it, until one approves it."""
    if not content.is_submitted:
        return []
    was_rejected = await fetch_value(
        f"""SELECT coalesce((SELECT decision = 'reject' FROM moderation_case
               WHERE municipality_id = $1 AND subject_type = $2 AND subject_id = $3
                 AND {one_of("decision", OF_SUBMITTED)} ORDER BY id DESC LIMIT 1), false)""",
        content.municipality_id,
        content.kind.name,
        content.id,
    )
    return [REJECTED_BEFORE] if was_rejected else []


@cache
def _earlier_texts() -> str:
    """The last texts of every kind that the account $2 has handed in, without content $4 of the kind $3."""
    return " UNION ALL ".join(
        f"""(SELECT body FROM ({texts}) t WHERE NOT ($3 = '{kind.name}' AND id = $4) ORDER BY id DESC LIMIT $5)"""
        for kind in kinds().values()
        if (texts := kind.texts_sql("$2"))
    )


async def _screened_text(content: Content) -> ScreenedText:
    rows = await fetch(
        _earlier_texts(),
        content.municipality_id,
        content.author_id,
        content.kind.of,
        content.id,
        EARLIER_TEXTS,
    )
    return ScreenedText(
        title=content.title,
        body=content.body,
        language=content.language,
        earlier=tuple(row["body"] for row in rows),
    )


async def _join_open_case(content: Content, reasons: list[str]) -> int | None:
    case_id: int | None = await fetch_value(
        """UPDATE moderation_case SET subject_version = $4,
               reasons = ARRAY(SELECT DISTINCT unnest(reasons || $5::text[]) ORDER BY 1)
           WHERE municipality_id = $1 AND subject_type = $2 AND subject_id = $3 AND state <> 'decided'
           RETURNING id""",
        content.municipality_id,
        content.kind.name,
        content.id,
        content.version,
        reasons,
    )
    return case_id


async def _add_case(content: Content, reasons: list[str]) -> int:
    """A case that waits when there are reasons for it, else one that is decided. The caller locked the content."""
    case_id: int = await fetch_value(
        """INSERT INTO moderation_case (municipality_id, subject_type, subject_id, subject_version, topic_id,
                                        author_id, origin, reasons, state, decision, decided_at)
           VALUES ($1, $2, $3, $4, $5, $6, 'screening', $7, $8, $9::text, CASE WHEN $9::text IS NOT NULL THEN now() END)
           RETURNING id""",
        content.municipality_id,
        content.kind.name,
        content.id,
        content.version,
        content.topic_id,
        content.author_id,
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


async def _tell_held(content: Content, case_id: int, reasons: list[str]) -> None:
    await changed(["moderation", f"case:{case_id}"])
    await record(
        content.municipality_id,
        EventKind.HELD,
        f"case:{case_id}",
        content.ref,
        root=content.root,
        topic_id=content.topic_id,
        detail={"case_id": case_id, "reasons": reasons},
    )
