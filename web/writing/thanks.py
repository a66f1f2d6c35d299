"""After a proposal is handed in: what happens now, and when."""

from starlette.responses import Response

from backend.platform.errors import NotFound
from web.page.routing import page
from web.page.visit import NOT_FOUND, Visit
from web.writing.drafts import BEING_WRITTEN, proposal_id


async def thanks(visit: Visit) -> Response:
    """GET /forslag/{number}/takk: for its authors; a draft is led back to its last step."""
    if visit.actor.is_anonymous:
        return visit.to_login()
    number = visit.request.path_params["number"]
    data = await visit.query("ShowHandedIn", id=proposal_id(visit))
    proposal = visit.found_or_404(data["proposal"])
    if not proposal["viewerIsAuthor"]:
        raise NotFound("page_not_found", NOT_FOUND)
    if proposal["topic"] is None and proposal["state"] not in BEING_WRITTEN:
        return visit.redirect(visit.path(f"/forslag/{number}"))
    if proposal["state"] in BEING_WRITTEN:
        return visit.redirect(visit.path(f"/forslag/{number}/rediger?steg=3"))
    return await visit.render("writing/done.html", data, number=number)


routes = [page("/forslag/{number:int}/takk", thanks)]
