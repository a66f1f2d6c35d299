"""Filters and orders of lists of proposals, as they stand in addresses."""

from typing import Any, Final

from starlette.datastructures import QueryParams

SORT_TEXTS: Final = {
    "nyeste": "Nyeste",
    "mest-stottet": "Mest støttet",
    "aktive": "Sist aktive",
    "besvart": "Sist besvart",
    "ventet": "Ventet lengst på svar",
}
SORTS: Final = {
    "nyeste": "NEWEST",
    "mest-stottet": "MOST_SUPPORTED",
    "aktive": "RECENTLY_ACTIVE",
    "besvart": "NEWLY_ANSWERED",
    "ventet": "LONGEST_WAITING",
}
COMMENT_SORT_TEXTS: Final = {"nyeste": "Nyeste først", "eldste": "Eldste først"}
COMMENT_SORTS: Final = {"nyeste": "NEWEST", "eldste": "OLDEST"}
STATES_FILTER_TEXTS: Final = {
    "apne": "Åpne for støtte",
    "vurderes": "Under vurdering",
    "besvart": "Besvart",
    "i-gang": "I gang eller gjennomført",
}
_STATES: Final = {
    "apne": ["PUBLISHED"],
    "vurderes": ["ASSESSMENT"],
    "besvart": ["ANSWERED", "UNDER_WAY", "DONE"],
    "i-gang": ["UNDER_WAY", "DONE"],
}

OUTCOMES: Final = {"ja": "ACCEPTED", "delvis": "PARTLY", "nei": "DECLINED"}
DUE: Final = {"over": True, "innen": False}


def proposal_filter(query: QueryParams) -> dict[str, Any]:
    """The API's filter for what an address asks; what is unknown narrows nothing.

    `sok`, `status`, `sted` (an id), `utfall`, and `frist` (over: it should have been answered by now).
    """
    filters: dict[str, Any] = {}
    if search := query.get("sok", "").strip():
        filters["search"] = search
    if states := _STATES.get(query.get("status", "")):
        filters["states"] = states
    if place := query.get("sted"):
        filters["place"] = place
    if outcome := OUTCOMES.get(query.get("utfall", "")):
        filters["outcome"] = outcome
    if query.get("frist") in DUE:
        filters["overdue"] = DUE[query["frist"]]
    return filters


def proposal_sort(query: QueryParams) -> str:
    """The API's name of the order; when none is named the best match of a search first, else the newest."""
    default = "BEST_MATCH" if query.get("sok", "").strip() else "NEWEST"
    return SORTS.get(query.get("sorter", ""), default)
