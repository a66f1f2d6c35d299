"""Invented proposals in three languages, and what people type to find them: each query with those that belong first."""

import csv
from pathlib import Path
from typing import NamedTuple

from backend.platform.database import execute, fetch_value, unit_of_work
from backend.proposals.content import indexed_text
from backend.proposals.listing import ProposalFilter, ProposalSort
from backend.proposals.searching import find_proposals
from backend.text.search import VERSION

MUNICIPALITY = 3201


class Written(NamedTuple):
    """A proposal; `key` is what the queries call it."""

    key: str
    language: str
    title: str
    body: str


def _rows(name: str) -> list[dict[str, str]]:
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


PROPOSALS = [Written(**row) for row in _rows("search_proposals.csv")]
QUERIES = [
    (row["language"], row["search"], tuple(row["first"].split())) for row in _rows("search_queries.csv")
]
"""Language of the reader, what is typed, and which proposals must be among the first three."""


async def store(written: Written, minutes_ago: int = 0) -> int:
    """Put a public proposal straight into the tables; returns its id."""
    text = indexed_text(written.title, written.body, written.language)
    async with unit_of_work():
        proposal_id: int = await fetch_value(
            """INSERT INTO proposal (municipality_id, topic_id, state, language, title, body, published_at, search,
                                     grams, search_version, source, external_key)
               SELECT $1, (SELECT min(id) FROM topic WHERE municipality_id = $1), 'published', $2, $3, $4,
                      now() - make_interval(mins => $5), $6::text::tsvector, $7, $8, 'corpus', $9
               RETURNING id""",
            MUNICIPALITY,
            written.language,
            written.title,
            written.body,
            minutes_ago,
            text.search_vector,
            text.grams,
            VERSION,
            written.key,
        )
        await execute(
            """INSERT INTO proposal_transition (municipality_id, proposal_id, ordinal, from_state, to_state, actor_role)
               VALUES ($1, $2, 1, 'none', 'published', 'import')""",
            MUNICIPALITY,
            proposal_id,
        )
    return proposal_id


async def found_keys(search: str, language: str = "nb", limit: int = 3) -> list[str]:
    filters = ProposalFilter(search=search, language=language)
    rows = await find_proposals(MUNICIPALITY, filters, ProposalSort.BEST_MATCH, after=None, limit=limit)
    return [listed.row.external_key or "" for listed in rows]
