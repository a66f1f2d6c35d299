"""What moderators have decided, to look it up and to show hidden content again."""

from datetime import datetime

from backend.moderation.queue import CaseRow, QueueFilter, case_row, list_arguments, select_case
from backend.platform.authz import Actor, moderate_somewhere, require
from backend.platform.database import fetch


async def list_decided(
    actor: Actor, filters: QueueFilter, *, after: tuple[datetime, int] | None, limit: int
) -> list[CaseRow]:
    """Cases of the actor's topics that a moderator decided, the latest first, without the actor's own.

    Own is what the actor has a part in. `claimed_by_me` narrows to the actor's own decisions. `after` is the
    time of the decision and the id of the last one seen. Raises Unauthenticated, Forbidden.
    """
    require(moderate_somewhere(actor, None))
    rows = await fetch(
        f"""SELECT * FROM ({select_case()}
                WHERE c.municipality_id = $1 AND c.decided_by_id IS NOT NULL
                  AND ($3 OR c.topic_id = ANY($4::bigint[]))
                  AND ($5::bigint IS NULL OR c.topic_id = $5) AND ($6::text IS NULL OR c.subject_type = $6)
                  AND ($7::text IS NULL OR c.origin = $7) AND (NOT $8 OR c.decided_by_id = ANY($2))
                  AND ($9::timestamptz IS NULL OR (c.decided_at, c.id) < ($9, $10::bigint))) c
            WHERE NOT c.has_part ORDER BY c.decided_at DESC, c.id DESC LIMIT $11""",
        *list_arguments(actor, filters, after, limit),
    )
    return [case_row(row) for row in rows]
