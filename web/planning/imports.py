"""Taking proposals in from a file: sent in, tried, looked at row by row, and done for real."""

from typing import Any, Final

from starlette.responses import Response

from api.node_ids import from_global_id, to_global_id
from backend.platform.i18n import N_
from web.my.common import own_page
from web.page.forms import Form, FormProblem
from web.page.notice import notice
from web.page.routing import action, stream
from web.page.visit import Visit, refusal_of
from web.planning.import_form import begin_with, mapping_again, mapping_of
from web.planning.workload import logged_out, planner_in

IMPORT: Final = "/saksbehandling/import"
_RUN: Final = f"{IMPORT}/{{number:int}}"
_NO_CONTENT: Final = 204
_AT_FIELDS: Final = ("InvalidProblem", "ConflictProblem", "NotFoundProblem", "NotAllowedProblem")
_FIELDS: Final = {
    "upload": "fil",
    "topic": "tema",
    "mapping": "tilordning",
    "mapping.name": "tilordning",
    "mapping.source": "kilde",
    "mapping.columns": "kolonne-TITLE",
    "mapping.key": "nokkelkolonner",
    "mapping.decimal": "desimaltegn",
    "mapping.encoding": "tegnsett",
    "mapping.language": "sprak",
    "mapping.state": "tilordning",
}
_STARTED = notice("import-started", N_("Filen blir lest. Du kan gå fra siden så lenge."))


async def imports(visit: Visit) -> Response:
    """GET /saksbehandling/import: send a file in, with `fil` say how to read it, and see earlier ones."""
    form = Form.of(fil=visit.request.query_params.get("fil"), tilordning="", sprak="")
    return await _page(visit, form, guesses=True)


async def _page(visit: Visit, form: Form, status: int = 200, *, guesses: bool = False) -> Response:
    """The page; with `guesses` the form begins with what the file's headings say."""
    number = form.whole("fil", 0) or 0
    upload = to_global_id("ImportUpload", number)
    data = await visit.query("ShowImports", after=visit.after, upload=upload, hasUpload=bool(form["fil"]))
    planner = planner_in(data)
    file = data.get("importUpload")
    # A file that is gone is said when it is tried; until then there is just nothing to show of it.
    if file is not None and file["__typename"] != "ImportUpload":
        file = None
    if file and guesses:
        begin_with(form, file)
    return await visit.render(
        "planning/imports.html", data, form=form, status=status, planner=planner, file=file
    )


async def try_out(visit: Visit) -> Response:
    """POST /saksbehandling/import: have the file read without taking anything in."""
    form = await visit.form()
    if visit.actor.is_anonymous:
        return await logged_out(visit, form)
    payload, problem = await visit.mutate(
        "StartImport",
        upload=to_global_id("ImportUpload", form.whole("fil", 0) or 0),
        dryRun=True,
        topic=_topic(form),
        mapping=mapping_of(form),
        skipBad=form["hopp"] == "ja",
        idempotencyKey=form.text("nokkel"),
    )
    if problem:
        return await _refused(visit, form, payload, problem)
    return _on_to(visit, payload)


def _topic(form: Form) -> str | None:
    number = form.whole("tema")
    return None if number is None else to_global_id("Topic", number)


async def _refused(visit: Visit, form: Form, payload: dict[str, Any], problem: FormProblem) -> Response:
    refusal = refusal_of(payload)
    if problem.kind not in _AT_FIELDS or problem.code == "planners_only":
        raise refusal
    form.add(problem, _FIELDS)
    return await _page(visit, form, refusal.status)


def _on_to(visit: Visit, payload: dict[str, Any]) -> Response:
    _, number = from_global_id(payload["run"]["id"])
    return visit.redirect(visit.path(f"{IMPORT}/{number}"), _STARTED)


async def run(visit: Visit) -> Response:
    """GET /saksbehandling/import/{number}: how far it has come, and what came of each row."""
    return await _run_page(visit, Form())


async def _run_page(visit: Visit, form: Form, status: int = 200) -> Response:
    data, found = await _run(visit)
    number = visit.request.path_params["number"]
    return await visit.render(
        "planning/run_page.html", data, run=found, number=number, form=form, status=status
    )


async def _run(visit: Visit) -> tuple[dict[str, Any], dict[str, Any]]:
    number, after = visit.request.path_params["number"], visit.after
    data = await visit.query("ShowImportRun", id=to_global_id("ImportRun", number), after=after or None)
    return data, visit.found_or_404(data["importRun"])


async def progress(visit: Visit) -> Response:
    """GET /saksbehandling/import/{number}/gang: the run alone, for a page that follows it."""
    if visit.actor.is_anonymous:
        return Response(status_code=_NO_CONTENT)
    data, found = await _run(visit)
    return await visit.render(
        "planning/run.html", data, run=found, number=visit.request.path_params["number"], form=Form()
    )


async def start(visit: Visit) -> Response:
    """POST /saksbehandling/import/{number}/hent: take in for real what was tried, read in the same way."""
    form = await visit.form()
    if visit.actor.is_anonymous:
        return await logged_out(visit, form)
    _, tried = await _run(visit)
    if tried["upload"] is None:
        form.add(FormProblem("upload_gone", visit.translate(N_("Filen er slettet. Send den inn på nytt."))))
        return await _run_page(visit, form, 409)
    payload, problem = await visit.mutate(
        "StartImport",
        upload=tried["upload"],
        dryRun=False,
        topic=tried["topic"] and tried["topic"]["id"],
        mapping=mapping_again(tried["mapping"]),
        skipBad=form["hopp"] == "ja",
        idempotencyKey=form.text("nokkel"),
    )
    if problem:
        form.add(problem)
        return await _run_page(visit, form, refusal_of(payload).status)
    return _on_to(visit, payload)


routes = [
    own_page(IMPORT, imports),
    action(IMPORT, try_out),
    own_page(_RUN, run),
    stream(f"{_RUN}/gang", progress),
    action(f"{_RUN}/hent", start),
]
