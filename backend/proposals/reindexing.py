"""Making what search needs of a text anew, where an earlier version of the program made it."""

import asyncio
from collections.abc import Sequence

import asyncpg

from backend.platform.database import execute, fetch, unit_of_work
from backend.platform.tags import changed
from backend.proposals.content import ProposalText, indexed_text
from backend.text.search import VERSION

SLICE = 200
"""So many proposals are made anew in one transaction; whoever is killed goes on with the next slice."""

_STALE = f"""
    SELECT id, version, title, body, language FROM proposal
    WHERE municipality_id = $1 AND id > $2 AND search_version < {VERSION} ORDER BY id LIMIT $3
"""
# An edit that came meanwhile has brought its own words, so it is left alone.
_STORE = f"""
    UPDATE proposal p SET search = r.search::tsvector, grams = r.grams::int[], search_version = {VERSION}
    FROM unnest($2::bigint[], $3::int[], $4::text[], $5::text[]) AS r (id, version, search, grams)
    WHERE p.municipality_id = $1 AND p.id = r.id AND p.version = r.version AND p.search_version < {VERSION}
"""


async def reindex_proposals(municipality_id: int) -> int:
    """Bring the search words and grams of every proposal to this program's version, a slice at a time.

    Returns how many were looked at. May be run at any time and by several at once; what is in step is not touched.
    """
    last = done = 0
    while rows := await fetch(_STALE, municipality_id, last, SLICE):
        texts = await asyncio.to_thread(_indexed, rows)
        async with unit_of_work():
            await execute(
                _STORE,
                municipality_id,
                [row["id"] for row in rows],
                [row["version"] for row in rows],
                [text.search_vector for text in texts],
                [f"{{{','.join(map(str, text.grams))}}}" for text in texts],
            )
        last, done = rows[-1]["id"], done + len(rows)
    if done:
        async with unit_of_work():
            await changed(["proposals"])
    return done


def _indexed(rows: Sequence[asyncpg.Record]) -> list[ProposalText]:
    return [indexed_text(row["title"], row["body"], row["language"]) for row in rows]
