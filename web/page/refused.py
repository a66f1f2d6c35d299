"""What a page does with a mutation that was refused: which status it has, and where it leads."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from web.page.forms import Form, Problem
from web.page.visit import Visit


def refused_status(problem: Problem) -> int:
    """401 when the session has ended, so that the form tells how to go on; 400 for anything else."""
    return 401 if problem.kind == "LoginProblem" else 400


def form_status(form: Form) -> int:
    """The status of the form's latest problem; 200 when it has none."""
    return refused_status(form.problems[-1]) if form.problems else 200


def led_on(
    visit: Visit, address: str, told: str | None, payload: Mapping[str, Any], problem: Problem | None
) -> Response:
    """After a form of one button: on to `address` with the notice `told`, by the login when the session has ended.

    Raises what else the API refused with.
    """
    if problem and problem.kind == "LoginProblem":
        return visit.to_login(address.partition("#")[0])
    visit.required(payload)
    return visit.redirect(address, told)
