"""What Samskap is and stands for: how it works, rules, privacy, accessibility, open data and the API."""

from datetime import date
from typing import Final

from starlette.responses import Response

from web.page.routing import page
from web.page.visit import Visit

REVIEWED: Final = date(2026, 11, 26)
"""When the accessibility statement and the privacy notice were last gone through; change it when you do."""


async def how(visit: Visit) -> Response:
    """GET /om: what happens to a proposal."""
    return await _plain(visit, "how")


async def rules(visit: Visit) -> Response:
    """GET /om/regler: what may be written, and the grounds on which moderators decide."""
    data = await visit.query("ShowRules")
    return await visit.render("about/rules.html", data, here="/om/regler")


async def privacy(visit: Visit) -> Response:
    """GET /om/personvern: what is stored about people, why and for how long."""
    return await _plain(visit, "privacy")


async def accessibility(visit: Visit) -> Response:
    """GET /om/tilgjengelighet: the accessibility statement."""
    return await _plain(visit, "accessibility")


async def open_data(visit: Visit) -> Response:
    """GET /om/data: what may be taken and used, under which licence."""
    data = await visit.query("ShowOpenData")
    return await visit.render("about/data.html", data, here="/om/data")


async def _plain(visit: Visit, name: str) -> Response:
    data = await visit.query("ShowAbout")
    settings = visit.settings
    return await visit.render(
        f"about/{name}.html",
        data,
        here=visit.request.url.path.removeprefix(f"/{visit.language}"),
        reviewed=REVIEWED,
        idle_minutes=settings.session_idle // 60,
        longest_hours=settings.session_absolute // 3600,
    )


routes = [
    page("/om", how),
    page("/om/regler", rules),
    page("/om/personvern", privacy),
    page("/om/tilgjengelighet", accessibility),
    page("/om/data", open_data),
]
