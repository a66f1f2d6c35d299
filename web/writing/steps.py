"""Writing a proposal in three steps, each of which keeps what was written; and changing one that is handed in."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from api.node_ids import from_global_id
from backend.platform.errors import DomainError, Forbidden
from backend.platform.i18n import N_
from web.page.forms import Form, FormProblem
from web.page.notice import notice
from web.page.routing import action, page
from web.page.visit import Visit
from web.writing.addresses import find_addresses
from web.writing.drafts import BEING_WRITTEN, form_of, latest, new_form, proposal_id, save, take_hit

STEPS: Final = ("text", "place", "review")
_SIMILAR_STEP: Final = 2
"""The step beside which proposals that say much the same are shown."""
_STEP_OF: Final = {"topic": 1, "title": 1, "body": 1, "place": 2, "position": 2, "language": 3}
_DRAFT_SAVED = notice("draft-kept", N_("Utkastet er lagret. Du finner det igjen på min side."))
_CHANGED = notice("proposal-changed", N_("Endringene er lagret."))
_EDIT_SUBMITTED = notice(
    "edit-submitted", N_("Endringen er sendt inn. Den blir synlig for andre når den er sett over.")
)
_HANDED_IN_MEANWHILE = N_(
    "Forslaget er sendt inn i mellomtiden. Se over teksten: endringer nå blir synlige for alle."
)
_TOPIC_MISSING = N_("Velg et tema. Utkastet er lagret så lenge.")
_CHANGED_MEANWHILE = N_("Noe annet ble lagret imens. Se begge tekstene under, og velg hva som skal gjelde.")


async def new(visit: Visit) -> Response:
    """GET /forslag/nytt?tema=slug: the first step, empty."""
    if visit.actor.is_anonymous:
        return visit.to_login()
    data = await visit.query("ShowNewProposal")
    slug = visit.request.query_params.get("tema")
    open_topics = (topic for topic in data["topics"]["nodes"] if topic["viewerCanPropose"]["allowed"])
    chosen = next((topic["id"] for topic in open_topics if topic["slug"] == slug), "")
    return await _step_page(visit, data, new_form(visit, chosen), 1)


async def begin(visit: Visit) -> Response:
    """POST /forslag/nytt: the draft is there from now on."""
    form = await visit.form()
    data = await visit.query("ShowNewProposal")
    if visit.actor.is_anonymous:
        return await _step_page(visit, data, form, 1, status=401)
    proposal, problem = await save(visit, form, None)
    if problem:
        form.add(problem)
        return await _step_page(visit, data, form, 1, status=400)
    return _onward(visit, form, from_global_id(proposal["id"])[1], 1)


async def edit(visit: Visit) -> Response:
    """GET /forslag/{number}/rediger?steg=2: a step of a draft, or all at once of what is handed in."""
    if visit.actor.is_anonymous:
        return visit.to_login()
    step = _step(visit.request.query_params.get("steg", ""))
    data = await visit.query("ShowWriting", id=proposal_id(visit), withSimilar=step == _SIMILAR_STEP)
    proposal = _editable(visit, data)
    form = form_of(proposal)
    if proposal["state"] not in BEING_WRITTEN:
        return await _change_page(visit, data, form)
    if step == 1 and not proposal["topic"] and "mangler" in visit.request.query_params:
        form.add(FormProblem("topic_missing", visit.translate(_TOPIC_MISSING), "topic"))
    return await _step_page(visit, data, form, step)


async def change(visit: Visit) -> Response:
    """POST /forslag/{number}/rediger: what `handling` says: go on, keep, look for an address, hand in."""
    form = await visit.form()
    is_shown = _step(form["steg"]) == _SIMILAR_STEP
    data = await visit.query("ShowWriting", id=proposal_id(visit), withSimilar=is_shown)
    if visit.actor.is_anonymous:
        return await _page(visit, data, form, status=401)
    proposal = _editable(visit, data)
    if form["handling"] in ("sok", "fjern"):
        return await _place(visit, data, form)
    take_hit(form)
    if form["modus"] != "endring" and proposal["state"] not in BEING_WRITTEN:
        return await _late(visit, data, form)
    saved, problem = await save(visit, form, proposal)
    if problem:
        return await _refused(visit, data, form, problem)
    if form["modus"] == "endring":
        return _changed(visit, proposal)
    if form["handling"] == "send":
        return await _hand_in(visit, data, form, saved)
    return _onward(visit, form, visit.request.path_params["number"], _step(form["steg"]))


def _editable(visit: Visit, data: Mapping[str, Any]) -> dict[str, Any]:
    proposal: dict[str, Any] = visit.found_or_404(data["proposal"])
    may = proposal["viewerCanEdit"]
    if not may["allowed"]:
        raise Forbidden(may["code"], may["message"])
    return latest(proposal)


def _onward(visit: Visit, form: Form, number: int, step: int) -> Response:
    if form["handling"] == "lagre":
        return visit.redirect(visit.path("/min-side/forslag"), _DRAFT_SAVED)
    if step == 1 and not form.text("topic"):
        # The draft is kept as it is; who answers it is asked for while one looks at the field.
        return visit.redirect(visit.path(f"/forslag/{number}/rediger?steg=1&mangler=tema"))
    return visit.redirect(visit.path(f"/forslag/{number}/rediger?steg={min(step + 1, len(STEPS))}"))


def _changed(visit: Visit, proposal: Mapping[str, Any]) -> Response:
    number = visit.request.path_params["number"]
    result = _EDIT_SUBMITTED if proposal["state"] == "PUBLISHED" else _CHANGED
    return visit.redirect(visit.path(f"/forslag/{number}"), result)


async def _hand_in(visit: Visit, data: Mapping[str, Any], form: Form, saved: Mapping[str, Any]) -> Response:
    _, problem = await visit.mutate("SubmitProposal", id=saved["id"])
    # Sent twice, it is handed in once, and both are told so.
    if problem and problem.code != "already_submitted":
        form.values["versjon"] = [str(saved["version"])]
        form.add(problem)
        return await _step_page(visit, data, form, _STEP_OF.get(problem.field or "", 3), status=400)
    return visit.redirect(visit.path(f"/forslag/{visit.request.path_params['number']}/takk"))


async def _late(visit: Visit, data: Mapping[str, Any], form: Form) -> Response:
    """A step's form that stood open while the proposal was handed in: what it holds is kept, and is no draft."""
    if form["handling"] == "send":
        return visit.redirect(visit.path(f"/forslag/{visit.request.path_params['number']}/takk"))
    form.add(FormProblem("handed_in_meanwhile", visit.translate(_HANDED_IN_MEANWHILE)))
    return await _change_page(visit, data, form, status=409)


async def _refused(visit: Visit, data: Mapping[str, Any], form: Form, problem: FormProblem) -> Response:
    """The form again, with the problem at its field; after somebody else's change with both texts."""
    if problem.code != "changed_meanwhile":
        form.add(problem)
        step = _STEP_OF.get(problem.field or "", _step(form["steg"]))
        return await _page(visit, data, form, step=step, status=429 if problem.code == "too_often" else 400)
    data = await visit.query("ShowWriting", id=proposal_id(visit))
    stored = _editable(visit, data)
    form.values["versjon"] = [str(stored["version"])]
    form.add(FormProblem(problem.code, visit.translate(_CHANGED_MEANWHILE)))
    return await _page(visit, data, form, step=1, status=409, stored=stored)


async def _place(visit: Visit, data: Mapping[str, Any], form: Form) -> Response:
    """Addresses for what was looked for, or no point any more; nothing is stored yet."""
    if form["handling"] == "fjern":
        form.values |= {"longitude": [], "latitude": [], "treff": []}
        return await _page(visit, data, form)
    try:
        await visit.count("person.address")
        hits = await find_addresses(visit.settings, form["adresse"]) if form.text("adresse") else []
    except DomainError as refusal:
        reason = visit.translate(refusal.message, **refusal.params)
        return await _page(visit, data, form, search_problem=reason)
    return await _page(visit, data, form, hits=hits)


async def _page(
    visit: Visit,
    data: Mapping[str, Any],
    form: Form,
    *,
    step: int | None = None,
    status: int = 200,
    **more: Any,
) -> Response:
    """The page that the form was sent from."""
    if form["modus"] == "endring":
        return await _change_page(visit, data, form, status=status, **more)
    return await _step_page(visit, data, form, step or _step(form["steg"]), status=status, **more)


async def _step_page(
    visit: Visit, data: Mapping[str, Any], form: Form, step: int, *, status: int = 200, **more: Any
) -> Response:
    proposal = data.get("proposal")
    if step == _SIMILAR_STEP and proposal and "hits" not in more:
        more["similarProposals"] = proposal.get("similar", [])
    return await _render(visit, f"writing/{STEPS[step - 1]}.html", data, form, status, step=step, **more)


async def _change_page(
    visit: Visit, data: Mapping[str, Any], form: Form, *, status: int = 200, **more: Any
) -> Response:
    return await _render(visit, "writing/change.html", data, form, status, step=0, **more)


async def _render(
    visit: Visit, template: str, data: Mapping[str, Any], form: Form, status: int, **more: Any
) -> Response:
    number = visit.request.path_params.get("number")
    values: dict[str, Any] = {
        "proposal": None,
        "hits": None,
        "stored": None,
        "similarProposals": [],
        "search_problem": None,
    }
    return await visit.render(
        template,
        {**values, **data, **more},
        status=status,
        form=form,
        number=number,
        is_expired=status == 401,
    )


def _step(text: str) -> int:
    return int(text) if text in ("1", "2", "3") else 1


routes = [
    page("/forslag/nytt", new),
    action("/forslag/nytt", begin),
    page("/forslag/{number:int}/rediger", edit),
    action("/forslag/{number:int}/rediger", change),
]
