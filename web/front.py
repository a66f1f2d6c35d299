"""The front page: what is open, what was answered, what happens near the place one has chosen."""

from starlette.responses import Response

from api.node_ids import number_of
from backend.platform.errors import Invalid
from backend.platform.i18n import N_
from web.page.cookies import PLACE_COOKIE, YEAR, set_cookie
from web.page.notice import notice
from web.page.routing import page
from web.page.visit import Visit

LOGGED_OUT = notice("logged-out", N_("Du er logget ut."))


async def front(visit: Visit) -> Response:
    """GET /{language}/?sted=ID: the front page; a chosen place is remembered."""
    chosen = visit.request.query_params.get("sted")
    place_id = visit.request.cookies.get(PLACE_COOKIE, "") if chosen is None else chosen
    is_near = _is_place(place_id)
    data = await visit.query("ShowFront", isNear=is_near, near={"place": place_id} if is_near else None)
    # A place that is not there any more, or was made up, is no place. Not every text can be a cookie either.
    place = place_id if any(known["id"] == place_id for known in data["places"]["nodes"]) else ""
    response = await visit.render("front/front.html", data, place=place)
    if chosen is not None:
        set_cookie(response, visit.settings, PLACE_COOKIE, place, YEAR)
    return response


def _is_place(node_id: str) -> bool:
    try:
        return bool(number_of(node_id, "Place"))
    except Invalid:
        return False


routes = [page("/", front)]
