"""Deciding a case: what the author would be told, the decision, and on to the next."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from starlette.responses import Response

from api.moderation.enums import ReasonCode
from api.node_ids import from_global_id, to_global_id
from backend.platform.i18n import N_
from web.moderation.case import case_page, filters, ground_choices, queue_filter
from web.page.forms import Form, FormProblem
from web.page.moderation_labels import CHOICE_TEXTS
from web.page.notice import notice
from web.page.refused import Refused
from web.page.visit import Visit

_QUEUE: Final = "/moderering"
_NOTICES: Final = {
    "APPROVE": notice("case-approved", N_("Innholdet er publisert. Her er neste sak.")),
    "REJECT": notice(
        "case-rejected",
        N_("Innholdet ble ikke publisert, og forfatteren får vite hvorfor. Her er neste sak."),
    ),
    "HIDE": notice(
        "case-hidden", N_("Innholdet er skjult, og forfatteren får vite hvorfor. Her er neste sak.")
    ),
    "DISMISS": notice("case-dismissed", N_("Saken er lukket, og innholdet står. Her er neste sak.")),
}
_LAST: Final = notice("case-last", N_("Saken er avgjort. Det var den siste som ventet her."))
_REASONED: Final = frozenset({"REJECT", "HIDE"})
_MOST_INT: Final = 2**31 - 1


async def decide(visit: Visit) -> Response:
    """POST /moderering/{number}/avgjor: the decision, or with `forhandsvis` what it would tell the author."""
    form = await visit.form()
    if visit.actor.is_anonymous:
        return await _logged_out(visit, form)
    if form["avgjorelse"] not in CHOICE_TEXTS:
        form.add(FormProblem("decision_missing", visit.translate(N_("Velg hva du avgjør.")), "avgjorelse"))
        return await case_page(visit, form, status=400)
    if form["forhandsvis"]:
        return await case_page(visit, form, previewed=_ruling(form))
    payload, problem = await visit.mutate(
        "DecideCase",
        id=to_global_id("ModerationCase", visit.request.path_params["number"]),
        expectedVersion=min(max(form.whole("versjon", 0) or 0, 0), _MOST_INT),
        queue=queue_filter(visit.request.query_params),
        **_ruling(form),
    )
    if problem is None:
        notice_name = _NOTICES[form["avgjorelse"]] if payload["next"] else _LAST
        return visit.redirect(_address(visit, payload["next"]), notice_name)
    refused = Refused(form, partial(case_page, visit), {"reasonText": "begrunnelse", "reasonCode": "grunn"})
    return await refused.answer(visit, visit.address, payload, problem)


def _ruling(form: Form) -> dict[str, Any]:
    """What the form decides. Grounds belong to decisions against the author only."""
    decision = form["avgjorelse"]
    is_reasoned = decision in _REASONED
    return {
        "decision": decision,
        "reasonCode": form["grunn"] if is_reasoned and form["grunn"] in ReasonCode.__members__ else None,
        "reasonText": form.text("begrunnelse") if is_reasoned else None,
    }


async def _logged_out(visit: Visit, form: Form) -> Response:
    """What was typed, to be sent again: a stranger sees nothing of the case."""
    data = await visit.query("ModerationGrounds")
    return await visit.render(
        "moderation/logged_out.html", grounds=ground_choices(data), form=form, status=401
    )


async def next_of(visit: Visit, *, backwards: bool = False) -> str:
    """The address of the case after or before that of the address which this moderator may take, else the queue's."""
    data = await visit.query(
        "NextModerationCase",
        id=to_global_id("ModerationCase", visit.request.path_params["number"]),
        filter=queue_filter(visit.request.query_params),
        backwards=backwards,
    )
    return _address(visit, visit.found_or_404(data["nextModerationCase"])["case"])


def _address(visit: Visit, case: Mapping[str, Any] | None) -> str:
    """The case's address, narrowed as this one is; the queue's without a case."""
    tail = f"/{from_global_id(case['id'])[1]}" if case else ""
    return visit.path(f"{_QUEUE}{tail}") + filters(visit.request.query_params)
