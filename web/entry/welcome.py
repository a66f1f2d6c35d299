"""Coming in: the choice of ways to log in, and the two questions for whoever is here for the first time."""

from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from backend.accounts.addresses import local_path, login_path
from backend.platform.i18n import LANGUAGES, N_
from web.page.cookies import LANGUAGE_COOKIE, PLACE_COOKIE, YEAR, set_cookie
from web.page.forms import Form, FormProblem
from web.page.notice import notice
from web.page.routing import action, page
from web.page.visit import Visit

_WELCOME = notice("welcome", N_("Velkommen! Du kan endre alt dette på min side når du vil."))
_WELCOME_LETTER = notice(
    "welcome-letter",
    N_("Velkommen! Vi har sendt deg en e-post. Åpne lenken i den, så vet vi at adressen er din."),
)


async def log_in(visit: Visit) -> Response:
    """GET /logg-inn?til=/nb/forslag/7: the ways to log in; on to `til` for whoever is logged in already."""
    target = _target(visit)
    if not visit.actor.is_anonymous:
        return visit.redirect(target)
    return await visit.render("entry/login.html", target=target, login_path=login_path)


async def logged_in(visit: Visit) -> Response:
    """GET /logg-inn/ferdig: for the tab that was opened only to log in."""
    if visit.actor.is_anonymous:
        return visit.redirect(visit.path("/logg-inn"))
    return await visit.render("entry/logged_in.html", await visit.query("ShowEntry"))


def _target(visit: Visit, form: Form | None = None) -> str:
    """Where the visitor was going: a path of ours; the front page when nothing better is said."""
    requested = (form["til"] if form else None) or visit.request.query_params.get("til")
    found = local_path(requested)
    return visit.path() if found == "/" else found


async def welcome(visit: Visit) -> Response:
    """GET /velkommen?til=/nb/forslag/7&steg=1: name, place and language; then what to be told."""
    if visit.actor.is_anonymous:
        return visit.to_login()
    data = await visit.query("ShowWelcome")
    step = 2 if visit.request.query_params.get("steg") == "2" else 1
    return await _shown(visit, data, _form_of(data["viewer"]), step, _target(visit))


def _form_of(viewer: dict[str, Any]) -> Form:
    # What one is called until one has chosen is no name to begin with; the one an employer gave is.
    is_chosen = not viewer["isNew"] or viewer["nameKind"] == "REAL"
    return Form.of(
        kind=viewer["nameKind"] if is_chosen else "FIRST",
        name=viewer["displayName"] if is_chosen else "",
        homePlace=(viewer["homePlace"] or {}).get("id", ""),
        language=viewer["language"],
        email=viewer["pendingEmail"] or viewer["email"] or "",
        varsel=[each["kind"] for each in _letters(viewer) if each["enabled"]],
    )


def _letters(viewer: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in viewer["notificationPreferences"] if each["channel"] == "EMAIL"]


async def _shown(
    visit: Visit, data: dict[str, Any], form: Form, step: int, target: str, status: int = 200
) -> Response:
    template = "entry/letters.html" if step == 2 else "entry/welcome.html"
    letters = _letters(data["viewer"]) if data["viewer"] else []
    return await visit.render(
        template, data, status=status, form=form, step=step, target=target, letters=letters
    )


async def store_step(visit: Visit) -> Response:
    """POST /velkommen: keep the answers of the step that was sent."""
    form = await visit.form()
    if visit.actor.is_anonymous:
        return visit.to_login()
    if form["steg"] == "2":
        return await _store_letters(visit, form)
    return await _store_name(visit, form)


async def _store_name(visit: Visit, form: Form) -> Response:
    changes = {
        "name": {
            "kind": form["kind"] if form["kind"] in ("REAL", "FIRST") else "PSEUDONYM",
            "displayName": form["name"],
        },
        "language": form["language"],
        "homePlace": form.text("homePlace"),
        "livesHere": {"ja": True, "nei": False}.get(form["livesHere"]),
    }
    payload, problem = await visit.mutate("UpdateProfile", input=changes)
    if problem:
        return await _again(visit, form, problem, 1)
    language = payload["viewer"]["language"]
    target = _in_language(_target(visit, form), language)
    response = visit.redirect(f"/{language}/velkommen?{urlencode({'steg': 2, 'til': target})}")
    set_cookie(response, visit.settings, LANGUAGE_COOKIE, language, YEAR)
    if place := form.text("homePlace"):
        set_cookie(response, visit.settings, PLACE_COOKIE, place, YEAR)
    return response


def _in_language(path: str, language: str) -> str:
    """The same page of ours in that language."""
    _, first, *rest = path.split("/", 2)
    return f"/{language}/{rest[0]}" if first in LANGUAGES and rest else path


async def _store_letters(visit: Visit, form: Form) -> Response:
    viewer = (await visit.query("ShowWelcome"))["viewer"]
    chosen, address = form.all("varsel"), form.text("email")
    choices = [
        {"kind": each["kind"], "channel": "EMAIL", "enabled": each["kind"] in chosen}
        for each in _letters(viewer)
        if not each["isRequired"]
    ]
    _, problem = await visit.mutate("SetNotificationPreferences", choices=choices)
    if problem is None and address and address not in (viewer["email"], viewer["pendingEmail"]):
        payload, problem = await visit.mutate("UpdateProfile", input={"email": address})
        viewer = payload.get("viewer", viewer)
    if problem:
        return await _again(visit, form, problem, 2)
    return visit.redirect(_target(visit, form), _WELCOME_LETTER if viewer["pendingEmail"] else _WELCOME)


async def _again(visit: Visit, form: Form, problem: FormProblem, step: int) -> Response:
    form.add(problem)
    data = await visit.query("ShowWelcome")
    return await _shown(visit, data, form, step, _target(visit, form), 400)


routes = [
    page("/logg-inn", log_in),
    page("/logg-inn/ferdig", logged_in),
    page("/velkommen", welcome),
    action("/velkommen", store_step),
]
