"""What an export is narrowed to by its address: as the list of proposals there, or to those that were chosen."""

from typing import Final

import strawberry
from starlette.datastructures import QueryParams

from api.context import Context
from api.node_ids import to_global_id
from api.proposals.enums import Outcome, ProposalSort, ProposalState
from api.proposals.queries import ProposalFilterInput, proposal_filter
from backend.imports.stream import ExportFilter
from backend.platform.errors import Invalid, NotFound
from backend.proposals.searching import understood
from backend.topics.queries import topic_by_slug
from web.page import lists
from web.page.chosen import chosen_numbers

_MOST_TOPICS: Final = 100


async def export_filter(context: Context, query: QueryParams) -> ExportFilter:
    """The filter for `tema` (slugs), `ids` (numbers) and what lists take. Raises NotFound, Invalid."""
    given = lists.proposal_filter(query)
    topics = await _topics(context.municipality_id, [slug for slug in query.getlist("tema") if slug])
    only = await proposal_filter(
        context,
        ProposalFilterInput(
            topics=topics,
            place=strawberry.ID(given["place"]) if "place" in given else None,
            states=[ProposalState[name] for name in given["states"]] if "states" in given else None,
            search=given.get("search"),
            outcome=Outcome[given["outcome"]] if "outcome" in given else None,
            overdue=given.get("overdue"),
        ),
        ProposalSort.NEWEST,
    )
    # An empty choice is nothing, never everything.
    chosen = tuple(chosen_numbers(query.getlist("ids"))) if "ids" in query else None
    return ExportFilter(ids=chosen, only=await understood(context.municipality_id, only))


async def _topics(municipality_id: int, slugs: list[str]) -> list[strawberry.ID] | None:
    if len(slugs) > _MOST_TOPICS:
        raise Invalid("too_many_topics", "Velg høyst {most} temaer.", most=_MOST_TOPICS)
    found = []
    for slug in dict.fromkeys(slugs):
        topic = await topic_by_slug(municipality_id, slug, "nb")
        if topic is None:
            raise NotFound("topic_not_found", "Temaet finnes ikke.")
        found.append(strawberry.ID(to_global_id("Topic", topic.id)))
    return found or None
