"""What a reader or an author does with a proposal by one button: support, follow, hand in, withdraw."""

from functools import partial

from starlette.responses import Response

from api.node_ids import to_global_id
from backend.platform.i18n import N_
from web.page.forms import Form, FormProblem
from web.page.notice import NOTICES, notice
from web.page.refused import Refused, submit
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
    operation = "WithdrawSupport" if ends else "SupportProposal"
    if visit.is_partial and not visit.actor.is_anonymous:
        _, problem = await visit.mutate(operation, id=node)
        return await _support_box(visit, node, problem)
    notice = _SUPPORT_ENDED if ends else _SUPPORTED
    return await submit(visit, operation, {"id": node}, f"{address}#stotte", notice)


async def _support_box(visit: Visit, node: str, problem: FormProblem | None) -> Response:
    data = await visit.query("ShowSupport", id=node)
    visit.found_or_404(data["proposal"])
    return await visit.render("proposals/support_answer.html", data, problem=problem)


async def follow(visit: Visit) -> Response:
    """POST /forslag/{number}/folg: follow it, or with `slutt` no longer. For htmx the box alone is answered."""
    form = await visit.form()
    if form["slutt"] == "ja":
        return await _notified(visit, "Unfollow", _UNFOLLOWED)
    return await _notified(visit, "Follow", _FOLLOWED)


async def _notified(visit: Visit, operation: str, notice: str) -> Response:
    """The box of notifications anew for htmx, so that place and focus stay; else back to it on the page."""
    node, address = _place(visit)
    if not visit.is_partial or visit.actor.is_anonymous:
        return await submit(visit, operation, {"id": node}, f"{address}#folg", notice)
    payload, _ = await visit.mutate(operation, id=node)
    visit.found_or_404(payload)
    data = await visit.query("ShowSupport", id=node)
    visit.found_or_404(data["proposal"])
    return await visit.render(
        "proposals/notifications_answer.html", data, message=visit.translate(NOTICES[notice])
    )


async def notifications(visit: Visit) -> Response:
    """POST /forslag/{number}/varsler: no notifications of it, or with `paa` have them again."""
    form = await visit.form()
    if form["paa"] == "ja":
        return await _notified(visit, "UnmuteProposal", _UNMUTED)
    return await _notified(visit, "MuteProposal", _MUTED)


async def hand_in(visit: Visit) -> Response:
    """POST /forslag/{number}/send: hand a draft in, or what was not published once more."""
    await visit.form()
    node, address = _place(visit)
    return await submit(visit, "SubmitProposal", {"id": node}, address, _SUBMITTED)


async def ask_withdrawal(visit: Visit) -> Response:
    """GET /forslag/{number}/trekk: what withdrawing means, and a place for the reason."""
    return await _withdrawal(visit, Form())


async def _withdrawal(visit: Visit, form: Form, status: int = 200) -> Response:
    node, address = _place(visit)
    data = await visit.query("ShowWithdrawal", id=node)
    visit.found_or_404(data["proposal"])
    if visit.actor.is_anonymous and status == 200:
        return visit.to_login()
    return await visit.render("proposals/withdrawal.html", data, status=status, form=form, page=address)


async def withdraw(visit: Visit) -> Response:
    """POST /forslag/{number}/trekk: take it back; the page stays, with the reason."""
    form = await visit.form()
    node, address = _place(visit)
    refused = Refused(form, partial(_withdrawal, visit), {"reason": "begrunnelse"}, is_public=True)
    withdrawn = {"id": node, "reason": form.text("begrunnelse")}
    return await submit(visit, "WithdrawProposal", withdrawn, address, _WITHDRAWN, refused=refused)


async def withdraw_edit(visit: Visit) -> Response:
    """POST /forslag/{number}/trekk-endring: take an edit back that is not in force."""
    form = await visit.form()
    node, address = _place(visit)
    version = min(max(form.whole("versjon", 0) or 0, 0), _MOST_INT)
    withdrawn = {"id": node, "expectedVersion": version}
    return await submit(visit, "WithdrawEdit", withdrawn, address, _EDIT_WITHDRAWN)


routes = [
    action("/forslag/{number:int}/stott", support),
    action("/forslag/{number:int}/folg", follow),
    action("/forslag/{number:int}/varsler", notifications),
    action("/forslag/{number:int}/send", hand_in),
    page("/forslag/{number:int}/trekk", ask_withdrawal),
    action("/forslag/{number:int}/trekk", withdraw),
    action("/forslag/{number:int}/trekk-endring", withdraw_edit),
]
