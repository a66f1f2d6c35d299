"""Where the link in a letter leads that asks whether an address is one's own.

Opening it changes nothing: mail programs open links by themselves. The button does.
"""

from typing import Any

from starlette.responses import Response

from backend.accounts.addresses import email_path
from web.page.routing import action, stream
from web.page.visit import Visit


async def ask(visit: Visit) -> Response:
    """GET /min-side/epost/{secret}: what is asked, and a button; logged in or not."""
    return await _shown(visit, await visit.query("ShowEntry"))


async def confirm(visit: Visit) -> Response:
    """POST /min-side/epost/{secret}: confirms the address that the letter went to.

    The secret alone is the authority, so the form may come from anywhere: a device where nobody is logged in
    sends no token of a session.
    """
    payload, _ = await visit.mutate("ConfirmEmailAddress", secret=visit.request.path_params["secret"])
    address = visit.found_or_404(payload)["email"]
    return await _shown(visit, await visit.query("ShowEntry"), confirmed=address)


async def _shown(visit: Visit, data: dict[str, Any], *, confirmed: str = "") -> Response:
    return await visit.render("entry/email.html", data, confirmed=confirmed)


# A stream: the page of a secret is kept for nobody.
routes = [stream(email_path("{secret}"), ask), action(email_path("{secret}"), confirm)]
