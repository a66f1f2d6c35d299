"""Roles: who has which, giving one, and ending one."""

from functools import partial
from typing import Any, Final

from starlette.responses import Response

from api.node_ids import from_global_id, to_global_id
from backend.platform.i18n import N_
from web.admin.common import HOME, require_admin, whole
from web.my.common import own_page
from web.page.forms import Form, FormProblem
from web.page.notice import notice
from web.page.refused import Refused, submit
from web.page.routing import action
from web.page.visit import Visit

_GIVEN = notice("role-given", N_("Rollen er gitt, og gjelder med en gang."))
_ENDED = notice("role-ended", N_("Rollen er avsluttet, og gjelder ikke lenger."))
_ROLES: Final = f"{HOME}/roller"
_PEOPLE: Final = f"{_ROLES}/personer"
_PERSON: Final = f"{_PEOPLE}/{{number:int}}"
_END: Final = f"{_PERSON}/avslutt/{{grant:int}}"
_SUPERVISE: Final = f"{_PERSON}/tilgang/{{act}}"
_SUPERVISION: Final = {
    "okter": ("EndAccountSessions", notice("person-logged-out", N_("Personen er logget ut overalt."))),
    "nokler": ("EndAccountTokens", notice("person-keys-ended", N_("Nøklene er avsluttet."))),
    "steng": ("SuspendAccount", notice("person-suspended", N_("Kontoen er stengt."))),
    "apne": ("ReinstateAccount", notice("person-reinstated", N_("Kontoen er åpnet igjen."))),
}
GRANTABLE: Final = ("PLANNER", "MODERATOR", "ADMIN")
_FIELDS: Final = {"role": "rolle", "topic": "tema"}


async def roles(visit: Visit) -> Response:
    """GET /administrasjon/roller?rolle=ROLE&avsluttet=ja: who has which role, the newest first."""
    query = visit.request.query_params
    role = query.get("rolle", "")
    role, ended = (role if role in GRANTABLE else ""), query.get("avsluttet") == "ja"
    data = await visit.query("ShowRoles", activeOnly=not ended, role=role or None, after=visit.after)
    require_admin(data)
    visit.found_or_404(data["roleGrants"])
    return await visit.render("admin/roles.html", data, ended=ended, query=query, role=role, roles=GRANTABLE)


async def people(visit: Visit) -> Response:
    """GET /administrasjon/roller/personer?sok=…: people by name or address; nobody until something is asked for."""
    query = visit.request.query_params
    form = Form.of(sok=query.get("sok", "").strip())
    if not form["sok"]:
        data = await visit.query("ShowAdministrator")
        require_admin(data)
        return await visit.render("admin/people.html", data, form=form, accounts=None, query=query)
    data = await visit.query("ShowPeople", search=form["sok"], after=visit.after)
    require_admin(data)
    visit.found_or_404(data["accounts"])
    return await visit.render("admin/people.html", data, form=form, query=query)


async def person(visit: Visit) -> Response:
    """GET /administrasjon/roller/personer/{number}: one's roles, those that have ended too."""
    return await _person(visit, Form())


async def _page_data(visit: Visit) -> dict[str, Any]:
    number, after = visit.request.path_params["number"], visit.after
    data = await visit.query("ShowPerson", id=to_global_id("Author", number), after=after or None)
    require_admin(data)
    visit.found_or_404(data["account"])
    return data


async def _person(visit: Visit, form: Form, status: int = 200) -> Response:
    data = await _page_data(visit)
    return await visit.render("admin/person.html", data, status=status, form=form, roles=GRANTABLE)


async def grant(visit: Visit) -> Response:
    """POST /administrasjon/roller/personer/{number}: give `rolle`, for `tema` or for all."""
    form, number = await visit.form(), visit.request.path_params["number"]
    if form["rolle"] not in GRANTABLE:
        form.problems.append(FormProblem("role", visit.translate(N_("Velg en rolle.")), "rolle"))
        return (
            visit.to_login(_address(visit)) if visit.actor.is_anonymous else await _person(visit, form, 400)
        )
    topic = whole(visit, form, "tema")
    role = {
        "account": to_global_id("Author", number),
        "role": form["rolle"],
        "topic": None if topic is None else to_global_id("Topic", topic),
    }
    refused = Refused(form, partial(_person, visit), _FIELDS)
    return await submit(visit, "GrantRole", role, _address(visit), _GIVEN, refused=refused)


async def confirm_end(visit: Visit) -> Response:
    """GET /administrasjon/roller/personer/{number}/avslutt/{grant}: what it means, before it is done."""
    return await _confirm(visit, Form())


async def _confirm(visit: Visit, form: Form, status: int = 200) -> Response:
    data = await _page_data(visit)
    number = visit.request.path_params["grant"]
    found = (each for each in data["account"]["roles"] if from_global_id(each["id"])[1] == number)
    role = visit.found_or_404(next(found, None))
    return await visit.render("admin/end_role.html", data, form=form, grant=role, status=status)


async def end(visit: Visit) -> Response:
    """POST /administrasjon/roller/personer/{number}/avslutt/{grant}: end it."""
    form = await visit.form()
    grant_id = {"id": to_global_id("RoleGrant", visit.request.path_params["grant"])}
    return await submit(
        visit,
        "EndRole",
        grant_id,
        _address(visit),
        _ENDED,
        refused=Refused(form, partial(_confirm, visit)),
        repeats={"grant_not_found"},
    )


async def confirm_supervision(visit: Visit) -> Response:
    """GET /administrasjon/roller/personer/{number}/tilgang/{act}: what it means, before it is done."""
    return await _supervision(visit, Form())


async def _supervision(visit: Visit, form: Form, status: int = 200) -> Response:
    data = await _page_data(visit)
    act = visit.request.path_params["act"]
    visit.found_or_404(_SUPERVISION.get(act))
    return await visit.render("admin/supervise.html", data, form=form, act=act, status=status)


async def supervise(visit: Visit) -> Response:
    """POST /administrasjon/roller/personer/{number}/tilgang/{act}: do it, for the reason `grunn`."""
    form = await visit.form()
    operation, done = visit.found_or_404(_SUPERVISION.get(visit.request.path_params["act"]))
    number = visit.request.path_params["number"]
    order = {"account": to_global_id("Author", number), "reason": form["grunn"]}
    refused = Refused(form, partial(_supervision, visit), {"reason": "grunn"})
    return await submit(visit, operation, order, _address(visit), done, refused=refused)


def _address(visit: Visit) -> str:
    return visit.path(f"{_PEOPLE}/{visit.request.path_params['number']}")


routes: list[Any] = [
    own_page(_ROLES, roles),
    own_page(_PEOPLE, people),
    own_page(_PERSON, person),
    action(_PERSON, grant),
    own_page(_END, confirm_end),
    action(_END, end),
    own_page(_SUPERVISE, confirm_supervision),
    action(_SUPERVISE, supervise),
]
