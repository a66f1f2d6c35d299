"""A case as its page shows it, and how the queue is narrowed by an address."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.responses import Response

from api.node_ids import to_global_id
from web.page.forms import Form
from web.page.moderation_labels import DETAIL_TEXTS, SHARES, SIGNAL_TEXTS
from web.page.visit import Visit

SUBJECTS: Final = {"forslag": "PROPOSAL", "endring": "EDIT", "kommentar": "COMMENT"}
ORIGINS: Final = {"kontroll": "SCREENING", "melding": "REPORT"}
_FILTERS: Final = ("tema", "type", "kilde", "mine")
_MOST_DIGITS: Final = 18
# Told for machines only.
_UNTOLD: Final = frozenset({"looked", "hits"})


def queue_filter(query: QueryParams) -> dict[str, Any]:
    """The API's filter for `tema` (a number), `type`, `kilde` and `mine`; what is unknown narrows nothing."""
    filters: dict[str, Any] = {"claimedByMe": query.get("mine") == "ja"}
    topic = query.get("tema", "")
    if topic.isascii() and topic.isdigit() and len(topic) <= _MOST_DIGITS and int(topic):
        filters["topic"] = to_global_id("Topic", int(topic))
    if subject := SUBJECTS.get(query.get("type", "")):
        filters["subjectType"] = subject
    if origin := ORIGINS.get(query.get("kilde", "")):
        filters["origin"] = origin
    return filters


def filters(query: QueryParams) -> str:
    """The filters alone, as they stand in an address, with the question mark; they follow from page to page."""
    pairs = [(name, value) for name, value in query.multi_items() if name in _FILTERS and value]
    return f"?{urlencode(pairs)}" if pairs else ""


async def case_page(
    visit: Visit, form: Form | None = None, status: int = 200, *, previewed: Mapping[str, Any] | None = None
) -> Response:
    """The case of the address, with what was typed; raises NotFound and what the API refuses with.

    `previewed` is a decision that is looked at before it is made.
    """
    number = visit.request.path_params["number"]
    ruling = {"withPreview": True, **previewed} if previewed else {}
    data = await visit.query("ShowModerationCase", id=to_global_id("ModerationCase", number), **ruling)
    case = visit.found_or_404(data["moderationCase"])
    subject = case["subject"] or {}
    # What is decided about is the edit; the proposal stands beside it.
    marked = case["pendingVersion"] or subject
    return await visit.render(
        "moderation/case.html",
        data,
        is_returnable=visit.request.method == "POST",
        status=status,
        case=case,
        subject=case["subject"],
        number=number,
        grounds=ground_choices(data),
        thread=_thread(subject),
        title_parts=parts_of(marked.get("title"), "title", case["marks"]),
        body_parts=parts_of(marked.get("body") or marked.get("commentBody"), "body", case["marks"]),
        signals=[_signal_view(visit, signal) for signal in case["signals"]],
        signal_names={name: visit.translate(text) for name, text in SIGNAL_TEXTS.items()},
        carried=filters(visit.request.query_params),
        form=form or Form(),
        preview=case.get("preview"),
        previewed=previewed is not None,
    )


def ground_choices(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The grounds as a form offers them."""
    return [(ground["code"], ground["text"]) for ground in data["moderationGrounds"]]


def _thread(subject: Mapping[str, Any]) -> Any:
    """The comment that this one replies to, or itself, with the replies; None for a proposal."""
    if subject.get("__typename") != "Comment":
        return None
    return subject["parent"] or {**subject, "bodyHtml": subject["commentHtml"]}


def parts_of(
    text: str | None, field: str, marks: Sequence[Mapping[str, Any]]
) -> list[tuple[str, str | None]]:
    """The text in pieces, each with the signal that points to it, or None."""
    pieces: list[tuple[str, str | None]] = []
    text, at = text or "", 0
    for mark in marks:
        if mark["field"] == field:
            pieces += [(text[at : mark["start"]], None), (text[mark["start"] : mark["end"]], mark["signal"])]
            at = mark["end"]
    return [(piece, signal) for piece, signal in [*pieces, (text[at:], None)] if piece]


def _signal_view(visit: Visit, signal: Mapping[str, Any]) -> dict[str, Any]:
    """A signal in words; details of newer versions keep their own names."""
    details = [
        (visit.translate(DETAIL_TEXTS.get(detail["name"], detail["name"])), _value(detail))
        for detail in signal["details"]
        if detail["name"] not in _UNTOLD and detail["value"] not in ("0", "0.0", "")
    ]
    name = visit.translate(SIGNAL_TEXTS.get(signal["name"], signal["name"]))
    return {"name": name, "score": signal["score"], "details": details}


def _value(detail: Mapping[str, str]) -> str:
    if detail["name"] in SHARES:
        return f"{float(detail['value']) * 100:.0f} %"
    return detail["value"]
