"""Moderation: what waits, a case with all that speaks for and against, and what has been decided."""

from functools import partial
from typing import Any, Final

from starlette.responses import Response

from api.node_ids import to_global_id
from backend.platform.errors import DomainError
from backend.platform.i18n import N_
from web.moderation.case import case_page, filters, queue_filter
from web.moderation.decision import decide, next_of
from web.page.notice import notice
from web.page.refused import Refused, submit
from web.page.routing import action, page, stream
from web.page.visit import Visit

_CLAIMED = notice("case-claimed", N_("Saken er din i 30 minutter."))
_RELEASED = notice("case-released", N_("Saken er lagt tilbake i køen."))
_RESTORED = notice("content-restored", N_("Innholdet vises igjen, og forfatteren får beskjed."))
_QUEUE: Final = "/moderering"
_CASE: Final = "/moderering/{number:int}"
_NO_CONTENT: Final = 204


async def queue(visit: Visit) -> Response:
    """GET /moderering: what waits, the longest first, narrowed as the address says."""
    query = visit.request.query_params
    data = await visit.query("ShowModerationQueue", filter=queue_filter(query), after=visit.after)
    for name in ("moderationQueue", "queueState"):
        visit.found_or_404(data[name])
    return await visit.render("moderation/queue.html", data, query=query, carried=filters(query))


async def decided(visit: Visit) -> Response:
    """GET /moderering/avgjort: what moderators have decided, the latest first."""
    query = visit.request.query_params
    data = await visit.query("ShowModerationDecisions", filter=queue_filter(query), after=visit.after)
    visit.found_or_404(data["moderationDecisions"])
    return await visit.render("moderation/decided.html", data, query=query)


async def count(visit: Visit) -> Response:
    """GET /moderering/antall: how many wait, for the page to ask again; nothing (204) for others."""
    try:
        data = await visit.query("ModerationQueueState")
        state = visit.found_or_404(data["moderationQueueState"])
    except DomainError:
        return Response(status_code=_NO_CONTENT)
    return await visit.render("moderation/count.html", count=state["count"])


async def case(visit: Visit) -> Response:
    """GET /moderering/{number}: one case."""
    return await case_page(visit)


async def following(visit: Visit) -> Response:
    """GET /moderering/{number}/neste: on to the next open case, or back to the queue."""
    return visit.redirect(await next_of(visit))


async def preceding(visit: Visit) -> Response:
    """GET /moderering/{number}/forrige: back to the open case before."""
    return visit.redirect(await next_of(visit, backwards=True))


def _id(visit: Visit) -> str:
    return to_global_id("ModerationCase", visit.request.path_params["number"])


async def claim(visit: Visit) -> Response:
    """POST /moderering/{number}/ta: take the case on."""
    return await _moved(visit, "ClaimCase", _address(visit), _CLAIMED)


async def release(visit: Visit) -> Response:
    """POST /moderering/{number}/slipp: give it back to the queue."""
    address = visit.path(_QUEUE) + filters(visit.request.query_params)
    return await _moved(visit, "ReleaseCase", address, _RELEASED)


async def _moved(visit: Visit, operation: str, address: str, notice: str) -> Response:
    """On to the address; or the case as it stands, when somebody else was first."""
    form = await visit.form()
    refused = Refused(form, partial(case_page, visit))
    return await submit(visit, operation, {"id": _id(visit)}, address, notice, refused=refused)


async def restore(visit: Visit) -> Response:
    """POST /moderering/{number}/gjenopprett: show hidden content again."""
    form = await visit.form()
    restored = {"subject": form["innhold"], "reasonText": form.text("hvorfor")}
    refused = Refused(form, partial(case_page, visit), {"reasonText": "hvorfor"})
    return await submit(visit, "RestoreContent", restored, _address(visit), _RESTORED, refused=refused)


def _address(visit: Visit) -> str:
    number = visit.request.path_params["number"]
    return visit.path(f"{_QUEUE}/{number}") + filters(visit.request.query_params)


routes: list[Any] = [
    page(_QUEUE, queue),
    page(f"{_QUEUE}/avgjort", decided),
    stream(f"{_QUEUE}/antall", count),
    page(_CASE, case),
    page(f"{_CASE}/neste", following),
    page(f"{_CASE}/forrige", preceding),
    action(f"{_CASE}/ta", claim),
    action(f"{_CASE}/slipp", release),
    action(f"{_CASE}/avgjor", decide),
    action(f"{_CASE}/gjenopprett", restore),
]
