"""What waits to be screened: asking for it, and finding what it never came to."""

from datetime import timedelta

from backend.content.kinds import ContentKind, ContentRef
from backend.content.registry import kinds, load_content
from backend.moderation.service import hold
from backend.moderation.signals.reasons import SCREENING_FAILED
from backend.platform.database import fetch, unit_of_work
from backend.platform.outbox import enqueue

JOB = "screen_content"
OVERDUE = timedelta(minutes=5)
AT_ONCE = 100


async def request_screening(municipality_id: int, content: ContentRef, version: int) -> None:
    """Have a version of what was handed in screened; part of the caller's unit of work."""
    await enqueue(
        JOB,
        _key(content, version),
        {
            "municipality_id": municipality_id,
            "subject_type": content.kind,
            "subject_id": content.id,
            "version": version,
        },
    )


def _key(content: ContentRef, version: int) -> str:
    return f"{content.kind}:{content.id}:{version}"


async def hold_unscreened(municipality_id: int) -> int:
    """Give a moderator what was handed in and is not screened, nor about to be; returns how many pieces.

    Screening has failed for good then, or was never asked for: nobody else would find the text again.
    """
    found = [await _hold_of_kind(municipality_id, kind) for kind in kinds().values()]
    return sum(found)


async def _hold_of_kind(municipality_id: int, kind: ContentKind) -> int:
    rows = await fetch(
        f"""SELECT s.id, s.version FROM ({kind.submitted_sql()}) s
            WHERE s.since < now() - $2::interval
              AND NOT EXISTS (SELECT FROM moderation_case c WHERE c.municipality_id = $1 AND c.subject_type = $3
                              AND c.subject_id = s.id AND c.state <> 'decided')
              AND NOT EXISTS (SELECT FROM outbox o WHERE o.job = $5 AND o.key = $3 || ':' || s.id || ':' || s.version
                              AND o.done_at IS NULL AND o.failed_at IS NULL)
            ORDER BY s.since LIMIT $4""",
        municipality_id,
        OVERDUE,
        kind.name,
        AT_ONCE,
        JOB,
    )
    held = 0
    for number, version in (row.values() for row in rows):
        async with unit_of_work():
            content = await load_content(municipality_id, kind.name, number)
            # Whoever screened, decided or withdrew it meanwhile was first.
            if content is not None and content.version == version and content.is_submitted:
                await hold(content, [SCREENING_FAILED])
                held += 1
    return held
