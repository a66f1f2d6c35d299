"""Places for administrators: the list, a new one, and changing one."""

import json
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from starlette.responses import Response

from api.node_ids import to_global_id
from backend.platform.errors import Forbidden
from backend.platform.i18n import LANGUAGES, N_
from web.admin.common import HOME, MEANWHILE, note, require_admin, whole
from web.my.common import own_page
from web.page.admin_labels import PLACE_KIND_TEXTS
from web.page.forms import Form, FormProblem
from web.page.notice import notice
from web.page.refused import form_status
from web.page.routing import action
from web.page.visit import Visit

_MADE = notice("place-made", N_("Stedet er laget."))
_STORED = notice("place-stored", N_("Stedet er lagret."))
_PLACES: Final = f"{HOME}/steder"
_NEW: Final = f"{_PLACES}/nytt"
_PLACE: Final = f"{_PLACES}/{{number:int}}"
_FIELDS: Final = {
    "slug": "adresse",
    "names": "navn-nb",
    "geometry": "omriss",
    **{f"names.{language}.name": f"navn-{language}" for language in LANGUAGES},
}
# Ten thousand positions, each character of a bracket or comma as three in a form.
_MOST_BYTES: Final = 1024 * 1024


async def places(visit: Visit) -> Response:
    """GET /administrasjon/steder."""
    data = await visit.query("ShowAdminPlaces", after=visit.after)
    require_admin(data)
    return await visit.render("admin/places.html", data)


async def new_place(visit: Visit) -> Response:
    """GET /administrasjon/steder/nytt."""
    data = await visit.query("ShowAdministrator")
    require_admin(data)
    return await _page(visit, data, Form.of(slag="NEIGHBOURHOOD"))


async def create_place(visit: Visit) -> Response:
    """POST /administrasjon/steder/nytt: make it, or show the outline."""
    form = await visit.form(_MOST_BYTES)
    place_input = _input(visit, form)
    if place_input and not form["forhandsvis"]:
        payload, problem = await visit.mutate(
            "CreatePlace", input=place_input, idempotencyKey=form.text("nokkel")
        )
        if not problem:
            return visit.redirect(visit.path(_PLACES), _MADE)
        note(visit, form, payload, problem, _FIELDS)
    return await _page(visit, await visit.query("ShowAdministrator"), form)


async def edit_place(visit: Visit) -> Response:
    """GET /administrasjon/steder/{number}."""
    data = await _page_data(visit)
    may = data["place"]["viewerCanAdminister"]
    if not may["allowed"]:
        raise Forbidden(may["code"], may["message"])
    return await _page(visit, data, _form_of(data["place"]))


async def change_place(visit: Visit) -> Response:
    """POST /administrasjon/steder/{number}: store it, or show the outline."""
    form, data = await visit.form(_MOST_BYTES), await _page_data(visit)
    place_input, version = _input(visit, form), whole(visit, form, "versjon") or 0
    if place_input is None or form["forhandsvis"] or form.problem("versjon"):
        return await _page(visit, data, form)
    place = data["place"]
    payload, problem = await visit.mutate(
        "UpdatePlace", id=place["id"], expectedVersion=version, input=place_input
    )
    if not problem or (problem.code == MEANWHILE and place_input == _input(visit, _form_of(place))):
        return visit.redirect(visit.path(_PLACES), _STORED)
    note(visit, form, payload, problem, _FIELDS)
    if problem.code != MEANWHILE:
        return await _page(visit, data, form)
    data = await _page_data(visit)
    form.values["versjon"] = [str(data["place"]["version"])]
    return await _page(visit, data, form, stored=data["place"])


async def _page_data(visit: Visit) -> dict[str, Any]:
    data = await visit.query(
        "ShowPlaceSettings", id=to_global_id("Place", visit.request.path_params["number"])
    )
    visit.found_or_404(data["place"])
    return data


def _form_of(place: Mapping[str, Any]) -> Form:
    names = {f"navn-{name['language']}": name["name"] for name in place["names"]}
    return Form.of(
        adresse=place["slug"],
        slag=place["kind"].upper(),
        omriss=json.dumps(place["geometry"]),
        versjon=str(place["version"]),
        **names,
    )


def _input(visit: Visit, form: Form) -> dict[str, Any] | None:
    """What the form says to the API; None when something cannot be read, which the form then tells."""
    if form["slag"] not in PLACE_KIND_TEXTS:
        form.problems.append(FormProblem("kind", visit.translate(N_("Velg hva slags sted det er.")), "slag"))
    geometry = _outline(form)
    if geometry is None:
        message = visit.translate(N_("Omrisset kan ikke leses. Lim inn GeoJSON, fra { til }."))
        form.problems.append(FormProblem("geometry_unreadable", message, "omriss"))
        # An outline that the API refuses too, with all else that is wrong; it stores nothing.
        geometry = {}
    if form["slag"] not in PLACE_KIND_TEXTS:
        return None
    named = [(language, form[f"navn-{language}"]) for language in LANGUAGES]
    return {
        "slug": form["adresse"].strip(),
        "names": [{"language": lang, "name": name} for lang, name in named if lang == "nb" or name.strip()],
        "kind": form["slag"],
        "geometry": geometry,
    }


def _outline(form: Form) -> dict[str, Any] | None:
    """The geometry, also out of a Feature or a collection of one, as drawing tools give it."""
    try:
        found = json.loads(form["omriss"], parse_constant=_refused_constant)
    except (ValueError, RecursionError):
        return None
    if isinstance(found, dict) and isinstance(found.get("features"), list) and len(found["features"]) == 1:
        found = found["features"][0]
    if isinstance(found, dict) and found.get("type") == "Feature":
        found = found.get("geometry")
    return found if isinstance(found, dict) else None


def _refused_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _drawable(geometry: Any) -> bool:
    """Whether a map can show it; whether it may be stored is for the API to say."""
    if not geometry or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return False
    coordinates = geometry.get("coordinates")
    polygons = [coordinates] if geometry["type"] == "Polygon" else coordinates
    try:
        points = [point for polygon in polygons for ring in polygon for point in ring]
        return bool(points) and all(abs(x) <= 180 and abs(y) <= 90 for x, y, *_ in points)
    except (TypeError, ValueError):
        return False


async def _page(
    visit: Visit, data: Mapping[str, Any], form: Form, stored: Mapping[str, Any] | None = None
) -> Response:
    geometry = _outline(form)
    outline = [{"geometry": geometry, "name": form["navn-nb"]}] if _drawable(geometry) else []
    return await visit.render(
        "admin/place.html",
        {"place": None, **data},
        status=409 if stored else form_status(form),
        form=form,
        outline=outline,
        stored=stored,
    )


routes: list[Any] = [
    own_page(_PLACES, places),
    own_page(_NEW, new_place),
    action(_NEW, create_place),
    own_page(_PLACE, edit_place),
    action(_PLACE, change_place),
]
