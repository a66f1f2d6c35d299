"""Proposals of a topic, read together where many topics ask."""

from dataclasses import replace
from typing import Any

from api.context import Context
from api.pagination import Connection, keyset_page
from api.proposals.loaders import meaning_loader
from api.proposals.on_map import ProposalMap
from api.proposals.queries import CURSORS, ProposalFilterInput, ProposalSearch, proposal_filter, tag_list
from api.proposals.types import Proposal
from backend.proposals.by_topic import pages_by_topic, points_by_topic, searches_by_topic
from backend.proposals.listing import Listed, ProposalSort


async def proposals_of_topic(
    context: Context,
    topic_id: int,
    first: int,
    after: str | None,
    given: ProposalFilterInput | None,
    sort: ProposalSort,
) -> Connection[Proposal]:
    """A page of a topic's public proposals; a filter by topic narrows them, and never widens."""
    narrowed = await proposal_filter(context, given, sort)

    async def fetch(key: Any, limit: int) -> list[Listed]:
        async def load(ids: list[int]) -> dict[int, list[Listed]]:
            return await pages_by_topic(
                context.municipality_id,
                ids,
                narrowed,
                sort,
                after=key,
                limit=limit,
                interpret=meaning_loader(context).load,
            )

        # Lists that are narrowed and ordered alike are read together.
        loader = context.loader(f"topic_proposals:{sort}:{limit}:{key}:{narrowed}", load, [])
        rows: list[Listed] = await loader.load(topic_id)
        tag_list(context, replace(narrowed, topic_id=topic_id, topic_ids=None), sort, rows)
        return rows

    page: Connection[Proposal] = await keyset_page(
        first,
        after,
        CURSORS[sort],
        int,
        fetch=fetch,
        node=lambda listed: Proposal.from_row(listed.row),
        key=lambda listed: (listed.sort_value, listed.row.id),
    )
    return page


async def search_in_topic(context: Context, topic_id: int, given: ProposalFilterInput) -> ProposalSearch:
    """What a search among a topic's proposals comes to."""
    narrowed = await proposal_filter(context, given, ProposalSort.NEWEST)
    tag_list(context, replace(narrowed, topic_id=topic_id, topic_ids=None), ProposalSort.NEWEST, [])

    async def load(ids: list[int]) -> dict[int, Any]:
        return await searches_by_topic(context.municipality_id, ids, narrowed, meaning_loader(context).load)

    found = await context.loader(f"topic_searches:{narrowed}", load).load(topic_id)
    return ProposalSearch.of(found)


async def map_of_topic(context: Context, topic_id: int, given: ProposalFilterInput) -> ProposalMap:
    """Where a topic's proposals lie."""
    narrowed = await proposal_filter(context, given, ProposalSort.NEWEST)
    context.tags.add(f"topic:{topic_id}")

    async def load(ids: list[int]) -> dict[int, Any]:
        return await points_by_topic(context.municipality_id, ids, narrowed)

    return ProposalMap.of(await context.loader(f"topic_maps:{narrowed}", load).load(topic_id))
