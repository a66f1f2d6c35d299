"""Finding proposals like the one being written."""

import asyncio
from collections.abc import Sequence
from time import monotonic

from backend.platform.database import fetch, fetch_row
from backend.proposals.queries import PUBLIC_SQL, ProposalRow, proposals_by_id
from backend.proposals.similar_cache import similar_cache
from backend.proposals.states import PUBLIC
from backend.text.similarity import MAX_CANDIDATES, Frequency, Match, prepare, query_grams, rank

LEAST_SCORE = 0.19
"""What scores less says something else, and is not shown.

Measured with 4,403 real Finnish proposals and 33 pairs, each a title in nynorsk, some misspelt, and the title in
bokmål that is meant. Every pair scores 0.23 or more among the real ones, and 0.19 or more among themselves. The
33 titles find nothing of the real ones (the nearest is a word that looks alike, with 0.189). Of two real
proposals at random, one pair in 500 scores as much. A real proposal is still found by its title alone in
98 of 100, and in 88 when the longest word of the title is misspelt; a lower bound of 0.16 would find 92 of these,
and show people what has nothing to do with theirs.
"""

# What was public when it was looked for may be gone a moment later: so many more are fetched than are shown.
_MAY_BE_GONE = 3
# How common each gram is changes slowly, and PostgreSQL's statistics know it.
_CACHE_SECONDS = 600.0
_FREQUENCIES = """
    SELECT s.most_common_elems::text::int[] AS grams, s.most_common_elem_freqs AS shares, c.reltuples::int AS documents
    FROM pg_class c LEFT JOIN pg_stats s
         ON s.schemaname = current_schema() AND s.tablename = c.relname AND s.attname = 'grams'
    WHERE c.oid = 'proposal'::regclass
"""
# Proposals that share the most telling grams, by the weight of what they share; for many texts at once. How many these
# are is more than PostgreSQL can know: OFFSET 0 keeps it from reading the whole table for them.
_CANDIDATES = f"""
    SELECT best.text, p.id, p.title, p.grams
    FROM (SELECT text, id, score, row_number() OVER (PARTITION BY text ORDER BY score DESC, id DESC) AS place
          FROM (SELECT q.text, c.id, sum(q.weight) AS score
                FROM unnest($2::int[], $3::int[], $4::float4[]) AS q (text, gram, weight)
                CROSS JOIN LATERAL (SELECT p.id FROM proposal p
                                    WHERE p.grams @> ARRAY[q.gram] AND p.municipality_id = $1 AND {PUBLIC_SQL}) AS c
                GROUP BY q.text, c.id) AS scored) AS best
    CROSS JOIN LATERAL (SELECT p.id, p.title, p.grams FROM proposal p WHERE p.id = best.id OFFSET 0) AS p
    WHERE best.place <= $5 ORDER BY best.text, best.place
"""


class _Frequencies:
    """This process's copy of how common each gram is."""

    def __init__(self) -> None:
        self._found = Frequency(1)
        self._until = 0.0

    async def get(self) -> Frequency:
        if monotonic() > self._until:
            self._until = monotonic() + _CACHE_SECONDS
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
    """Public proposals that say much the same, the most alike first; none that is less alike than LEAST_SCORE."""
    (matches,) = await _matches(municipality_id, [(title, body)])
    found = await proposals_by_id(municipality_id, matches[:limit])
    return [found[number] for number in matches[:limit] if number in found]


async def similar_matches(municipality_id: int, title: str, body: str, *, limit: int) -> list[Match]:
    """The same as ids, each with how alike it is."""
    (matches,) = await _ranked(municipality_id, [(title, body)])
    return matches[:limit]


async def similar_to_each(
    municipality_id: int, proposals: Sequence[ProposalRow], *, limit: int
) -> dict[int, list[ProposalRow]]:
    """The same for each of these proposals, by its id and without itself, in as many statements as for one."""
    matches = await _matches_of_each(municipality_id, proposals)
    numbers = {number for alike in matches.values() for number in alike[: limit + _MAY_BE_GONE]}
    found = await proposals_by_id(municipality_id, list(numbers)) if numbers else {}
    return {
        key: [found[number] for number in alike if number in found and found[number].state in PUBLIC][:limit]
        for key, alike in matches.items()
    }


async def _matches_of_each(
    municipality_id: int, proposals: Sequence[ProposalRow]
) -> dict[int, tuple[int, ...]]:
    """From memory where they are there; the others are looked for together."""
    known = {p.id: similar_cache.get(municipality_id, p.id, p.version) for p in proposals}
    matches = {number: alike for number, alike in known.items() if alike is not None}
    left = [proposal for proposal in proposals if proposal.id not in matches]
    if left:
        moment = similar_cache.changes
        texts = [(proposal.title, proposal.body) for proposal in left]
        for proposal, alike in zip(left, await _matches(municipality_id, texts), strict=True):
            matches[proposal.id] = tuple(number for number in alike if number != proposal.id)
            similar_cache.put(municipality_id, proposal.id, proposal.version, matches[proposal.id], moment)
    return matches


async def _matches(municipality_id: int, texts: Sequence[tuple[str, str]]) -> list[list[int]]:
    """The ids of what is alike, the most alike first, for each of these titles and bodies."""
    return [[match.id for match in matches] for matches in await _ranked(municipality_id, texts)]


async def _ranked(municipality_id: int, texts: Sequence[tuple[str, str]]) -> list[list[Match]]:
    frequency = await _frequencies.get()
    # Preparing and ranking take some milliseconds of plain computing: others should not wait for it.
    queries = await asyncio.to_thread(lambda: [prepare(title, body) for title, body in texts])
    grams = [
        (number, gram, weight)
        for number, query in enumerate(queries)
        for gram, weight in query_grams(query, frequency).items()
    ]
    if not grams:
        return [[] for _ in texts]
    rows = await fetch(
        _CANDIDATES, municipality_id, *(list(part) for part in zip(*grams, strict=True)), MAX_CANDIDATES
    )
    candidates: list[list[tuple[int, str, list[int]]]] = [[] for _ in texts]
    for row in rows:
        candidates[row["text"]].append((row["id"], row["title"], row["grams"]))
    ranked = await asyncio.to_thread(
        lambda: [rank(query, found, frequency) for query, found in zip(queries, candidates, strict=True)]
    )
    return [[match for match in matches if match.score >= LEAST_SCORE] for matches in ranked]


async def candidate_texts(municipality_id: int, text: str) -> list[str]:
    """Title and text of the public proposals that share the most telling grams of `text`; at most MAX_CANDIDATES."""
    telling = query_grams(prepare(text), await _frequencies.get())
    if not telling:
        return []
    rows = await fetch(
        f"""SELECT p.title || ' ' || p.body AS text FROM (
                SELECT c.id, sum(q.weight) AS score FROM unnest($2::int[], $3::float4[]) AS q (gram, weight)
                CROSS JOIN LATERAL (SELECT p.id FROM proposal p
                                    WHERE p.grams @> ARRAY[q.gram] AND p.municipality_id = $1 AND {PUBLIC_SQL}) AS c
                GROUP BY c.id ORDER BY score DESC, c.id DESC LIMIT $4) best
            JOIN proposal p ON p.municipality_id = $1 AND p.id = best.id""",
        municipality_id,
        list(telling),
        list(telling.values()),
        MAX_CANDIDATES,
    )
    return [row["text"] for row in rows]
