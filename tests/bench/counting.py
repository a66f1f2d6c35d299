"""(g) counting supports: as many proposals as a busy moment has, and a backlog, on texts with grams."""

import asyncio
import time

from backend.platform import database
from backend.proposals.counting import SLICE_EVENTS, count_supports
from tests.bench.figures import Figure
from tests.bench.stage import MUNICIPALITY, Stage, patient, without_word_indexes

_TIMES = 5
# Supports are stored in batches of at most as many.
_IN_ONE = 300

_MORE = f"""
    INSERT INTO proposal (municipality_id, topic_id, author_id, state, language, title, body, published_at, active_at,
                          search, grams)
    SELECT municipality_id, topic_id, author_id, state, language, title, body, published_at, active_at, search, grams
    FROM proposal WHERE municipality_id = {MUNICIPALITY} AND state = 'published' ORDER BY id LIMIT $1
"""
_STEPS = f"""
    INSERT INTO proposal_transition (municipality_id, proposal_id, ordinal, from_state, to_state, actor_role)
    SELECT {MUNICIPALITY}, id, 1, 'none', 'published', 'import' FROM proposal p
    WHERE NOT EXISTS (SELECT FROM proposal_transition t WHERE t.proposal_id = p.id)
"""
_PEOPLE = f"""
    INSERT INTO account (municipality_id, display_name)
    SELECT {MUNICIPALITY}, 'Ny ' || n FROM generate_series(1, $1::int) n RETURNING id
"""
# One support for each of so many proposals, by somebody new each time, in transactions of `_IN_ONE` from a number on.
_SUPPORT = f"""
    INSERT INTO support_event (municipality_id, proposal_id, account_id, ordinal, txid)
    SELECT {MUNICIPALITY}, p.id, $2, 1, $3::bigint + row_number() OVER (ORDER BY p.id) / {_IN_ONE}
    FROM (SELECT id FROM proposal WHERE municipality_id = {MUNICIPALITY} AND state = 'published'
          ORDER BY id DESC LIMIT $1) p
"""


def measure(stage: Stage) -> list[Figure]:
    """Times of the whole count as the job does it; the first is the median of five."""
    return asyncio.run(_measure(stage))


async def _measure(stage: Stage) -> list[Figure]:
    size = stage.size
    async with database.open_database(patient(stage.settings)):
        await _grow(size.backlog)
    async with database.open_database(stage.settings):
        people = [row["id"] for row in await database.fetch(_PEOPLE, _TIMES + 1)]
        await count_supports(MUNICIPALITY)
        few = [await _count(size.few, person) for person in people[1:]]
        backlog, _ = await _count(size.backlog, people[0])
    seconds, written = sorted(few)[_TIMES // 2]
    return [
        Figure(f"counting {size.few:,} proposals", seconds * 1000, "ms", bar=50, is_ceiling=True),
        Figure("write-ahead log of that", written / 1e6, "MB"),
        Figure(
            f"counting {size.backlog:,} proposals in slices of {SLICE_EVENTS:,}",
            backlog,
            "s",
            bar=30,
            is_ceiling=True,
        ),
    ]


async def _grow(proposals: int) -> None:
    """As many proposals as the backlog has: the texts that are there, over and over."""
    async with without_word_indexes(), database.unit_of_work():
        while missing := proposals - await _published():
            if missing < 0:
                break
            await database.execute(_MORE, missing)
        await database.execute(_STEPS)
    await database.execute("VACUUM ANALYZE")


async def _published() -> int:
    found: int = await database.fetch_value(
        f"SELECT count(*) FROM proposal WHERE municipality_id = {MUNICIPALITY} AND state = 'published'"
    )
    return found


async def _count(proposals: int, person: int) -> tuple[float, int]:
    """Seconds and bytes of write-ahead log."""
    first: int = await database.fetch_value("SELECT counted_to FROM support_window")
    for _ in range(proposals // _IN_ONE + 2):
        await database.fetch_value("SELECT pg_current_xact_id()::text")
    await database.execute(_SUPPORT, proposals, person, first)
    begin = await database.fetch_value("SELECT pg_current_wal_lsn()::text")
    started = time.perf_counter()
    counted = await count_supports(MUNICIPALITY)
    seconds = time.perf_counter() - started
    if counted != proposals:
        raise RuntimeError(f"{counted} of {proposals} proposals were counted")
    written: int = await database.fetch_value(
        "SELECT (pg_current_wal_lsn() - $1::text::pg_lsn)::bigint", begin
    )
    return seconds, written
