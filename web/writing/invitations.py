"""Writing together: inviting co-authors, taking an invitation back, joining by its link, and leaving again."""

from typing import Any

from starlette.responses import Response

from api.node_ids import from_global_id, to_global_id
from backend.platform.errors import NotFound
from backend.platform.i18n import N_
from web.page.forms import Form
from web.page.notice import notice
from web.page.refused import submit
from web.page.routing import action, page
from web.page.visit import NOT_FOUND, Visit
from web.writing.drafts import proposal_id

_TAKEN_BACK = notice("invitation-taken-back", N_("Invitasjonen er trukket tilbake."))
_JOINED = notice("joined", N_("Du er nå medforfatter. Dere kan begge endre forslaget."))
_LEFT = notice("left-proposal", N_("Du er ikke lenger medforfatter."))


async def co_authors(visit: Visit) -> Response:
    """GET /forslag/{number}/medforfattere: who writes, and who is invited; for its authors."""
    if visit.actor.is_anonymous:
        return visit.to_login()
    return await _shown(visit, Form())


async def _shown(visit: Visit, form: Form, *, status: int = 200, secret: str = "") -> Response:
    data = await visit.query("ShowCoAuthors", id=proposal_id(visit))
    proposal = visit.found_or_404(data["proposal"])
    if not proposal["viewerIsAuthor"]:
        raise NotFound("page_not_found", NOT_FOUND)
    link = f"{visit.settings.base_url}/invitasjon/{secret}" if secret else ""
    number = visit.request.path_params["number"]
    return await visit.render(
        "writing/co_authors.html", data, status=status, form=form, number=number, link=link
    )


async def invite(visit: Visit) -> Response:
    """POST /forslag/{number}/medforfattere: the page with the new link, which is shown this once."""
    form = await visit.form()
    payload, problem = await visit.mutate(
        "InviteCoAuthor", proposal=proposal_id(visit), idempotencyKey=form.text("nokkel")
    )
    if problem is None:
        return await _shown(visit, form, secret=payload["secret"])
    if problem.kind in ("LoginProblem", "NotFoundProblem"):
        visit.found_or_404(payload)
    form.add(problem)
    return await _shown(visit, form, status=400)


async def revoke(visit: Visit) -> Response:
    """POST /forslag/{number}/medforfattere/trekk: take one back; a co-author is none any more."""
    form = await visit.form()
    invitation = to_global_id("CoAuthorInvitation", form.whole("invitasjon") or 0)
    number = visit.request.path_params["number"]
    address = visit.path(f"/forslag/{number}/medforfattere")
    return await submit(visit, "RevokeInvitation", {"id": invitation}, address, _TAKEN_BACK)


async def leave(visit: Visit) -> Response:
    """POST /forslag/{number}/forlat: be co-author no longer."""
    await visit.form()
    payload, _ = await visit.mutate("LeaveProposal", id=proposal_id(visit))
    left = visit.found_or_404(payload)["proposal"]
    number = visit.request.path_params["number"]
    return visit.redirect(visit.path(f"/forslag/{number}" if left else "/min-side/forslag"), _LEFT)


async def invitation(visit: Visit) -> Response:
    """GET /invitasjon/{secret}: what one is invited to, and a button: opening a link changes nothing."""
    if visit.actor.is_anonymous:
        return visit.to_login()
    return await visit.render("writing/invitation.html", await _invitation(visit))


async def _invitation(visit: Visit) -> dict[str, Any]:
    data = await visit.query("ShowInvitation", secret=visit.request.path_params["secret"])
    return data | {"invitation": visit.found_or_404(data["coAuthorInvitation"])}


async def accept(visit: Visit) -> Response:
    """POST /invitasjon/{secret}: among the authors, and on to the text."""
    await visit.form()
    if visit.actor.is_anonymous:
        return visit.to_login()
    payload, _ = await visit.mutate("AcceptInvitation", secret=visit.request.path_params["secret"])
    proposal = visit.found_or_404(payload)["proposal"]
    is_writing = proposal["state"] in ("DRAFT", "REJECTED")
    return visit.redirect(visit.path(_address(proposal["id"], is_writing=is_writing)), _JOINED)


def _address(global_id: str, *, is_writing: bool) -> str:
    number = from_global_id(global_id)[1]
    return f"/forslag/{number}/rediger" if is_writing else f"/forslag/{number}"


routes = [
    page("/forslag/{number:int}/medforfattere", co_authors),
    action("/forslag/{number:int}/medforfattere", invite),
    action("/forslag/{number:int}/medforfattere/trekk", revoke),
    action("/forslag/{number:int}/forlat", leave),
    page("/invitasjon/{secret}", invitation),
    action("/invitasjon/{secret}", accept),
]
