"""What happens while a proposal is being written: it keeps itself, and what is worth knowing shows beside it."""

from typing import Any, Final

from starlette.responses import JSONResponse, Response

from api.node_ids import from_global_id, to_global_id
from backend.platform.i18n import N_
from web.page.forms import FormProblem
from web.page.routing import action
from web.page.visit import Visit
from web.writing.drafts import form_of, save

_SAVED = N_("Utkastet er lagret.")
_ENDED = N_("Du er logget ut, så utkastet lagres ikke nå. Logg inn i en ny fane, så fortsetter vi her.")
_NOT_SAVED = N_("Ikke lagret: {reason}")
_OTHER_TEXT = N_("Noe annet er lagret imens. Velg hvilken tekst som skal gjelde.")
_HANDED_IN = N_("Forslaget er allerede sendt inn. Det du skriver her, lagres ikke av seg selv.")
_STATUS: Final = {"ConflictProblem": 409, "LimitProblem": 429, "LoginProblem": 401}
_LONG_ENOUGH: Final = (5, 20)
"""Characters of a title and a text; what is shorter is no draft yet."""
_MOST_COMPARED = 10_000
_MOST_FINDINGS = 5


async def save_draft(visit: Visit) -> Response:
    """POST /forslag/utkast: 200 with the draft's number and version, 204 when there is too little to keep.

    401, 409, 422 and 429 say in `message` why it is not kept. When another window or a co-author was first, 409 has
    what is stored in `stored`: the form keeps what is typed, and its writer chooses.
    """
    form = await visit.form()
    if visit.actor.is_anonymous:
        return _message_response(401, visit.translate(_ENDED))
    if any(
        len(form[name].strip()) < least for name, least in zip(("title", "body"), _LONG_ENOUGH, strict=True)
    ):
        return Response(status_code=204)
    if not form["nummer"]:
        return _answer(visit, *await save(visit, form, None))
    data = await visit.query("ShowWriting", id=to_global_id("Proposal", form.whole("nummer") or 0))
    proposal: dict[str, Any] = visit.found_or_404(data["proposal"])
    if proposal["state"] == "REJECTED":
        # Its history is kept, so only what its author means to keep goes into it.
        return Response(status_code=204)
    if proposal["state"] != "DRAFT":
        return _message_response(409, visit.translate(_HANDED_IN))
    saved, problem = await save(visit, form, proposal)
    if problem and problem.code == "changed_meanwhile":
        return await _both(visit, proposal["id"])
    return _answer(visit, saved, problem)


async def _both(visit: Visit, global_id: str) -> Response:
    """What another window stored, for the form to show beside what is typed."""
    data = await visit.query("ShowWriting", id=global_id)
    stored: dict[str, Any] = visit.found_or_404(data["proposal"])
    if stored["state"] != "DRAFT":
        return _message_response(409, visit.translate(_HANDED_IN))
    form = form_of(stored)
    names = ("topic", "title", "body", "language", "place", "longitude", "latitude", "versjon")
    values = {name: form[name] for name in names}
    return JSONResponse(
        {"message": visit.translate(_OTHER_TEXT), "stored": values}, 409, {"cache-control": "no-store"}
    )


def _answer(visit: Visit, proposal: dict[str, Any], problem: FormProblem | None) -> Response:
    if problem:
        reason = visit.translate(_NOT_SAVED, reason=problem.message)
        return _message_response(_STATUS.get(problem.kind, 422), reason)
    number = from_global_id(proposal["id"])[1]
    return JSONResponse(
        {
            "number": number,
            "version": proposal["version"],
            "address": visit.path(f"/forslag/{number}/rediger"),
            "message": visit.translate(_SAVED),
        },
        headers={"cache-control": "no-store"},
    )


def _message_response(status: int, message: str) -> Response:
    return JSONResponse({"message": message}, status, {"cache-control": "no-store"})


async def look(visit: Visit) -> Response:
    """POST /forslag/sjekk: a part of a page with personal data in the text so far, and proposals like it."""
    form = await visit.form()
    title, body = form["title"][:500], form["body"][:_MOST_COMPARED]
    if len(title.strip()) < _LONG_ENOUGH[0]:
        return Response(status_code=204)
    texts = {"title": title, "body": body}
    data = await visit.query("SuggestSimilar", **texts, withCheck=not visit.actor.is_anonymous)
    # What handing in would be refused for, with the place in the text's own words.
    findings = [
        found | {"words": texts[found["field"]][found["start"] : found["end"]]}
        for found in data.get("checkText", {}).get("findings", [])[:_MOST_FINDINGS]
    ]
    return await visit.render("writing/help.html", data, form=form, findings=findings)


routes = [action("/forslag/utkast", save_draft), action("/forslag/sjekk", look)]
