"""My page: the overview, and what one wrote, stands behind, said and follows."""

from typing import Final

from starlette.responses import Response

from api.node_ids import to_global_id
from backend.platform.i18n import N_
from web.my.common import own_page
from web.page.notice import notice
from web.page.refused import submit
from web.page.routing import action
from web.page.visit import Visit

_UNFOLLOWED = notice("my-unfollowed", N_("Du følger det ikke lenger."))
_STATES: Final = {
    "utkast": ["DRAFT"],
    "venter": ["SUBMITTED"],
    "apne": ["PUBLISHED", "ASSESSMENT"],
    "besvart": ["ANSWERED", "UNDER_WAY", "DONE"],
    "avsluttet": ["REJECTED", "WITHDRAWN", "HIDDEN"],
}


async def my_page(visit: Visit) -> Response:
    """GET /min-side: drafts, what waits, the newest notifications and answers."""
    return await visit.render("my/overview.html", await visit.query("ShowMyPage"))


async def my_proposals(visit: Visit) -> Response:
    """GET /min-side/forslag?status=: one's own in every state, or in those that are asked for."""
    query = visit.request.query_params
    status = query.get("status", "")
    data = await visit.query("ShowMyProposals", states=_STATES.get(status), after=visit.after)
    return await visit.render("my/proposals.html", data, chosen=status if status in _STATES else "")


async def my_supports(visit: Visit) -> Response:
    """GET /min-side/stotter: what one stands behind."""
    return await _listed(visit, "ShowMySupports", "my/supports.html")


async def my_answers(visit: Visit) -> Response:
    """GET /min-side/svar: the municipality's answers to what one has to do with."""
    return await _listed(visit, "ShowMyAnswers", "my/answers.html")


async def my_comments(visit: Visit) -> Response:
    """GET /min-side/kommentarer: what one wrote below proposals."""
    return await _listed(visit, "ShowMyComments", "my/comments.html")


async def my_follows(visit: Visit) -> Response:
    """GET /min-side/folger: topics and proposals that one follows."""
    return await _listed(visit, "ShowMyFollows", "my/follows.html")


async def _listed(visit: Visit, operation: str, template: str) -> Response:
    data = await visit.query(operation, after=visit.after)
    return await visit.render(template, data)


async def unfollow(visit: Visit) -> Response:
    """POST /min-side/folger/slutt: no longer follow the topic `tema` or the proposal `forslag`."""
    form = await visit.form()
    topic, proposal = form.whole("tema"), form.whole("forslag")
    node = to_global_id("Proposal", proposal or 0) if topic is None else to_global_id("Topic", topic)
    return await submit(visit, "Unfollow", {"id": node}, visit.path("/min-side/folger"), _UNFOLLOWED)


routes = [
    own_page("/min-side", my_page),
    own_page("/min-side/forslag", my_proposals),
    own_page("/min-side/stotter", my_supports),
    own_page("/min-side/svar", my_answers),
    own_page("/min-side/kommentarer", my_comments),
    own_page("/min-side/folger", my_follows),
    action("/min-side/folger/slutt", unfollow),
]
