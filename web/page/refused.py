"""What a page does with a mutation that was refused: which status it has, and the way to log in."""

from urllib.parse import quote

from starlette.responses import Response

from web.page.forms import Problem
from web.page.visit import Visit


def refused_status(problem: Problem) -> int:
    """401 when the session has ended, so that the form tells how to go on; 400 for anything else."""
    return 401 if problem.kind == "LoginProblem" else 400


def to_login(visit: Visit, address: str) -> Response:
    """On to the login, and from there to `address`, a page of ours. htmx is told to lead the whole page on."""
    login = f"{visit.path('/logg-inn')}?til={quote(address, safe='')}"
    if visit.is_partial:
        return Response(status_code=204, headers={"hx-redirect": login, "cache-control": "private, no-store"})
    return visit.redirect(login)
