"""Proposals that match words, the newest first, with a bound on the work that holds for any word.

PostgreSQL can walk the newest until enough of them match, or find all that match and sort them. The one is long for
rare words and the other for common ones, and for a prefix it has to guess which is which. So the newest are looked at
first, where common words are found; and then one month after the other, each by the index over words in their month,
until there are enough.
"""

from datetime import datetime
from typing import Any

from backend.platform.database import fetch
from backend.proposals.queries import PUBLIC_SQL, select

# A word that is not found often enough among so many is in so few of a month that these can be sorted.
_LOOKED_AT = 100
_SELECT = select(", p.published_at AS sort_value")
_AMONG_NEWEST = """
    SELECT n.id FROM (SELECT p.id, p.search FROM proposal p WHERE p.municipality_id = $1 AND {public}{after}
                      ORDER BY p.published_at DESC, p.id DESC LIMIT {looked_at}) n
    WHERE n.search @@ to_tsquery('simple', $2)
"""
# Only months with a proposal are gone through, so that neither a cursor from far ahead nor an import from long ago
# makes them many. Each word of the query gets the month's number before it, as in the index. Months come one after the
# other and the last ones not at all, since a nested loop, the only way to join what is lateral, ends with the limit.
_BY_MONTH = """
    WITH RECURSIVE month (number) AS (
        SELECT month_number(max(p.published_at)) FROM proposal p WHERE p.municipality_id = $1 AND {public}{after}
        UNION ALL
        SELECT month_number((SELECT max(p.published_at) FROM proposal p
                             WHERE p.municipality_id = $1 AND {public}
                               AND p.published_at < to_timestamp(m.number::float8 * 2629800)))
        FROM month m WHERE m.number IS NOT NULL
    )
    SELECT m.id
    FROM (SELECT to_tsquery('simple', $2)::text AS words) q
    CROSS JOIN month
    CROSS JOIN LATERAL (
        SELECT p.id FROM proposal p
        WHERE p.municipality_id = $1 AND {public}{after}
          AND words_by_month(p.search, p.published_at)
              @@ regexp_replace(q.words, $$'([^']+)'$$, $$'$$ || month.number || $$:\\1'$$, 'g')::tsquery
        ORDER BY p.published_at DESC, p.id DESC LIMIT {limit}) m
    LIMIT {limit}
"""


def newest_matching_ids(limit: int) -> str:
    """SELECT of the ids of the newest public proposals that match; `$1`: municipality, `$2`: the text of a tsquery."""
    return _BY_MONTH.format(public=PUBLIC_SQL, after="", limit=int(limit))


async def newest_matching(
    municipality_id: int, query: str, *, after: tuple[datetime, int] | None, limit: int
) -> list[tuple[Any, ...]]:
    """Public proposals that match a tsquery without negation: values of a ProposalRow, and when it was published."""
    parts = {
        "public": PUBLIC_SQL,
        "after": "" if after is None else " AND (p.published_at, p.id) < ($3::timestamptz, $4::bigint)",
        "looked_at": _LOOKED_AT,
        "limit": int(limit),
    }
    values = (municipality_id, query, *(after or ()))
    for ids in (_AMONG_NEWEST, _BY_MONTH):
        rows = await fetch(
            f"""{_SELECT} WHERE p.municipality_id = $1 AND p.id = ANY(ARRAY({ids.format(**parts)}))
                ORDER BY p.published_at DESC, p.id DESC LIMIT {parts["limit"]}""",
            *values,
        )
        if len(rows) == limit:
            break
    return [tuple(row.values()) for row in rows]
