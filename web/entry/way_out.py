"""Where a notification's mail leads to whoever wants no more of them, without a login.

Opening it changes nothing: mail programs and scanners open links by themselves. The buttons do, and so does the
single click that mail programs offer (RFC 8058): a POST from anywhere, without cookies, whose authority is the
token in its address.
"""

from typing import Any

from starlette.responses import Response

from backend.accounts.addresses import way_out_path
from backend.platform.errors import DomainError
from web.page.forms import Form, read_form
from web.page.routing import action, stream
from web.page.visit import Visit

_SCOPES = {"forslag": "PROPOSAL", "grunn": "CAUSE", "slag": "KIND"}
_MOST_BYTES = 4_096


async def show(visit: Visit) -> Response:
    """GET /varsler/av/{token}: what the link can end, each with a button."""
    data = await visit.query("ShowWayOut", token=visit.request.path_params["token"])
    return await _shown(visit, data, data["notificationWayOut"])


async def use(visit: Visit) -> Response:
    """POST /varsler/av/{token}: `valg` names what to end, `paa` has it again; one click sends neither."""
    form = await _form(visit)
    token = visit.request.path_params["token"]
    scope = _SCOPES.get(form["valg"])
    payload, _ = await visit.mutate(
        "UseNotificationWayOut", token=token, scope=scope, enabled=form["paa"] == "ja" and scope is not None
    )
    return await _shown(visit, await visit.query("ShowEntry"), payload, is_changed=True)


async def _form(visit: Visit) -> Form:
    try:
        return await read_form(visit.request, _MOST_BYTES)
    except DomainError:
        # One click may come as another type of form (RFC 8058 § 3.1); its content says nothing that matters.
        return Form()


async def _shown(
    visit: Visit, data: dict[str, Any], found: dict[str, Any], *, is_changed: bool = False
) -> Response:
    way_out = visit.found_or_404(found)
    names = {scope: name for name, scope in _SCOPES.items()}
    return await visit.render(
        "entry/way_out.html",
        data,
        way_out=way_out,
        names=names,
        is_changed=is_changed,
        page=visit.path(way_out_path(visit.request.path_params["token"])),
    )


# A stream: what follows from a token is kept for nobody, and is no sign that somebody logged in is there.
routes = [stream(way_out_path("{token}"), show), action(way_out_path("{token}"), use)]
