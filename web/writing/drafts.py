"""A proposal while it is written: what its form holds, and keeping that through the API."""

import hashlib
import math
from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

from api.node_ids import to_global_id
from backend.platform.errors import DomainError, Invalid
from web.page.forms import Form, FormProblem, problem_of
from web.page.visit import Visit

BEING_WRITTEN: Final = frozenset({"DRAFT", "REJECTED"})
"""States in which nobody but the authors reads it, so that each step may save it."""
_MOST_VERSION = 2**31 - 1


def new_form(visit: Visit, topic: str = "") -> Form:
    """An empty form; its key makes one draft of it, however often it is sent."""
    return Form.of(topic=topic, language=visit.language, nokkel=uuid4().hex)


def form_of(proposal: Mapping[str, Any]) -> Form:
    """The form as the stored proposal fills it in."""
    longitude, latitude = (proposal["position"] or {}).get("coordinates", ("", ""))
    return Form.of(
        topic=(proposal["topic"] or {}).get("id", ""),
        title=proposal["title"],
        body=proposal["body"],
        language=proposal["language"],
        place=(proposal["place"] or {}).get("id", ""),
        longitude=str(longitude),
        latitude=str(latitude),
        versjon=str(proposal["version"]),
    )


def latest(proposal: Mapping[str, Any]) -> dict[str, Any]:
    """The proposal with the words that its authors go on from: those of an edit that is not in force, if any."""
    pending = proposal["pendingVersion"]
    if not pending:
        return dict(proposal)
    names = ("title", "body", "bodyHtml", "language", "place", "position")
    return {**proposal, **{name: pending[name] for name in names}, "version": pending["number"]}


def written(form: Form, language: str) -> dict[str, Any]:
    """The API's ProposalInput. Raises Invalid for a point that cannot be read."""
    return {
        "title": form["title"],
        "body": form["body"],
        "language": form["language"] or language,
        "place": form.text("place"),
        "position": _position(form),
    }


def take_hit(form: Form) -> None:
    """Put the address that was chosen among those found into the form's point."""
    if form["treff"]:
        longitude, _, latitude = form["treff"].partition(",")
        form.values |= {"longitude": [longitude], "latitude": [latitude], "treff": []}


def _position(form: Form) -> dict[str, float] | None:
    if not (form.text("longitude") and form.text("latitude")):
        return None
    try:
        found = {name: float(form[name]) for name in ("longitude", "latitude")}
    except ValueError:
        found = {}
    if not found or not all(math.isfinite(part) for part in found.values()):
        raise Invalid(
            "position_unreadable", "Punktet på kartet kan ikke leses. Velg det på nytt.", field="position"
        )
    return found


def is_stored(form: Form, proposal: Mapping[str, Any]) -> bool:
    """Whether the form says what is stored already, as when it is sent twice."""
    stored = form_of(proposal)
    names = ("topic", "language", "place", "longitude", "latitude")
    return all(form[name] == stored[name] for name in names) and all(
        form[name].strip() == stored[name] for name in ("title", "body")
    )


async def save(
    visit: Visit, form: Form, proposal: Mapping[str, Any] | None
) -> tuple[dict[str, Any], FormProblem | None]:
    """Keep what the form holds, as a new draft or as the next version; the proposal, or the problem."""
    try:
        if proposal is None:
            payload, problem = await _create(visit, form)
        elif is_stored(form, proposal):
            return dict(proposal), None
        else:
            payload, problem = await _edit(visit, form, proposal)
    except DomainError as refusal:
        return {}, problem_of(refusal, visit.translate(refusal.message, **refusal.params))
    return payload.get("proposal", {}), problem


async def _create(visit: Visit, form: Form) -> tuple[dict[str, Any], FormProblem | None]:
    words = written(form, visit.language)
    # Whoever goes back and writes something else means another draft; the same again is the same draft.
    digest = hashlib.sha256(repr((form["topic"], sorted(words.items(), key=str))).encode()).hexdigest()
    key = f"{form['nokkel'][:32]}:{digest[:32]}"
    return await visit.mutate(
        "CreateProposal", topic=form.text("topic"), input=words, submit=False, idempotencyKey=key
    )


async def _edit(
    visit: Visit, form: Form, proposal: Mapping[str, Any]
) -> tuple[dict[str, Any], FormProblem | None]:
    is_moved = proposal["state"] == "DRAFT" and form["topic"] != (proposal["topic"] or {}).get("id", "")
    return await visit.mutate(
        "EditProposal",
        id=proposal["id"],
        input=written(form, visit.language),
        expectedVersion=min(max(form.whole("versjon", 0) or 0, 0), _MOST_VERSION),
        topic=form.text("topic") if is_moved else None,
    )


def proposal_id(visit: Visit) -> str:
    """The API's id of the proposal in the address."""
    return to_global_id("Proposal", visit.request.path_params["number"])
