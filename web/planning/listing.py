"""A planner's proposals: the list with its filters, and taking those chosen up for assessment."""

from typing import Any, Final

from starlette.responses import Response

from api.node_ids import to_global_id
from backend.platform.i18n import N_
from web.my.common import own_page
from web.page.chosen import chosen_numbers
from web.page.forms import Form
from web.page.lists import proposal_filter, proposal_sort
from web.page.notice import notice
from web.page.routing import action
from web.page.topic_lists import NO_LISTS, ask_lists
from web.page.visit import Visit, refusal_of
from web.planning.workload import logged_out, planner_in

LIST: Final = "/saksbehandling/forslag"
TAKE_UP: Final = "/saksbehandling/vurdering"
_TAKEN_UP = notice(
    "assessments-started", N_("Forslagene er tatt til vurdering, og de det gjelder, får beskjed.")
)


async def proposals(visit: Visit) -> Response:
    """GET /saksbehandling/forslag: narrowed and ordered as the address says; the newest first."""
    query = visit.request.query_params
    narrowed = {"filter": proposal_filter(query), "sort": proposal_sort(query), "after": visit.after}
    data = await ask_lists(visit, "ShowPlannedProposals", "ShowPlannedProposalsInTopic", **narrowed)
    planner, slug = planner_in(data), query.get("tema")
    if slug:
        # Only the planner's own topics are here; others' proposals are on the public pages.
        is_own = any(topic["slug"] == slug for topic in planner["topics"]["nodes"])
        planner |= data if is_own else NO_LISTS
    return await visit.render(
        "planning/proposals.html",
        data,
        planner=planner,
        query=query,
        all_chosen=query.get("velg") == "alle",
    )


async def ask_take_up(visit: Visit) -> Response:
    """GET /saksbehandling/vurdering?ids=…: what would be taken up, to be confirmed."""
    return await _take_up(visit, chosen_numbers(visit.request.query_params.getlist("ids")))


async def _take_up(visit: Visit, numbers: list[int], results: Any = None) -> Response:
    data = await visit.query("ShowAnswerForm", ids=ids_of(numbers))
    planner_in(data)
    chosen = visit.found_or_404(data["answerAudience"])["results"]
    problems = {result["id"]: result["problem"] for result in results or []}
    return await visit.render(
        "planning/take_up.html", data, chosen=chosen, problems=problems, is_done=results is not None
    )


async def take_up(visit: Visit) -> Response:
    """POST /saksbehandling/vurdering: take them up; each that could not be is told with its reason."""
    form = await visit.form()
    if visit.actor.is_anonymous:
        return await logged_out(visit, form)
    return await _taken_up(visit, form)


async def _taken_up(visit: Visit, form: Form) -> Response:
    numbers = chosen_numbers(form.all("ids"))
    payload, problem = await visit.mutate("StartAssessments", ids=ids_of(numbers))
    if problem:
        raise refusal_of(payload)
    results = payload["results"]
    if results and not any(result["problem"] for result in results):
        address = visit.path(f"{LIST}/{numbers[0]}") if len(numbers) == 1 else visit.path(LIST)
        return visit.redirect(address, _TAKEN_UP)
    return await _take_up(visit, numbers, results)


def ids_of(numbers: list[int]) -> list[str]:
    """The API's ids of proposals with these numbers."""
    return [to_global_id("Proposal", number) for number in numbers]


routes = [
    own_page(LIST, proposals),
    own_page(TAKE_UP, ask_take_up),
    action(TAKE_UP, take_up),
]
