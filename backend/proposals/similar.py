"""Finding proposals like the one being written."""

import asyncio
from time import monotonic

from backend.database import fetch, fetch_row
from backend.proposals.listing import PUBLIC_SQL
from backend.proposals.queries import ProposalRow, proposals_by_id
from backend.text.similarity import MAX_CANDIDATES, Frequency, prepare, query_grams, rank

# How common each gram is changes slowly, and PostgreSQL's statistics know it.
_KEPT_SECONDS = 600.0
_FREQUENCIES = """
    SELECT s.most_common_elems::text::int[] AS grams, s.most_common_elem_freqs AS shares, c.reltuples::int AS documents
    FROM pg_class c LEFT JOIN pg_stats s
         ON s.schemaname = current_schema() AND s.tablename = c.relname AND s.attname = 'grams'
    WHERE c.oid = 'proposal'::regclass
"""
# Proposals that share the most telling grams, by the weight of what they share.
_CANDIDATES = f"""
    SELECT p.id, p.title, p.grams
    FROM (SELECT c.id, sum(q.weight) AS score
          FROM unnest($2::int[], $3::float4[]) AS q (gram, weight)
          CROSS JOIN LATERAL (SELECT p.id FROM proposal p
                              WHERE p.grams @> ARRAY[q.gram] AND p.municipality_id = $1 AND {PUBLIC_SQL}) AS c
          GROUP BY c.id ORDER BY score DESC, c.id DESC LIMIT $4) AS best
    JOIN proposal p USING (id) ORDER BY best.score DESC
"""


class _Frequencies:
    """This process's copy of how common each gram is."""

    def __init__(self) -> None:
        self._found = Frequency(1)
        self._until = 0.0

    async def get(self) -> Frequency:
        if monotonic() > self._until:
            self._until = monotonic() + _KEPT_SECONDS
            self._found = await _read_frequencies()
        return self._found


async def _read_frequencies() -> Frequency:
    row = await fetch_row(_FREQUENCIES)
    # Before the table was first analysed nothing is known, and every gram counts alike.
    if row is None or row["grams"] is None:
        return Frequency(1)
    documents = max(row["documents"], 1)
    counts = {
        gram: max(1, round(share * documents))
        for gram, share in zip(row["grams"], row["shares"], strict=False)
    }
    return Frequency(documents, counts, rare=max(1, min(counts.values()) // 10))


_frequencies = _Frequencies()


async def similar_proposals(municipality_id: int, title: str, body: str, *, limit: int) -> list[ProposalRow]:
    """Public proposals that say much the same, the most alike first."""
    frequency = await _frequencies.get()
    query = prepare(title, body)
    wanted = query_grams(query, frequency)
    if not wanted:
        return []
    rows = await fetch(_CANDIDATES, municipality_id, list(wanted), list(wanted.values()), MAX_CANDIDATES)
    candidates = [(row["id"], row["title"], row["grams"]) for row in rows]
    # Ranking takes some milliseconds of plain computing: others should not wait for it.
    matches = (await asyncio.to_thread(rank, query, candidates, frequency))[:limit]
    found = await proposals_by_id(municipality_id, [match.id for match in matches])
    return [found[match.id] for match in matches if match.id in found]
