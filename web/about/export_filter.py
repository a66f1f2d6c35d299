"""What an export is narrowed to by its address: the same names as lists of proposals have, and chosen proposals."""

from typing import Final

from starlette.datastructures import QueryParams

from api.node_ids import number_of
from backend.imports.stream import ExportFilter
from backend.platform.errors import Invalid, NotFound
from backend.proposals.listing import ProposalFilter
from backend.proposals.states import Outcome, ProposalState
from backend.topics.queries import topic_by_slug
from web.page.chosen import chosen_numbers
from web.page.lists import proposal_filter

_LONGEST_SEARCH: Final = 200
_MOST_TOPICS: Final = 100


async def export_filter(municipality_id: int, query: QueryParams) -> ExportFilter:
    """The filter for `tema` (slugs), `ids` (numbers) and what lists take. Raises NotFound, Invalid."""
    wanted = proposal_filter(query)
    if len(wanted.get("search", "")) > _LONGEST_SEARCH:
        raise Invalid("search_length", "Søket kan ha høyst {most} tegn.", most=_LONGEST_SEARCH)
    place = wanted.get("place")
    only = ProposalFilter(
        topic_ids=await _topics(municipality_id, [slug for slug in query.getlist("tema") if slug]),
        place_id=number_of(place, "Place", field="sted") if place else None,
        states=tuple(ProposalState[name].value for name in wanted.get("states", ())) or None,
        search=wanted.get("search"),
        outcome=Outcome[wanted["outcome"]].value if "outcome" in wanted else None,
        overdue=wanted.get("overdue"),
    )
    # An empty choice is nothing, never everything.
    chosen = tuple(chosen_numbers(query.getlist("ids"))) if "ids" in query else None
    return ExportFilter(ids=chosen, only=only)


async def _topics(municipality_id: int, slugs: list[str]) -> tuple[int, ...] | None:
    if len(slugs) > _MOST_TOPICS:
        raise Invalid("too_many_topics", "Velg høyst {most} temaer.", most=_MOST_TOPICS)
    found = []
    for slug in dict.fromkeys(slugs):
        topic = await topic_by_slug(municipality_id, slug, "nb")
        if topic is None:
            raise NotFound("topic_not_found", "Temaet finnes ikke.")
        found.append(topic.id)
    return tuple(found) or None
