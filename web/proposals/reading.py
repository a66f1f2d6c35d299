"""Proposals: the list with its feed, one proposal with all that belongs to it, and the texts it has had."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from api.node_ids import to_global_id
from backend.platform.i18n import N_
from backend.text.markup import comparable_text
from web.page.feeds import atom
from web.page.forms import Form
from web.page.lists import COMMENT_SORTS, SORTS, proposal_filter, proposal_sort
from web.page.routing import page
from web.page.topic_lists import ask_lists
from web.page.visit import Visit
from web.proposals.differences import difference, word_difference

_FEED_TITLE: Final = N_("Forslag")
_SHOWN_VERSIONS: Final = 5


async def proposals(visit: Visit) -> Response:
    """GET /forslag: narrowed and ordered as the address says."""
    query = visit.request.query_params
    data = await _listed(visit)
    return await visit.render("proposals/proposals.html", data, query=query)


async def feed(visit: Visit) -> Response:
    """GET /forslag/atom.xml: the first page of the same list (RFC 4287), without what is no news.

    The newest first unless an order is named.
    """
    query = visit.request.query_params
    narrowed = {
        "filter": proposal_filter(query) | {"news": True},
        "sort": SORTS.get(query.get("sorter", ""), "NEWEST"),
        "after": visit.after,
    }
    data = await ask_lists(visit, "ShowFeed", "ShowTopicFeed", **narrowed)
    return atom(visit, visit.translate(_FEED_TITLE), visit.path("/forslag"), data["proposals"]["nodes"])


async def _listed(visit: Visit) -> dict[str, Any]:
    query = visit.request.query_params
    return await ask_lists(
        visit,
        "ShowProposals",
        "ShowProposalsInTopic",
        filter=proposal_filter(query),
        sort=proposal_sort(query),
        after=visit.after,
        withMap=query.get("vis") == "kart",
    )


async def proposal(visit: Visit) -> Response:
    """GET /forslag/{number}: everything about one proposal."""
    return await show_proposal(visit, visit.request.path_params["number"])


async def show_proposal(visit: Visit, number: int, form: Form | None = None, status: int = 200) -> Response:
    """The proposal's page; with the form of a comment that was refused, everything typed is kept."""
    query = visit.request.query_params
    sort = query.get("kommentarer", "")
    data = await visit.query(
        "ShowProposal",
        id=to_global_id("Proposal", number),
        sort=COMMENT_SORTS.get(sort, "NEWEST"),
        after=visit.after,
    )
    found = visit.found_or_404(data["proposal"])
    values: Mapping[str, Any] = {
        "comment_sort": sort if sort in COMMENT_SORTS else "nyeste",
        "number": number,
        "is_further": visit.after is not None,
    }
    if form is None:
        form = Form.of(sprak=visit.language, holdning="NEUTRAL")
    data["proposal"]["similar"] = [other for other in found["similar"] if other["id"] != found["id"]]
    return await visit.render("proposals/proposal.html", data, status=status, form=form, **values)


async def versions(visit: Visit) -> Response:
    """GET /forslag/{number}/versjoner: each text that it has had, with what was changed from the one before."""
    number = visit.request.path_params["number"]
    data = await visit.query(
        "ShowVersions",
        id=to_global_id("Proposal", number),
        after=visit.after,
    )
    edges = visit.found_or_404(data["proposal"])["versions"]["edges"]
    # One more than is shown: the oldest shown is compared with it.
    changes = await asyncio.to_thread(_changes, [edge["node"] for edge in edges])
    older = edges[_SHOWN_VERSIONS - 1]["cursor"] if len(edges) > _SHOWN_VERSIONS else None
    return await visit.render("proposals/versions.html", data, number=number, changes=changes, older=older)


def _changes(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        version_change(node, nodes[place + 1 : place + 2])
        for place, node in enumerate(nodes[:_SHOWN_VERSIONS])
    ]


def version_change(node: dict[str, Any], before: list[dict[str, Any]]) -> dict[str, Any]:
    """What readers of the page saw change: compared is what the Markdown shows, and where its links lead."""
    shown = comparable_text(node["body"])
    if not before:
        return {"version": node, "title": None, "body": None, "shown": shown, "is_oldest": True}
    (old,) = before
    earlier = comparable_text(old["body"])
    title = word_difference(old["title"], node["title"]) if old["title"] != node["title"] else None
    body = difference(earlier, shown) if earlier != shown else None
    return {"version": node, "title": title, "body": body, "is_restyled": old["body"] != node["body"]}


routes = [
    page("/forslag", proposals),
    page("/forslag/atom.xml", feed),
    page("/forslag/{number:int}", proposal),
    page("/forslag/{number:int}/versjoner", versions),
]
