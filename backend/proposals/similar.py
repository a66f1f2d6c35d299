"""Finding proposals like the one being written."""

from backend.database import fetch
from backend.proposals.listing import PUBLIC_SQL
from backend.proposals.queries import ProposalRow, proposals_by_id
from backend.text.similarity import MAX_CANDIDATES, prepare, query_grams, rank

# Proposals that share the heaviest grams, by the weight of what they share.
_CANDIDATES = f"""
    SELECT p.id, p.title, p.grams
    FROM (SELECT c.id, sum(q.weight) AS shared
          FROM unnest($2::int[], $3::float8[]) AS q(gram, weight)
          JOIN LATERAL (SELECT p.id FROM proposal p WHERE p.municipality_id = $1 AND {PUBLIC_SQL}
                        AND p.grams @> ARRAY[q.gram]) c ON true
          GROUP BY c.id ORDER BY shared DESC, c.id LIMIT $4) found
    JOIN proposal p ON p.municipality_id = $1 AND p.id = found.id
"""


async def similar_proposals(municipality_id: int, title: str, body: str, *, limit: int) -> list[ProposalRow]:
    """Public proposals that say much the same, the most alike first."""
    query = prepare(title, body)
    wanted = query_grams(query)
    if not wanted:
        return []
    rows = await fetch(_CANDIDATES, municipality_id, list(wanted), list(wanted.values()), MAX_CANDIDATES)
    matches = rank(query, [(row["id"], row["title"], row["grams"]) for row in rows])[:limit]
    found = await proposals_by_id(municipality_id, [match.id for match in matches])
    return [found[match.id] for match in matches if match.id in found]
