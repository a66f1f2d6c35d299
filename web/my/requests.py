"""Everything about oneself, to take along or to have deleted; how far such a request has come."""

from typing import Any

from starlette.responses import Response

from backend.accounts.sessions import cookie_is_secure, cookie_name
from backend.platform.i18n import N_
from web.my.common import own_page
from web.page.forms import Form, FormProblem
from web.page.notice import notice
from web.page.refused import form_status, submit
from web.page.routing import action, page, stream
from web.page.visit import Visit

CONFIRMATION = N_("slett")
"""What a person types to have their account deleted, in their language."""

_EXPORTING = notice("export-asked", N_("Vi samler dataene dine. Du kan hente dem her om litt."))
_DATA, _DELETE = "/min-side/data", "/min-side/data/slett"
_DELETING, _DELETED = "/min-side/data/sletting", "/min-side/slettet"


async def my_data_page(visit: Visit) -> Response:
    """GET /min-side/data: what one asked for, and asking for it."""
    return await visit.render("my/data.html", await visit.query("ShowMyData"))


async def progress(visit: Visit) -> Response:
    """GET /min-side/data/fremdrift: the requests alone, for a page that follows them."""
    if visit.actor.is_anonymous:
        return visit.to_login(visit.path(_DATA))
    return await visit.render("my/requests.html", await visit.query("ShowMyData"))


async def export(visit: Visit) -> Response:
    """POST /min-side/data: ask for everything about oneself; asked twice, it is one request."""
    await visit.form()
    return await submit(visit, "RequestMyData", {}, visit.path(_DATA), _EXPORTING)


async def deletion(visit: Visit) -> Response:
    """GET /min-side/data/slett: what is deleted and what stays, and the form that asks for it."""
    return await _deletion(visit, Form())


async def _deletion(visit: Visit, form: Form) -> Response:
    data = await visit.query("ShowMyData")
    status = form_status(form)
    return await visit.render(
        "my/delete.html", data, form=form, confirmation=visit.translate(CONFIRMATION), status=status
    )


async def delete(visit: Visit) -> Response:
    """POST /min-side/data/slett: ask to be deleted, when content and word are given."""
    form = await visit.form()
    form.problems += _missing(visit, form)
    if not form.problems:
        _, problem = await visit.mutate("RequestDeletion", keepContent=form["skrevet"] == "behold")
        if problem:
            form.add(problem)
    return await _deletion(visit, form) if form.problems else visit.redirect(visit.path(_DELETING))


def _missing(visit: Visit, form: Form) -> list[FormProblem]:
    found = []
    if form["skrevet"] not in ("behold", "slett"):
        message = visit.translate(N_("Velg hva som skal skje med det du har skrevet."))
        found.append(FormProblem("content_choice", message, "skrevet"))
    if form["bekreft"].strip().casefold() != visit.translate(CONFIRMATION).casefold():
        message = visit.translate(
            N_("Skriv ordet «{word}» for å bekrefte."), word=visit.translate(CONFIRMATION)
        )
        found.append(FormProblem("confirmation", message, "bekreft"))
    return found


async def deleting(visit: Visit) -> Response:
    """GET /min-side/data/sletting: how far it has come; when the account is gone, so is the session."""
    if visit.actor.is_anonymous:
        return _gone(visit)
    data = await visit.query("ShowMyData")
    request = _under_deletion(data)
    if request is None:
        return visit.redirect(visit.path(_DATA))
    template = "my/deletion.html" if visit.is_partial else "my/deleting.html"
    return await visit.render(template, data, deletion=request)


def _under_deletion(data: dict[str, Any]) -> dict[str, Any] | None:
    requests = data["viewer"]["dataRequests"].get("nodes", []) if data["viewer"] else []
    return next((one for one in requests if one["kind"] == "DELETE"), None)


def _gone(visit: Visit) -> Response:
    address = visit.path(_DELETED)
    if visit.is_partial:
        response = Response(status_code=204, headers={"hx-redirect": address, "cache-control": "no-store"})
    else:
        response = visit.redirect(address)
    settings = visit.settings
    response.delete_cookie(cookie_name(settings), secure=cookie_is_secure(settings), httponly=True)
    return response


async def deleted(visit: Visit) -> Response:
    """GET /min-side/slettet: what a person reads whose account is gone."""
    if not visit.actor.is_anonymous:
        return visit.redirect(visit.path("/min-side"))
    return await visit.render("my/deleted.html")


routes = [
    own_page(_DATA, my_data_page),
    action(_DATA, export),
    stream("/min-side/data/fremdrift", progress),
    own_page(_DELETE, deletion),
    action(_DELETE, delete),
    stream(_DELETING, deleting),
    page(_DELETED, deleted),
]
