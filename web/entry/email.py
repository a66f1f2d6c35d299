"""Where the link in a letter leads that asks whether an address is one's own.

Opening it changes nothing: mail programs open links by themselves. The button does.
"""

from typing import Any

from starlette.responses import Response

from backend.accounts.addresses import email_path
from web.page.routing import action, page
from web.page.visit import Visit


async def ask(visit: Visit) -> Response:
    """GET /min-side/epost/{secret}: a button, or the way to log in (401)."""
    if visit.actor.is_anonymous:
        return await _shown(visit, {}, status=401)
    return await _shown(visit, await visit.ask("ShowEntry"))


async def confirm(visit: Visit) -> Response:
    """POST /min-side/epost/{secret}: confirms it, for the account that asked for the letter only."""
    await visit.form()
    if visit.actor.is_anonymous:
        return await _shown(visit, {}, status=401)
    payload, _ = await visit.change("ConfirmEmail", secret=visit.request.path_params["secret"])
    address = visit.required(payload)["viewer"]["email"]
    return await _shown(visit, await visit.ask("ShowEntry"), confirmed=address)


async def _shown(visit: Visit, data: dict[str, Any], *, status: int = 200, confirmed: str = "") -> Response:
    return await visit.render("entry/email.html", data, status=status, confirmed=confirmed)


routes = [page(email_path("{secret}"), ask), action(email_path("{secret}"), confirm)]
