"""Administration: how things are, what staff did, and how the platform is set up."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from api.node_ids import from_global_id
from backend.platform.errors import DomainError
from web.admin.common import HOME, require_admin
from web.my.common import own_page
from web.page.admin_labels import ACT_TEXTS, SETTING_TEXTS
from web.page.labels import LABELS
from web.page.routing import stream
from web.page.visit import Visit

_DETAIL_LABELS: Final = {
    "ROLE_GRANTED": "role",
    "ROLE_ENDED": "role",
    "CASE_DECIDED": "decision",
    "ANSWERED": "outcome",
    "STATUS_CHANGED": "state",
}
_NO_CONTENT: Final = 204


async def overview(visit: Visit) -> Response:
    """GET /administrasjon: how it is, what waits, and the latest that staff did."""
    data = await visit.query("ShowAdministration")
    require_admin(data)
    health = visit.found_or_404(data["platformHealth"])
    acts = [_act(visit, entry) for entry in visit.found_or_404(data["adminLog"])["nodes"]]
    return await visit.render("admin/overview.html", data, health=health, acts=acts)


async def log(visit: Visit) -> Response:
    """GET /administrasjon/logg?hva=KIND: what staff did, the newest first."""
    query = visit.request.query_params
    kind = query.get("hva", "")
    kind = kind if kind in ACT_TEXTS else ""
    data = await visit.query("ShowAdminLog", kind=kind or None, after=visit.after)
    require_admin(data)
    found = visit.found_or_404(data["adminLog"])
    acts = [_act(visit, entry) for entry in found["nodes"]]
    return await visit.render("admin/log.html", data, acts=acts, kind=kind, page_info=found["pageInfo"])


def _act(visit: Visit, entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry with its detail in words, and where its subject is."""
    detail = entry["detail"]
    if detail:
        texts = LABELS.get(_DETAIL_LABELS.get(entry["kind"], ""), {})
        known = texts.get(detail.upper())
        detail = visit.translate(known) if known else detail
    return {**entry, "detail": detail, "address": _address(visit, entry)}


def _address(visit: Visit, entry: Mapping[str, Any]) -> str | None:
    number = from_global_id(entry["subject"])[1]
    match entry["subjectType"]:
        case "Author":
            return visit.path(f"{HOME}/roller/personer/{number}")
        case "Place":
            return visit.path(f"{HOME}/steder/{number}")
        case "Topic" if entry["topic"]:
            return visit.path(f"{HOME}/temaer/{entry['topic']['slug']}")
        case "Proposal" if entry["subjectLabel"]:
            return visit.path(f"/forslag/{number}")
    return None


async def settings(visit: Visit) -> Response:
    """GET /administrasjon/innstillinger: what is set, for reading only."""
    data = await visit.query("ShowSettings")
    require_admin(data)
    rows = [
        {**row, "text": visit.translate(SETTING_TEXTS[row["name"]]) if row["name"] in SETTING_TEXTS else ""}
        for row in visit.found_or_404(data["platformSettings"])["settings"]
    ]
    return await visit.render("admin/settings.html", data, rows=rows)


async def health(visit: Visit) -> Response:
    """GET /administrasjon/helse: each part, and what waits."""
    data = await visit.query("ShowHealth")
    require_admin(data)
    return await visit.render("admin/health.html", data, health=visit.found_or_404(data["platformHealth"]))


async def health_parts(visit: Visit) -> Response:
    """GET /administrasjon/helse/deler: the same for the page to ask again; nothing (204) for others."""
    try:
        state = visit.found_or_404((await visit.query("PlatformHealth"))["platformHealth"])
    except DomainError:
        return Response(status_code=_NO_CONTENT)
    return await visit.render("admin/health_parts.html", health=state)


routes: list[Any] = [
    own_page(HOME, overview),
    own_page(f"{HOME}/logg", log),
    own_page(f"{HOME}/innstillinger", settings),
    own_page(f"{HOME}/helse", health),
    stream(f"{HOME}/helse/deler", health_parts),
]
