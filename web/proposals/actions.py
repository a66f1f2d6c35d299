"""What a reader or an author does with a proposal by one button: support, follow, hand in, withdraw."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from api.node_ids import to_global_id
from backend.words import N_
from web.page.forms import Form, Problem
from web.page.notice import NOTICES, notice
from web.page.refused import led_on, refused_status
from web.page.routing import action, page
from web.page.visit import Visit

_SUPPORTED = notice("supported", N_("Takk! Du støtter nå forslaget."))
_SUPPORT_ENDED = notice("support-ended", N_("Du støtter ikke lenger forslaget."))
_FOLLOWED = notice("proposal-followed", N_("Du følger forslaget. Du får beskjed når det skjer noe nytt."))
_UNFOLLOWED = notice("proposal-unfollowed", N_("Du følger ikke lenger forslaget."))
_MUTED = notice("proposal-muted", N_("Varsler om forslaget er slått av."))
_UNMUTED = notice("proposal-unmuted", N_("Varsler om forslaget er slått på igjen."))
_SUBMITTED = notice(
    "proposal-submitted", N_("Forslaget er sendt inn. Vi sjekker det før det blir publisert.")
)
_WITHDRAWN = notice("proposal-withdrawn", N_("Forslaget er trukket."))
_EDIT_WITHDRAWN = notice("edit-withdrawn", N_("Endringen er fjernet. Teksten er den samme som før."))
_MOST_INT = 2**31 - 1


def _place(visit: Visit) -> tuple[str, str]:
    """The proposal's id and its page."""
    number = visit.request.path_params["number"]
    return to_global_id("Proposal", number), visit.path(f"/forslag/{number}")


async def support(visit: Visit) -> Response:
    """POST /forslag/{number}/stott: stand behind it, or with `slutt` no longer. For htmx the box alone is answered."""
    form = await visit.form()
    node, address = _place(visit)
    ends = form["slutt"] == "ja"
    payload, problem = await visit.change("WithdrawSupport" if ends else "SupportProposal", id=node)
    if visit.is_partial and not (problem and problem.kind == "LoginProblem"):
        return await _support_box(visit, node, problem)
    return led_on(visit, f"{address}#stotte", _SUPPORT_ENDED if ends else _SUPPORTED, payload, problem)


async def _support_box(visit: Visit, node: str, problem: Problem | None) -> Response:
    data = await visit.ask("ShowSupport", id=node)
    visit.required(data["proposal"])
    return await visit.render("proposals/support_answer.html", data, problem=problem)


async def follow(visit: Visit) -> Response:
    """POST /forslag/{number}/folg: follow it, or with `slutt` no longer. For htmx the box alone is answered."""
    form = await visit.form()
    node, _ = _place(visit)
    ends = form["slutt"] == "ja"
    payload, problem = await visit.change("UnfollowProposal" if ends else "FollowProposal", id=node)
    return await _notified(visit, _UNFOLLOWED if ends else _FOLLOWED, payload, problem)


async def _notified(visit: Visit, told: str, payload: Mapping[str, Any], problem: Problem | None) -> Response:
    """The box of notifications anew for htmx, so that place and focus stay; else back to it on the page."""
    node, address = _place(visit)
    if not visit.is_partial or (problem and problem.kind == "LoginProblem"):
        return led_on(visit, f"{address}#folg", told, payload, problem)
    visit.required(payload)
    data = await visit.ask("ShowSupport", id=node)
    visit.required(data["proposal"])
    return await visit.render("proposals/notifications_answer.html", data, told=visit.say(NOTICES[told]))


async def notifications(visit: Visit) -> Response:
    """POST /forslag/{number}/varsler: no notifications of it, or with `paa` have them again."""
    form = await visit.form()
    node, _ = _place(visit)
    begins = form["paa"] == "ja"
    payload, problem = await visit.change("UnmuteProposal" if begins else "MuteProposal", id=node)
    return await _notified(visit, _UNMUTED if begins else _MUTED, payload, problem)


async def submit(visit: Visit) -> Response:
    """POST /forslag/{number}/send: hand a draft in, or what was not published once more."""
    await visit.form()
    node, address = _place(visit)
    payload, problem = await visit.change("SubmitProposal", id=node)
    return led_on(visit, address, _SUBMITTED, payload, problem)


async def ask_withdrawal(visit: Visit) -> Response:
    """GET /forslag/{number}/trekk: what withdrawing means, and a place for the reason."""
    return await _withdrawal(visit, Form())


async def _withdrawal(visit: Visit, form: Form, status: int = 200) -> Response:
    node, address = _place(visit)
    data = await visit.ask("ShowWithdrawal", id=node)
    visit.required(data["proposal"])
    if visit.actor.is_anonymous and status == 200:
        return visit.to_login()
    return await visit.render("proposals/withdrawal.html", data, status=status, form=form, page=address)


async def withdraw(visit: Visit) -> Response:
    """POST /forslag/{number}/trekk: take it back; the page stays, with the reason."""
    form = await visit.form()
    node, address = _place(visit)
    payload, problem = await visit.change("WithdrawProposal", id=node, reason=form.text("begrunnelse"))
    if problem is None:
        return visit.redirect(address, _WITHDRAWN)
    if problem.kind == "NotFoundProblem":
        visit.required(payload)
    form.add(problem, {"reason": "begrunnelse"})
    return await _withdrawal(visit, form, refused_status(problem))


async def withdraw_edit(visit: Visit) -> Response:
    """POST /forslag/{number}/trekk-endring: take an edit back that is not in force."""
    form = await visit.form()
    node, address = _place(visit)
    version = min(max(form.whole("versjon", 0) or 0, 0), _MOST_INT)
    payload, problem = await visit.change("WithdrawEdit", id=node, expectedVersion=version)
    return led_on(visit, address, _EDIT_WITHDRAWN, payload, problem)


routes = [
    action("/forslag/{number:int}/stott", support),
    action("/forslag/{number:int}/folg", follow),
    action("/forslag/{number:int}/varsler", notifications),
    action("/forslag/{number:int}/send", submit),
    page("/forslag/{number:int}/trekk", ask_withdrawal),
    action("/forslag/{number:int}/trekk", withdraw),
    action("/forslag/{number:int}/trekk-endring", withdraw_edit),
]
