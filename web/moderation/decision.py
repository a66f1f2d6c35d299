"""Deciding a case: what the author would be told, the decision, and on to the next."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from api.node_ids import from_global_id, to_global_id
from backend.words import N_
from web.moderation.case import case_page, filters, ground_choices, queue_filter
from web.page.formats import is_past
from web.page.forms import Form, Problem
from web.page.moderation_words import CHOICE_TEXTS
from web.page.notice import notice
from web.page.visit import Visit, refusal_of

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
        form.add(Problem("decision_missing", visit.say(N_("Velg hva du avgjør.")), "avgjorelse"))
        return await case_page(visit, form, status=400)
    if form["forhandsvis"]:
        return await _previewed(visit, form)
    waiting = await next_of(visit, 1)
    payload, problem = await visit.change("DecideCase", **await _ruling(visit, form))
    if problem is None:
        return visit.redirect(waiting, _told(visit, waiting, form["avgjorelse"]))
    refusal = refusal_of(payload)
    if problem.kind not in ("InvalidProblem", "PersonalDataProblem", "ConflictProblem"):
        raise refusal
    form.add(problem, {"reasonText": "begrunnelse", "reasonCode": "grunn"})
    return await case_page(visit, form, status=refusal.status)


async def _ruling(visit: Visit, form: Form) -> dict[str, Any]:
    """The variables of DecideCase. Grounds belong to decisions against the author only."""
    decision = form["avgjorelse"]
    return {
        "id": to_global_id("ModerationCase", visit.request.path_params["number"]),
        "decision": decision,
        "expectedVersion": min(max(form.whole("versjon", 0) or 0, 0), _MOST_INT),
        "reasonCode": await _ground(visit, form) if decision in _REASONED else None,
        "reasonText": form.text("begrunnelse") if decision in _REASONED else None,
    }


async def _ground(visit: Visit, form: Form) -> str | None:
    known = (await visit.ask("ModerationGrounds"))["moderationGrounds"]
    return form["grunn"] if any(ground["code"] == form["grunn"] for ground in known) else None


async def _previewed(visit: Visit, form: Form) -> Response:
    ruling = await _ruling(visit, form)
    del ruling["expectedVersion"]
    data = await visit.ask("PreviewDecision", **ruling)
    case = visit.required(data["moderationCase"])
    return await case_page(visit, form, preview=case["preview"], previewed=True)


async def _logged_out(visit: Visit, form: Form) -> Response:
    """What was typed, to be sent again: a stranger sees nothing of the case."""
    data = await visit.ask("ModerationGrounds")
    return await visit.render(
        "moderation/logged_out.html", grounds=ground_choices(data), form=form, status=401
    )


async def next_of(visit: Visit, step: int) -> str:
    """The address of the open case after (1) or before (-1) that of the address, else of the queue."""
    query = visit.request.query_params
    data = await visit.ask("NeighbourCases", filter=queue_filter(query))
    nodes = visit.required(data["moderationQueue"])["nodes"][::step]
    numbers = [from_global_id(node["id"])[1] for node in nodes]
    here = visit.request.path_params["number"]
    at = numbers.index(here) + 1 if here in numbers else 0
    for node in [*nodes[at:], *nodes[:at]]:
        number = from_global_id(node["id"])[1]
        if number != here and _is_free(node):
            return visit.path(f"{_QUEUE}/{number}") + filters(query)
    return visit.path(_QUEUE) + filters(query)


def _is_free(node: Mapping[str, Any]) -> bool:
    until = node["claimedUntil"]
    return until is None or node["viewerHasClaimed"] or is_past(until)


def _told(visit: Visit, address: str, decision: str) -> str:
    is_queue = address.partition("?")[0] == visit.path(_QUEUE)
    return _LAST if is_queue else _NOTICES[decision]
