"""Lists of proposals that an address may narrow to one topic."""

from typing import Any, Final

from web.page.visit import Visit

NO_LISTS: Final = {
    "proposals": {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}},
    "proposalSearch": {"count": 0, "isMore": False, "corrected": None, "isPartial": False},
    "proposalMap": {"features": {"type": "FeatureCollection", "features": []}, "shown": 0, "total": 0},
}
"""The lists of a topic that is none, by their names in the API."""


async def ask_lists(visit: Visit, everywhere: str, in_topic: str, **variables: Any) -> dict[str, Any]:
    """The data of a page with lists of proposals; of the topic in the address (`tema`, a slug) when one is named.

    `in_topic` asks for the same lists within a topic; they stand where those of `everywhere` do.
    """
    slug = visit.request.query_params.get("tema")
    if not slug:
        return await visit.query(everywhere, **variables)
    data = await visit.query(in_topic, slug=slug, **variables)
    # The page is that of all topics: nothing else of this one is asked for.
    return data | (data.pop("topic") or NO_LISTS)
