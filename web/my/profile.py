"""One's profile: name, language and place, and the address that mails go to. Each is a form of its own."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from backend.platform.i18n import LANGUAGES, N_
from web.my.common import own_page
from web.page.forms import Form, FormProblem
from web.page.notice import notice
from web.page.refused import refused_status
from web.page.routing import action
from web.page.visit import Visit

_NAMED = notice("profile-named", N_("Navnet er endret."))
_STORED = notice("profile-stored", N_("Profilen er lagret."))
_CONFIRM_EMAIL = notice(
    "email-asked", N_("Vi har sendt deg en e-post med en lenke. Åpne den for å bekrefte adressen.")
)
_NO_EMAIL = notice("email-none", N_("Vi sender deg ikke e-post lenger."))
_PROFILE = "/min-side/profil"
_NAME_KINDS: Final = ("REAL", "FIRST", "PSEUDONYM")
_FIELDS: Final = {
    "name": "navn",
    "kind": "navnetype",
    "language": "sprak",
    "homePlace": "sted",
    "email": "epost",
    "livesHere": "bosted",
}


async def my_profile(visit: Visit) -> Response:
    """GET /min-side/profil."""
    return await _page(visit, Form(), "")


async def _page(visit: Visit, form: Form, part: str) -> Response:
    """The page; `part` is the form that was sent, whose values stand as they were typed."""
    data = await visit.query("ShowMyProfile")
    known = _stored(data["viewer"]) if data["viewer"] else {}
    shown = Form({**known, **form.values}, form.problems)
    status = refused_status(form.problems[0]) if form.problems else 200
    return await visit.render("my/profile.html", data, form=shown, part=part, status=status)


def _stored(viewer: Mapping[str, Any]) -> dict[str, list[str]]:
    place = viewer["homePlace"]
    declared = "ja" if viewer["homeMunicipality"] else "nei"
    return {
        "bosted": [declared] if viewer["residenceSource"] == "DECLARED" else [],
        "navn": [viewer["displayName"]],
        "navnetype": [viewer["nameKind"]],
        "sprak": [viewer["language"]],
        "sted": [place["id"] if place else ""],
        "epost": [viewer["pendingEmail"] or viewer["email"] or ""],
    }


async def _change(visit: Visit, form: Form, part: str, **changes: Any) -> Response | None:
    """The page with what was wrong; None when it is done."""
    if not form.problems:
        _, problem = await visit.mutate("UpdateProfile", input=changes)
        if problem:
            form.add(problem, _FIELDS)
    return await _page(visit, form, part) if form.problems else None


async def name(visit: Visit) -> Response:
    """POST /min-side/profil/navn: the name and what kind of name it is."""
    form = await visit.form()
    if form["navnetype"] not in _NAME_KINDS:
        message = visit.translate(N_("Velg hva slags navn det er."))
        form.problems.append(FormProblem("name_kind", message, "navnetype"))
    name = {"kind": form["navnetype"], "displayName": form["navn"]}
    refused = await _change(visit, form, "navn", name=name)
    return refused or visit.redirect(visit.path(_PROFILE), _NAMED)


async def belonging(visit: Visit) -> Response:
    """POST /min-side/profil/sprak: the language to be written to in, and the place one belongs to."""
    form = await visit.form()
    language = form["sprak"]
    refused = await _change(visit, form, "sprak", language=language, homePlace=form.text("sted"))
    if refused:
        return refused
    if language in LANGUAGES and language != visit.language:
        return visit.redirect(f"/sprak/{language}?til={visit.path(_PROFILE)}", _STORED)
    return visit.redirect(visit.path(_PROFILE), _STORED)


async def residence(visit: Visit) -> Response:
    """POST /min-side/profil/bosted: whether one lives in the municipality, by one's own word."""
    form = await visit.form()
    if form["bosted"] not in ("ja", "nei"):
        form.problems.append(FormProblem("residence", visit.translate(N_("Svar ja eller nei.")), "bosted"))
    refused = await _change(visit, form, "bosted", livesHere=form["bosted"] == "ja")
    return refused or visit.redirect(visit.path(_PROFILE), _STORED)


async def email(visit: Visit) -> Response:
    """POST /min-side/profil/epost: where mails go once it is confirmed, or with `slutt` nowhere."""
    form = await visit.form()
    address = None if form["slutt"] == "ja" else form.text("epost")
    if address is None and form["slutt"] != "ja":
        message = visit.translate(N_("Skriv e-postadressen din."))
        form.problems.append(FormProblem("email_missing", message, "epost"))
    refused = await _change(visit, form, "epost", email=address)
    return refused or visit.redirect(visit.path(_PROFILE), _CONFIRM_EMAIL if address else _NO_EMAIL)


routes = [
    own_page(_PROFILE, my_profile),
    action("/min-side/profil/navn", name),
    action("/min-side/profil/sprak", belonging),
    action("/min-side/profil/epost", email),
    action("/min-side/profil/bosted", residence),
]
