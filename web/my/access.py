"""Who acts as oneself: browsers where one is logged in, and keys for scripts."""

from typing import Any, Final

from starlette.responses import Response

from api.node_ids import to_global_id
from backend.accounts.addresses import bind_path
from backend.platform.i18n import N_
from web.my.common import own_page
from web.page.forms import Form, FormProblem
from web.page.notice import notice
from web.page.refused import form_status, submit
from web.page.routing import action
from web.page.visit import Visit

_SESSION_ENDED = notice("session-ended", N_("Enheten er logget ut."))
_OTHERS_ENDED = notice("sessions-ended", N_("Alle andre enheter er logget ut."))
_KEY_ENDED = notice("key-ended", N_("Nøkkelen er avsluttet og virker ikke lenger."))
_SESSIONS, _KEYS = "/min-side/okter", "/min-side/nokler"
DAYS: Final = ("7", "30", "90", "180", "365")
SCOPES: Final = ("read", "write", "export", "plan", "moderate")


async def my_sessions(visit: Visit) -> Response:
    """GET /min-side/okter: where one is logged in, the latest used first."""
    data = await visit.query("ShowMySessions", after=visit.after)
    titles = {provider.key: provider.title or provider.key for provider in visit.settings.providers}
    return await visit.render("my/sessions.html", data, titles=titles)


async def end_sessions(visit: Visit) -> Response:
    """POST /min-side/okter/slutt: end the session `okt`, or all others when none is named."""
    form = await visit.form()
    number = form.whole("okt")
    if number is None:
        return await submit(visit, "RevokeOtherSessions", {}, visit.path(_SESSIONS), _OTHERS_ENDED)
    session = {"id": to_global_id("Session", number)}
    return await submit(visit, "RevokeSession", session, visit.path(_SESSIONS), _SESSION_ENDED)


async def my_accounts(visit: Visit) -> Response:
    """GET /min-side/kontoer: one's accounts as a resident and as an employee, and how to bind them."""
    data = await visit.query("ShowMyAccounts")
    viewer = data["viewer"]
    profile = "entra" if viewer["hasNationalNumber"] else "idporten"
    ways = [provider for provider in visit.settings.providers if provider.profile == profile]
    return await visit.render("my/accounts.html", data, ways=ways, bind_path=bind_path)


async def my_keys(visit: Visit) -> Response:
    """GET /min-side/nokler."""
    return await _keys(visit, Form.of(dager="90", adgang="read"))


async def _keys(visit: Visit, form: Form, created: dict[str, Any] | None = None) -> Response:
    data = await visit.query("ShowMyTokens")
    status = form_status(form)
    return await visit.render(
        "my/keys.html", data, form=form, created=created, days=DAYS, scopes=SCOPES, status=status
    )


async def create_key(visit: Visit) -> Response:
    """POST /min-side/nokler: make a key. Its secret is in this answer and nowhere else."""
    form = await visit.form()
    if form["dager"] not in DAYS:
        form.problems.append(
            FormProblem("days", visit.translate(N_("Velg hvor lenge nøkkelen skal vare.")), "dager")
        )
        return await _keys(visit, form)
    created, problem = await visit.mutate(
        "CreateAccessToken",
        name=form["navn"],
        scopes=form.all("adgang"),
        days=int(form["dager"]),
        idempotencyKey=form.text("nokkel"),
    )
    if problem:
        form.add(problem, {"name": "navn", "scopes": "adgang", "days": "dager"})
        return await _keys(visit, form)
    return await _keys(visit, Form.of(dager="90", adgang="read"), created)


async def end_key(visit: Visit) -> Response:
    """POST /min-side/nokler/slutt: end the key `nokkel`."""
    form = await visit.form()
    key = {"id": to_global_id("AccessToken", form.whole("nokkel") or 0)}
    return await submit(visit, "RevokeAccessToken", key, visit.path(_KEYS), _KEY_ENDED)


routes = [
    own_page(_SESSIONS, my_sessions),
    action("/min-side/okter/slutt", end_sessions),
    own_page("/min-side/kontoer", my_accounts),
    own_page(_KEYS, my_keys),
    action(_KEYS, create_key),
    action("/min-side/nokler/slutt", end_key),
]
