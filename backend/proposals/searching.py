"""What is meant by the words of a search that nothing has: words misspelt, or more words than any text has."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from backend.platform.database import fetch
from backend.proposals.listing import (
    Listed,
    ProposalFilter,
    ProposalSort,
    count_matches,
    list_proposals,
)
from backend.proposals.queries import PUBLIC_SQL
from backend.proposals.similar import candidate_texts
from backend.text.search import is_known, query_words, search_query, search_query_any
from backend.text.spelling import nearest_word

MOST_COUNTED = 1_000
"""Beyond this it only matters that there are more."""

Meaning = tuple[ProposalFilter, str | None]
"""A filter that finds something, if any does, and the words that it looks for instead of those typed."""

Interpret = Callable[[ProposalFilter], Awaitable[Meaning]]


@dataclass(frozen=True, slots=True)
class Search:
    """A list's search, understood: how many match (at most MOST_COUNTED + 1), and what was taken for the words.

    `corrected` is what was looked for instead of the words as typed, None when these were found. With `is_partial`
    nothing has all of the words, and what has some is listed.
    """

    count: int
    corrected: str | None = None
    is_partial: bool = False

    @property
    def is_more(self) -> bool:
        """Whether more match than are counted."""
        return self.count > MOST_COUNTED


async def find_proposals(
    municipality_id: int,
    filters: ProposalFilter,
    sort: ProposalSort,
    *,
    after: tuple[float | int, int] | None,
    limit: int,
    interpret: Interpret | None = None,
) -> list[Listed]:
    """As `list_proposals`; where nothing has the words of the search, what has those that were meant.

    `interpret` stands for `interpret_search` where its answer is shared.
    """
    rows = await list_proposals(municipality_id, filters, sort, after=after, limit=limit)
    if rows or not filters.search:
        return rows
    meant, _ = await (interpret(filters) if interpret else interpret_search(municipality_id, filters))
    if meant == filters:
        return rows
    return await list_proposals(municipality_id, meant, sort, after=after, limit=limit)


async def understood(municipality_id: int, filters: ProposalFilter) -> ProposalFilter:
    """The filter itself; where nothing has the words of its search, one with the words that were meant."""
    meant, _ = await interpret_search(municipality_id, filters)
    return meant


async def interpret_search(municipality_id: int, filters: ProposalFilter) -> Meaning:
    """The filter as `understood` has it, and the words it looks for if these are others than those typed."""
    if not filters.search or await count_matches(municipality_id, filters, most=1):
        return filters, None
    return await _understood(municipality_id, filters)


async def describe_search(
    municipality_id: int, filters: ProposalFilter, interpret: Interpret | None = None
) -> Search:
    """What `find_proposals` lists for this filter: how many, and for which words."""
    count = await count_matches(municipality_id, filters, most=MOST_COUNTED + 1)
    if count or not filters.search:
        return Search(count)
    meant, corrected = await (interpret(filters) if interpret else _understood(municipality_id, filters))
    if meant == filters:
        return Search(0)
    count = await count_matches(municipality_id, meant, most=MOST_COUNTED + 1)
    return Search(count, corrected, is_partial=corrected is None)


async def _understood(municipality_id: int, filters: ProposalFilter) -> Meaning:
    """For a filter that finds nothing: one that does, and the words it looks for if these are others; else itself."""
    assert filters.search is not None
    corrected = await _corrected(municipality_id, filters.search, filters.language)
    if corrected is not None:
        meant = replace(filters, tsquery=search_query(corrected, filters.language))
        if await count_matches(municipality_id, meant, most=1):
            return meant, corrected
    some = search_query_any(corrected or filters.search, filters.language)
    if some:
        meant = replace(filters, tsquery=some)
        if await count_matches(municipality_id, meant, most=1):
            return meant, None
    return filters, None


async def _corrected(municipality_id: int, search: str, language: str | None) -> str | None:
    """The words with those that no public text has replaced by the nearest that one has; None when there is none."""
    words = query_words(search, language)
    unknown = await _unknown(municipality_id, words, language)
    found: dict[str, str] = {}
    for word in unknown:
        texts = await candidate_texts(municipality_id, word)
        nearest = await asyncio.to_thread(nearest_word, word, texts, is_known=is_known(word))
        if nearest is not None:
            found[word] = nearest
    return " ".join(found.get(word, word) for word in words) if found else None


async def _unknown(municipality_id: int, words: list[str], language: str | None) -> list[str]:
    queries = [search_query(word, language) for word in words]
    rows = await fetch(
        f"""SELECT asked.number FROM unnest($2::text[]) WITH ORDINALITY AS asked (query, number)
            WHERE NOT EXISTS (SELECT FROM proposal p WHERE p.municipality_id = $1 AND {PUBLIC_SQL}
                AND p.search @@ to_tsquery('simple', asked.query))""",
        municipality_id,
        queries,
    )
    return [words[row["number"] - 1] for row in rows]
