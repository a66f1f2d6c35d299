"""How many people an event would tell, found by the very statement that tells them when it happens."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.notifications.audience import channels, people_sql, recipients_sql
from backend.notifications.events import EventKind
from backend.notifications.kinds import KINDS, Cause, Kind
from backend.platform.database import fetch


@dataclass(frozen=True, slots=True)
class Expected:
    """How many people would be told, by cause; someone told of several proposals is one of `people`."""

    by_proposal: dict[int, dict[Cause, int]]
    people: int


async def expected_audience(
    municipality_id: int, kind: EventKind, proposal_ids: Sequence[int], *, actor_id: int | None
) -> Expected:
    """Whom an event of this kind about each of these proposals would tell if it happened now, by this actor."""
    rows = await fetch(
        _expected(KINDS[kind]),
        municipality_id,
        list(proposal_ids),
        0,
        None,
        *channels(KINDS[kind]),
        kind.value,
        actor_id,
    )
    causes = list(Cause)
    found: dict[int, dict[Cause, int]] = {proposal_id: {} for proposal_id in proposal_ids}
    people = 0
    for proposal_id, strength, count in (row.values() for row in rows):
        if proposal_id is None:
            people = count
        else:
            found[proposal_id][causes[strength]] = count
    return Expected(found, people)


def _expected(kind: Kind) -> str:
    """As a delivery's statement finds people, for events that have not happened."""
    return f"""
        WITH reached AS MATERIALIZED (
            SELECT asked.id AS proposal_id, found.account_id, found.strength
            FROM (SELECT p.id, p.topic_id FROM proposal p WHERE p.municipality_id = $1 AND p.id = ANY($2)) asked
            CROSS JOIN LATERAL (
                WITH happened AS (
                    SELECT asked.id AS proposal_id, NULL::bigint AS comment_id, asked.topic_id, $9::bigint AS actor_id,
                           $8::text AS kind
                ), people AS ({people_sql(kind, has_comment=False)})
                SELECT c.account_id, min(c.strength) AS strength {recipients_sql(kind)} GROUP BY c.account_id
            ) found
        )
        SELECT proposal_id, strength, count(*) AS people FROM reached GROUP BY proposal_id, strength
        UNION ALL SELECT NULL, NULL, count(DISTINCT account_id) FROM reached
    """
