"""How many people an event would tell, found by the very statement that tells them when it happens."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from backend.notifications.audience import channels, event_columns, people_sql, recipients_sql
from backend.notifications.events import EventKind
from backend.notifications.kinds import KINDS, Cause, EventSpec
from backend.platform.database import fetch


@dataclass(frozen=True, slots=True)
class AudienceEstimate:
    """How many people would be told, by cause; who is told of several of these is one of `people`."""

    by_content: dict[int, dict[Cause, int]]
    people: int


async def expected_audience(
    municipality_id: int, kind: EventKind, root: str, ids: Sequence[int], *, actor_id: int | None
) -> AudienceEstimate:
    """Whom an event of this kind about each of these would tell if it happened now, by this actor.

    `root` is the kind of content that they are, which has pages.
    """
    rows = await fetch(
        _estimate_sql(KINDS[kind], root),
        municipality_id,
        list(ids),
        0,
        None,
        *channels(KINDS[kind]),
        kind.value,
        actor_id,
    )
    causes = list(Cause)
    found: dict[int, dict[Cause, int]] = {content_id: {} for content_id in ids}
    people = 0
    for content_id, strength, count in (row.values() for row in rows):
        if content_id is None:
            people = count
        else:
            found[content_id][causes[strength]] = count
    return AudienceEstimate(found, people)


@cache
def _estimate_sql(kind: EventSpec, root: str) -> str:
    """As a delivery's statement finds people, for events that have not happened."""
    return f"""
        WITH reached AS MATERIALIZED (
            SELECT asked.id AS content_id, found.account_id, found.strength
            FROM (SELECT k.kind_id AS id, k.topic_id FROM content k
                  WHERE k.municipality_id = $1 AND k.kind = '{root}' AND k.kind_id = ANY($2)) asked
            CROSS JOIN LATERAL (
                WITH happened AS (
                    SELECT {event_columns(root)}, asked.topic_id, $9::bigint AS actor_id, $8::text AS kind
                ), people AS ({people_sql(kind, root, root)})
                SELECT c.account_id, min(c.strength) AS strength {recipients_sql(kind, root, root)}
                GROUP BY c.account_id
            ) found
        )
        SELECT content_id, strength, count(*) AS people FROM reached GROUP BY content_id, strength
        UNION ALL SELECT NULL, NULL, count(DISTINCT account_id) FROM reached
    """
