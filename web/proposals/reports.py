"""Telling the moderators that a proposal or a comment breaks the rules."""

from functools import partial
from typing import Any

from starlette.responses import Response

from api.moderation.enums import ReasonCode
from api.node_ids import to_global_id
from backend.platform.i18n import N_
from web.page.forms import Form
from web.page.notice import notice
from web.page.refused import Refused
from web.page.rendering import number_in
from web.page.routing import action, page
from web.page.visit import Visit

_REPORTED = notice("reported", N_("Takk for at du sier fra. En moderator sjekker det."))


async def ask_proposal(visit: Visit) -> Response:
    """GET /forslag/{number}/meld: choose a ground and say more."""
    return await _render_form(visit, "Proposal", Form())


async def ask_comment(visit: Visit) -> Response:
    """GET /kommentar/{number}/meld: the same for a comment."""
    return await _render_form(visit, "Comment", Form())


async def report_proposal(visit: Visit) -> Response:
    """POST /forslag/{number}/meld."""
    return await _reported(visit, "Proposal")


async def report_comment(visit: Visit) -> Response:
    """POST /kommentar/{number}/meld."""
    return await _reported(visit, "Comment")


async def _render_form(visit: Visit, kind: str, form: Form, status: int = 200) -> Response:
    data = await _subject(visit, kind)
    if visit.actor.is_anonymous and status == 200:
        return visit.to_login()
    return await visit.render(
        "proposals/report.html",
        data,
        status=status,
        form=form,
        about=_proposal_of(data["node"]),
        action=visit.path(_path(visit, kind)) + "/meld",
    )


async def _subject(visit: Visit, kind: str) -> dict[str, Any]:
    data = await visit.query("ShowReport", id=to_global_id(kind, visit.request.path_params["number"]))
    visit.found_or_404(data["node"])
    visit.found_or_404(_proposal_of(data["node"]))
    return data


def _proposal_of(node: dict[str, Any]) -> dict[str, Any]:
    about: dict[str, Any] = node["proposal"] if node["__typename"] == "Comment" else node
    return about


def _path(visit: Visit, kind: str) -> str:
    number = visit.request.path_params["number"]
    return f"/forslag/{number}" if kind == "Proposal" else f"/kommentar/{number}"


async def _reported(visit: Visit, kind: str) -> Response:
    form = await visit.form()
    number = visit.request.path_params["number"]
    report = {
        "subject": to_global_id(kind, number),
        "reasonCode": form["grunn"] if form["grunn"] in ReasonCode.__members__ else None,
        "text": form["tekst"],
        "idempotencyKey": form.text("nokkel"),
    }
    payload, problem = await visit.mutate("ReportContent", **report)
    if problem is None:
        about = number_in(_proposal_of(payload["subject"])["id"])
        return visit.redirect(visit.path(f"/forslag/{about}"), _REPORTED)
    fields = {"reasonCode": "grunn", "text": "tekst"}
    refused = Refused(form, partial(_render_form, visit, kind), fields, is_public=True)
    return await refused.answer(visit, visit.path(_path(visit, kind)), payload, problem)


routes = [
    page("/forslag/{number:int}/meld", ask_proposal),
    action("/forslag/{number:int}/meld", report_proposal),
    page("/kommentar/{number:int}/meld", ask_comment),
    action("/kommentar/{number:int}/meld", report_comment),
]
