"""Topics: the list, one topic with its proposals, following it, and its feed."""

from typing import Final

from starlette.responses import Response

from api.node_ids import to_global_id
from backend.platform.i18n import N_
from web.page.feeds import atom
from web.page.lists import proposal_filter, proposal_sort
from web.page.notice import NOTICES, notice
from web.page.refused import submit
from web.page.routing import action, page
from web.page.visit import Visit

_FOLLOWING = notice("following", N_("Du følger temaet. Du får beskjed når det skjer noe nytt."))
_UNFOLLOWED = notice("unfollowed", N_("Du følger ikke lenger temaet."))
_FEED: Final = "/tema/{slug}/atom.xml"


async def topics(visit: Visit) -> Response:
    """GET /tema: topics that are open, or all of them with ?alle=ja."""
    query = visit.request.query_params
    everything = query.get("alle") == "ja"
    data = await visit.query("ShowTopics", openOnly=not everything, after=visit.after)
    return await visit.render("topics/topics.html", data, everything=everything)


async def topic(visit: Visit) -> Response:
    """GET /tema/{slug}: the topic and its proposals, narrowed and ordered as the address says."""
    slug, query = visit.request.path_params["slug"], visit.request.query_params
    narrowed = {"filter": proposal_filter(query), "sort": proposal_sort(query), "after": visit.after}
    data = await visit.query("ShowTopic", slug=slug, **narrowed)
    found = visit.found_or_404(data["topic"])
    lists = {name: found[name] for name in ("proposals", "proposalSearch")}
    return await visit.render("topics/topic.html", data | lists, query=query)


async def feed(visit: Visit) -> Response:
    """GET /tema/{slug}/atom.xml: the newest proposals (RFC 4287), without what is no news."""
    slug = visit.request.path_params["slug"]
    found = visit.found_or_404(
        (await visit.query("ShowTopicFeed", slug=slug, filter={"news": True}))["topic"]
    )
    return atom(visit, found["title"], visit.path(f"/tema/{slug}"), found["proposals"]["nodes"])


async def follow(visit: Visit) -> Response:
    """POST /tema/{slug}/folg: follow it, or with `slutt` no longer. For htmx the box alone is answered."""
    form = await visit.form()
    slug = visit.request.path_params["slug"]
    ends = form["slutt"] == "ja"
    number = form.whole("tema") or 0
    operation = "Unfollow" if ends else "Follow"
    notice = _UNFOLLOWED if ends else _FOLLOWING
    topic_id, address = to_global_id("Topic", number), visit.path(f"/tema/{slug}#folg")
    if not visit.is_partial or visit.actor.is_anonymous:
        return await submit(visit, operation, {"id": topic_id}, address, notice)
    payload, _ = await visit.mutate(operation, id=topic_id)
    visit.found_or_404(payload)
    known = {"id": to_global_id("Topic", number), "slug": slug, "viewerIsFollowing": not ends}
    return await visit.render(
        "topics/following_answer.html", viewer=payload, topic=known, message=visit.translate(NOTICES[notice])
    )


routes = [
    page("/tema", topics),
    page("/tema/{slug}", topic),
    page(_FEED, feed),
    action("/tema/{slug}/folg", follow),
]
