"""Comments: writing one, replying, taking back, and one comment with all its replies."""

from functools import partial
from typing import Any, Final

from starlette.responses import Response

from api.node_ids import to_global_id
from backend.platform.i18n import N_
from web.page.forms import Form, FormProblem
from web.page.notice import notice
from web.page.refused import Refused, submit
from web.page.rendering import number_in
from web.page.routing import action, page
from web.page.visit import Visit
from web.proposals.reading import show_proposal

_SENT = notice("comment-sent", N_("Kommentaren er sendt. Den blir synlig så snart den er sett over."))
_SHOWN = notice("comment-shown", N_("Kommentaren er publisert."))
_WITHDRAWN = notice("comment-withdrawn", N_("Kommentaren er trukket tilbake."))
_STANCES: Final = ("FOR", "AGAINST", "NEUTRAL")
_FIELDS: Final = {"body": "tekst", "stance": "holdning", "language": "sprak"}


async def create(visit: Visit) -> Response:
    """POST /forslag/{number}/kommentarer: a comment of one's own. Refused, the page keeps what was typed."""
    form = await visit.form()
    number = visit.request.path_params["number"]
    payload, problem = await _create(visit, number, form, "tekst")
    if problem is None:
        return _to_comments(visit, number, payload)
    refused = Refused(form, partial(show_proposal, visit, number), _FIELDS, is_public=True)
    return await refused.answer(visit, visit.path(f"/forslag/{number}"), payload, problem)


async def _create(
    visit: Visit, number: int, form: Form, text: str, parent: str | None = None
) -> tuple[dict[str, Any], FormProblem | None]:
    stance = form["holdning"]
    fields = {
        "body": form[text],
        "stance": stance if stance in _STANCES else "NEUTRAL",
        "language": form["sprak"] or visit.language,
        "parent": parent,
    }
    return await visit.mutate(
        "CreateComment",
        subject=to_global_id("Proposal", number),
        input=fields,
        idempotencyKey=form.text("nokkel"),
    )


def _to_comments(visit: Visit, number: int, payload: dict[str, Any]) -> Response:
    is_shown = payload["comment"]["state"] == "PUBLISHED"
    return visit.redirect(visit.path(f"/forslag/{number}") + "#kommentarer", _SHOWN if is_shown else _SENT)


async def comment(visit: Visit) -> Response:
    """GET /kommentar/{number}: one comment with its replies, and a place to reply."""
    return await _comment(visit, Form.of(sprak=visit.language))


async def _comment(visit: Visit, form: Form, status: int = 200) -> Response:
    number = visit.request.path_params["number"]
    data = await visit.query("ShowComment", id=to_global_id("Comment", number), after=visit.after)
    found = visit.found_or_404(data["node"])
    visit.found_or_404(found["proposal"])
    if found["state"] != "PUBLISHED" and not found["replies"]["nodes"] and not found["viewerIsAuthor"]:
        visit.found_or_404(None)
    return await visit.render("comments/comment.html", data, status=status, form=form, number=number)


async def reply(visit: Visit) -> Response:
    """POST /kommentar/{number}/svar: a reply to a comment on the first level."""
    form = await visit.form()
    number = visit.request.path_params["number"]
    parent = to_global_id("Comment", number)
    data = await visit.query("ShowComment", id=parent)
    about = visit.found_or_404(visit.found_or_404(data["node"])["proposal"])
    payload, problem = await _create(visit, number_in(about["id"]), form, f"tekst-{number}", parent)
    if problem is None:
        return _to_comments(visit, number_in(about["id"]), payload)
    fields = {**_FIELDS, "body": f"tekst-{number}"}
    refused = Refused(form, partial(_comment, visit), fields, is_public=True)
    return await refused.answer(visit, visit.address, payload, problem)


async def withdraw(visit: Visit) -> Response:
    """POST /kommentar/{number}/trekk: take one's own comment back."""
    form = await visit.form()
    about = form.whole("forslag") or 0
    address = (
        visit.path(f"/forslag/{about}") + "#kommentarer" if about > 0 else visit.path("/min-side/kommentarer")
    )
    comment_id = {"id": to_global_id("Comment", visit.request.path_params["number"])}
    return await submit(visit, "WithdrawComment", comment_id, address, _WITHDRAWN)


routes = [
    action("/forslag/{number:int}/kommentarer", create),
    page("/kommentar/{number:int}", comment),
    action("/kommentar/{number:int}/svar", reply),
    action("/kommentar/{number:int}/trekk", withdraw),
]
