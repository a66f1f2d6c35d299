"""Answering one proposal or many: written, looked at with who will be told, and given."""

from typing import Any, Final

from starlette.responses import Response

from backend.platform.i18n import N_
from web.my.common import own_page
from web.page.chosen import chosen_numbers
from web.page.forms import Form, FormProblem, problem_in
from web.page.labels import OUTCOME_TEXTS
from web.page.notice import notice
from web.page.refused import refusal_at_form
from web.page.routing import action
from web.page.visit import Visit
from web.planning.listing import LIST, ids_of
from web.planning.workload import logged_out, planner_in

ANSWER: Final = "/saksbehandling/svar"
_ANSWERED = notice(
    "answer-given", N_("Svaret er gitt. Det står nå på forslaget, og de det gjelder, får beskjed.")
)
_FIELDS: Final = {"reason": "begrunnelse", "language": "sprak", "outcome": "utfall"}


async def ask_answer(visit: Visit) -> Response:
    """GET /saksbehandling/svar?ids=…: the form of an answer to these proposals, at most 100."""
    numbers = chosen_numbers(visit.request.query_params.getlist("ids"))
    return await _form_page(visit, Form.of(sprak=visit.language), numbers)


async def _form_page(visit: Visit, form: Form, numbers: list[int], status: int = 200) -> Response:
    data = await visit.query("ShowAnswerForm", ids=ids_of(numbers))
    return await _shown(visit, "planning/answer.html", data, form, status)


async def _shown(
    visit: Visit, template: str, data: dict[str, Any], form: Form, status: int = 200
) -> Response:
    planner_in(data)
    audience = visit.found_or_404(data["answerAudience"])
    return await visit.render(
        template,
        data,
        status=status,
        is_returnable=visit.request.method == "POST",
        audience=audience,
        chosen=audience["results"],
        form=form,
    )


async def answer(visit: Visit) -> Response:
    """POST /saksbehandling/svar: by `steg` back to the form (endre), the preview (forhandsvis), or given (send)."""
    form = await visit.form()
    if visit.actor.is_anonymous:
        return await logged_out(visit, form, "begrunnelse")
    numbers = chosen_numbers(form.all("ids"))
    if form["steg"] == "endre":
        return await _form_page(visit, form, numbers)
    if form["utfall"] not in OUTCOME_TEXTS:
        form.add(FormProblem("outcome_missing", visit.translate(N_("Velg hva kommunen svarer.")), "utfall"))
        # The rest is looked at too, with any outcome in place of the one that is missing.
        assumed = {**_input(form), "outcome": next(iter(OUTCOME_TEXTS))}
        data = await visit.query("PreviewAnswer", ids=ids_of(numbers), input=assumed)
        if also := problem_in(data["previewAnswer"]):
            form.add(also, _FIELDS)
        return await _shown(visit, "planning/answer.html", data, form, 400)
    if form["steg"] == "send":
        return await _given(visit, form, numbers)
    return await _previewed(visit, form, numbers)


def _input(form: Form) -> dict[str, str]:
    return {"outcome": form["utfall"], "reason": form["begrunnelse"], "language": form["sprak"] or "nb"}


async def _previewed(visit: Visit, form: Form, numbers: list[int]) -> Response:
    data = await visit.query("PreviewAnswer", ids=ids_of(numbers), input=_input(form))
    if problem := problem_in(data["previewAnswer"]):
        form.add(problem, _FIELDS)
        status = refusal_at_form(data["previewAnswer"], problem).status
        return await _shown(visit, "planning/answer.html", data, form, status)
    return await _shown(visit, "planning/preview.html", data, form)


async def _refused(
    visit: Visit, form: Form, numbers: list[int], payload: dict[str, Any], problem: FormProblem
) -> Response:
    form.add(problem, _FIELDS)
    return await _form_page(visit, form, numbers, refusal_at_form(payload, problem).status)


async def _given(visit: Visit, form: Form, numbers: list[int]) -> Response:
    payload, problem = await visit.mutate(
        "AnswerProposals", ids=ids_of(numbers), input=_input(form), idempotencyKey=form.text("nokkel")
    )
    if problem:
        return await _refused(visit, form, numbers, payload, problem)
    results = payload["results"]
    if len(results) == 1 and results[0]["problem"] is None:
        return visit.redirect(visit.path(f"{LIST}/{numbers[0]}"), _ANSWERED)
    return await _render_results(visit, form, numbers, results)


async def _render_results(
    visit: Visit, form: Form, numbers: list[int], results: list[dict[str, Any]]
) -> Response:
    """What came of each; the same answer stands ready for those that were not answered."""
    data = await visit.query("ShowAnswerForm", ids=ids_of(numbers))
    problems = {result["id"]: result["problem"] for result in results if result["problem"]}
    # A key that was spent is for those that were answered.
    form.values.pop("nokkel", None)
    return await visit.render(
        "planning/answered.html",
        data,
        is_returnable=True,
        form=form,
        chosen=visit.found_or_404(data["answerAudience"])["results"],
        problems=problems,
    )


routes = [own_page(ANSWER, ask_answer), action(ANSWER, answer)]
