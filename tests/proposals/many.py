"""Proposals by the thousand, written straight into the tables."""

from collections.abc import Sequence

from backend.platform.database import execute, unit_of_work
from tests.fixtures.databases import analyze

_PROPOSALS = """
    INSERT INTO proposal (municipality_id, topic_id, author_id, state, outcome, language, title, body, published_at,
                          answered_at, active_at, longitude, latitude, place_id, search, grams)
    SELECT 3201, (SELECT min(id) FROM topic) + n % (SELECT count(*) FROM topic)::int, $2,
           CASE n % 20 WHEN 0 THEN 'answered' WHEN 1 THEN 'draft' WHEN 2 THEN 'hidden' ELSE 'published' END,
           CASE n % 20 WHEN 0 THEN 'accepted' END, 'nb', 'Forslag nummer ' || n, repeat('Ord om mye. ', 40),
           -- Many share their time, their number of supports and their point: the order must still be one.
           date_trunc('day', now()) - (n / 5) * interval '3 hours',
           -- An imported answer may have no time of its own.
           CASE WHEN n % 20 = 0 AND n % 60 > 0 THEN date_trunc('day', now()) - (n / 100) * interval '1 minute' END,
           date_trunc('day', now()) - (n * 7919 % 200) * interval '1 minute',
           10.4 + (n * 31 % 50) * 0.01, 59.85 + (n * 17 % 40) * 0.004,
           CASE n % 3 WHEN 0 THEN (SELECT min(id) FROM place) + n % (SELECT count(*) FROM place)::int END,
           -- As long as what people write: the planner weighs that too.
           (SELECT to_tsvector('simple', 'n' || n || string_agg(' ord' || (n * k % 4001), ''))
            FROM generate_series(1, 60) k),
           CASE WHEN $4::int[] = '{}' THEN ARRAY[n % 997, 1000 + n % 89]
                ELSE (SELECT array_agg(($4::int[])[1 + n * k * 31 % cardinality($4::int[])])
                      FROM generate_series(1, 40) k)
           END
    FROM generate_series($3::int, $1::int) n
"""
_SUPPORTS = """
    UPDATE proposal_activity act SET supports = substring(p.title FROM '[0-9]+')::int % 9
    FROM proposal p WHERE p.municipality_id = act.municipality_id AND p.id = act.proposal_id
        AND p.title LIKE 'Forslag nummer %'
"""
# Drafts and hidden ones have no place here: what matters is that they are in the table.
_STEPS = """
    INSERT INTO proposal_transition (municipality_id, proposal_id, ordinal, from_state, to_state, actor_role)
    SELECT 3201, id, 1, 'none', CASE state WHEN 'hidden' THEN 'published' ELSE state END, 'import' FROM proposal p
    WHERE NOT EXISTS (SELECT FROM proposal_transition t WHERE t.proposal_id = p.id)
"""
_HIDING = """
    INSERT INTO proposal_transition (municipality_id, proposal_id, ordinal, from_state, to_state, actor_role)
    SELECT 3201, id, 2, 'published', 'hidden', 'moderator' FROM proposal WHERE state = 'hidden' AND step = 1
"""


# No statement runs into its time limit.
_AT_ONCE = 2_500


async def fill(count: int, author_id: int, grams: Sequence[int] = ()) -> None:
    """Store `count` proposals in all topics and places: 85 % public and open, 5 % answered, 10 % not public.

    Each has some of `grams`, which are given when likeness matters.
    """
    for first in range(1, count + 1, _AT_ONCE):
        async with unit_of_work():
            await execute(_PROPOSALS, min(first + _AT_ONCE - 1, count), author_id, first, list(grams))
            await execute(_STEPS)
            await execute(_HIDING)
            await execute("UPDATE proposal SET step = 2 WHERE state = 'hidden' AND step = 1")
    await execute(_SUPPORTS)
    await analyze()
