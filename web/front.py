"""The front page: what is open, what was answered, what happens near the place one has chosen."""

from typing import Any

from starlette.responses import Response

from backend.words import N_
from web.page.notice import notice
from web.page.routing import page
from web.page.visit import PLACE_COOKIE, Visit

_YEAR = 365 * 24 * 60 * 60
LOGGED_OUT = notice("logged-out", N_("Du er logget ut."))


async def front(visit: Visit) -> Response:
    """GET /{language}/?sted=ID: the front page; a chosen place is remembered."""
    chosen = visit.request.query_params.get("sted")
    place = visit.request.cookies.get(PLACE_COOKIE, "") if chosen is None else chosen
    data = await _front(visit, place)
    response = await visit.render("front/front.html", data, place=place)
    if chosen is not None:
        # Not every text can be a cookie.
        known = chosen if _is_known(data, chosen) else ""
        response.set_cookie(PLACE_COOKIE, known, max_age=_YEAR, httponly=True, samesite="lax")
    return response


def _is_known(data: dict[str, Any], place: str) -> bool:
    return any(known["id"] == place for known in data["places"]["nodes"])


async def _front(visit: Visit, place: str) -> dict[str, Any]:
    if not place:
        return await visit.ask("ShowFront")
    # A place that is not there any more, or was made up, is no place.
    data = await visit.ask("ShowFront")
    if _is_known(data, place):
        return await visit.ask("ShowFront", near={"place": place}, isNear=True)
    return data


routes = [page("/", front)]
