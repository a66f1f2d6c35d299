"""One proposal as its planner sees it: all that belongs to it, its next states, and notes for colleagues."""

from functools import partial
from typing import Final

from starlette.responses import Response

from api.node_ids import to_global_id
from backend.platform.i18n import N_
from web.my.common import own_page
from web.page.forms import Form, FormProblem
from web.page.notice import notice
from web.page.refused import Refused, submit
from web.page.routing import action
from web.page.visit import Visit, refusal_of
from web.planning.workload import logged_out, planner_in

_PAGE: Final = "/saksbehandling/forslag/{number:int}"
STATUSES: Final = ("PUBLISHED", "ASSESSMENT", "UNDER_WAY", "DONE")
"""What a planner sets without answering."""

_STATUS_SET = notice("status-set", N_("Statusen er endret, og de det gjelder, får beskjed."))
_NOTED = notice("note-added", N_("Notatet er lagret."))
_NOTE_WITHDRAWN = notice("note-withdrawn", N_("Notatet er trukket."))


async def proposal(visit: Visit) -> Response:
    """GET /saksbehandling/forslag/{number}: one proposal."""
    return await _page(visit, Form.of(sprak=visit.language))


async def _page(visit: Visit, form: Form, status: int = 200) -> Response:
    data = await visit.query("ShowPlannedProposal", id=_id(visit), after=visit.after)
    planner_in(data)
    found = visit.found_or_404(data["proposal"])
    if not found["viewerCanAssess"]["allowed"]:
        raise refusal_of({"__typename": "NotAllowedProblem", **found["viewerCanAssess"]})
    statuses = [state for state in found["viewerNextStates"] if state in STATUSES]
    number = visit.request.path_params["number"]
    return await visit.render(
        "planning/proposal.html", data, form=form, status=status, number=number, statuses=statuses
    )


def _id(visit: Visit) -> str:
    return to_global_id("Proposal", visit.request.path_params["number"])


def _address(visit: Visit) -> str:
    return visit.path(f"/saksbehandling/forslag/{visit.request.path_params['number']}")


async def change_status(visit: Visit) -> Response:
    """POST /saksbehandling/forslag/{number}/status: a status that is no answer."""
    form = await visit.form()
    if visit.actor.is_anonymous:
        return await logged_out(visit, form, "arsak")
    if form["status"] not in STATUSES:
        form.add(FormProblem("status_missing", visit.translate(N_("Velg en status.")), "status"))
        return await _page(visit, form, 400)
    status = {"id": _id(visit), "status": form["status"], "reason": form.text("arsak")}
    refused = Refused(form, partial(_page, visit), {"reason": "arsak"})
    return await submit(visit, "ChangeStatus", status, _address(visit), _STATUS_SET, refused=refused)


async def add_note(visit: Visit) -> Response:
    """POST /saksbehandling/forslag/{number}/notat: a note for those in charge; sent twice, it is one."""
    form = await visit.form()
    if visit.actor.is_anonymous:
        return await logged_out(visit, form, "notat")
    note = {"proposal": _id(visit), "body": form["notat"], "idempotencyKey": form.text("nokkel")}
    refused = Refused(form, partial(_page, visit), {"body": "notat"})
    return await submit(visit, "AddInternalNote", note, f"{_address(visit)}#notater", _NOTED, refused=refused)


async def withdraw_note(visit: Visit) -> Response:
    """POST /saksbehandling/forslag/{number}/notat/{note}/trekk: take back a note of one's own."""
    form = await visit.form()
    if visit.actor.is_anonymous:
        return await logged_out(visit, form)
    note, address = visit.request.path_params["note"], f"{_address(visit)}#notater"
    return await submit(
        visit,
        "WithdrawInternalNote",
        {"id": to_global_id("InternalNote", note)},
        address,
        _NOTE_WITHDRAWN,
        repeats={"ConflictProblem"},
    )


routes = [
    own_page(_PAGE, proposal),
    action(f"{_PAGE}/status", change_status),
    action(f"{_PAGE}/notat", add_note),
    action(f"{_PAGE}/notat/{{note:int}}/trekk", withdraw_note),
]
