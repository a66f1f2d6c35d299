"""Which case comes next for a moderator: over the whole queue, and none that somebody else has taken."""

from functools import cache

from backend.moderation.queue import (
    CaseRow,
    QueueFilter,
    case_row,
    free_sql,
    list_arguments,
    open_cases,
    select_case,
)
from backend.platform.authz import Actor, moderate_somewhere, require
from backend.platform.database import fetch_row

_HERE = "(SELECT h.created_at, h.id FROM moderation_case h WHERE h.municipality_id = $1 AND h.id = $10)"
_FREE = free_sql("$9")


def _one(comparison: str, direction: str) -> str:
    return f"""({select_case()} WHERE {open_cases()} AND {_FREE}
                 AND (c.created_at, c.id) {comparison} {_HERE}
                ORDER BY c.created_at {direction}, c.id {direction} LIMIT 1)"""


def _either(first: str, otherwise: str) -> str:
    # Each half reads one row along the index of open cases; the second is read when the first has none.
    return f"""SELECT * FROM (SELECT 1 AS turn, a.* FROM {first} a
                              UNION ALL SELECT 2, b.* FROM {otherwise} b) found
               ORDER BY turn LIMIT 1"""


@cache
def _after() -> str:
    return _either(_one(">", ""), _one("<", ""))


@cache
def _before() -> str:
    return _either(_one("<", "DESC"), _one(">", "DESC"))


async def next_case(
    actor: Actor, case_id: int, narrowed: QueueFilter, *, backwards: bool = False
) -> CaseRow | None:
    """The case after the given one in the queue that the actor may take, from the end on to the beginning.

    Backwards it is the one before. The given case need not be open any more; None when no other is left to take.
    Raises Unauthenticated, Forbidden.
    """
    require(moderate_somewhere(actor, None))
    *queue, _, _, _ = list_arguments(actor, narrowed, None, 1)
    row = await fetch_row(_before() if backwards else _after(), *queue, actor.account_id, case_id)
    return case_row(row) if row else None
