"""The planner's desk, and what all planners' pages begin with."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from backend.proposals.rules import PLANNERS_ONLY
from web.my.common import own_page
from web.page.forms import Form
from web.page.visit import Visit

DESK: Final = "/saksbehandling"


async def desk(visit: Visit) -> Response:
    """GET /saksbehandling: my topics, and what waits for an answer there, the first to be due first."""
    data = await visit.query("ShowDesk", after=visit.after)
    return await visit.render("planning/desk.html", data, planner=planner_in(data))


def planner_in(data: Mapping[str, Any]) -> Any:
    """The viewer's desk; raises Forbidden for those who have none."""
    viewer = data["viewer"]
    if viewer is None or viewer["planner"] is None:
        raise PLANNERS_ONLY.as_error()
    return viewer["planner"]


async def logged_out(visit: Visit, form: Form, *texts: str) -> Response:
    """What was typed, to be sent again where it was sent; a stranger sees nothing else. `texts` are fields to show."""
    hidden = {name: values for name, values in form.values.items() if name not in (*texts, "csrf")}
    return await visit.render("planning/logged_out.html", form=form, texts=texts, hidden=hidden, status=401)


routes = [own_page(DESK, desk)]
