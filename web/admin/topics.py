"""Topics for those who look after them: administrators, and the planner responsible for one."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from api.node_ids import from_global_id
from backend.platform.errors import Forbidden
from backend.platform.i18n import LANGUAGES, N_
from web.admin.common import HOME, MEANWHILE, note, require_admin, whole
from web.admin.topic_form import (
    FIELDS,
    TEXT_FIELDS,
    content_of,
    differing,
    forget_placeholder,
    form_of,
    frame_of,
    is_stored,
    new_form,
)
from web.my.common import own_page
from web.page.admin_labels import ACTION_TEXTS, MODE_TEXTS
from web.page.forms import Form, problem_in
from web.page.notice import notice
from web.page.refused import form_status
from web.page.routing import action
from web.page.visit import Visit

_MADE = notice("topic-made", N_("Temaet er laget."))
_STORED = notice("topic-stored", N_("Endringene i temaet er lagret, og vises med en gang."))
_TOPICS: Final = f"{HOME}/temaer"
_NEW: Final = f"{_TOPICS}/nytt"
_TOPIC: Final = f"{_TOPICS}/{{slug}}"
# Three languages with as much text as there may be in each.
_MOST_BYTES: Final = 1024 * 1024


async def topics(visit: Visit) -> Response:
    """GET /administrasjon/temaer: all of them, those that are closed too."""
    data = await visit.query("ShowAdminTopics", after=visit.after)
    require_admin(data)
    return await visit.render("admin/topics.html", data)


async def new_topic(visit: Visit) -> Response:
    """GET /administrasjon/temaer/nytt."""
    data = await visit.query("ShowNewTopic")
    require_admin(data)
    return await _page(visit, data, new_form())


async def create_topic(visit: Visit) -> Response:
    """POST /administrasjon/temaer/nytt: make it, or show how its texts would look."""
    form = await visit.form(_MOST_BYTES)
    if form["forhandsvis"]:
        return await _preview(visit, form, None)
    frame = frame_of(visit, form)
    is_readable = not form.problems
    payload, problem = await visit.mutate(
        "CreateTopic",
        slug=form["adresse"].strip(),
        content=content_of(form),
        frame=frame,
        idempotencyKey=form.text("nokkel"),
    )
    if not problem:
        return visit.redirect(visit.path(f"{_TOPICS}/{payload['topic']['slug']}"), _MADE)
    note(visit, form, payload, problem, FIELDS)
    forget_placeholder(form, is_readable=is_readable)
    return await _page(visit, await visit.query("ShowNewTopic"), form)


async def edit_topic(visit: Visit) -> Response:
    """GET /administrasjon/temaer/{slug}."""
    data = await visit.query("ShowTopicSettings", slug=visit.request.path_params["slug"])
    topic = visit.found_or_404(data["topic"])
    may = topic["viewerCanManage"]
    if not may["allowed"]:
        raise Forbidden(may["code"], may["message"])
    return await _page(visit, data, form_of(topic))


async def change_topic(visit: Visit) -> Response:
    """POST /administrasjon/temaer/{slug}: store it, or show how its texts would look."""
    form, slug = await visit.form(_MOST_BYTES), visit.request.path_params["slug"]
    if form["forhandsvis"]:
        return await _preview(visit, form, slug)
    data = await visit.query("ShowTopicSettings", slug=slug)
    topic = visit.found_or_404(data["topic"])
    version = whole(visit, form, "versjon") or 0
    frame = frame_of(visit, form, topic) if form["ramme"] == "ja" else None
    is_readable = not form.problems
    if frame is None and not is_readable:
        return await _page(visit, data, form)
    payload, problem = await visit.mutate(
        "UpdateTopic", id=topic["id"], expectedVersion=version, content=content_of(form), frame=frame
    )
    if problem and not (problem.code == MEANWHILE and _is_done(visit, form, topic)):
        note(visit, form, payload, problem, FIELDS)
        forget_placeholder(form, is_readable=is_readable)
        return await _refused(visit, data, form)
    return visit.redirect(visit.path(f"{_TOPICS}/{slug}"), _STORED)


def _is_done(visit: Visit, form: Form, topic: Mapping[str, Any]) -> bool:
    return is_stored(visit, form, topic, with_frame=form["ramme"] == "ja")


async def _refused(visit: Visit, data: Mapping[str, Any], form: Form) -> Response:
    """The form with what was typed; after somebody else's change beside what stands now, to be sent over it."""
    if form.problems[0].code != MEANWHILE:
        return await _page(visit, data, form)
    data = await visit.query("ShowTopicSettings", slug=visit.request.path_params["slug"])
    topic = visit.found_or_404(data["topic"])
    form.values["versjon"] = [str(topic["version"])]
    return await _page(visit, data, form, stored=differing(form, topic))


async def _preview(visit: Visit, form: Form, slug: str | None) -> Response:
    """The form again, and below it each language's text as it would look."""
    previews: list[dict[str, str]] = []
    for language in LANGUAGES:
        if not form.text(f"tekst-{language}"):
            continue
        data = await visit.query("PreviewTopicBody", body=form[f"tekst-{language}"])
        found = data["previewTopicBody"]
        if problem := problem_in(found):
            note(visit, form, found, problem, {"body": f"tekst-{language}"})
        else:
            previews.append(_preview_of(form, language, found["bodyHtml"]))
    shown = await visit.query("ShowTopicSettings", slug=slug) if slug else await visit.query("ShowNewTopic")
    if slug:
        visit.found_or_404(shown["topic"])
    return await _page(visit, shown, form, previews=previews)


def _preview_of(form: Form, language: str, html: str) -> dict[str, str]:
    title, summary = form[f"tittel-{language}"], form[f"ingress-{language}"]
    return {"language": language, "title": title, "summary": summary, "html": html}


async def _page(
    visit: Visit,
    data: Mapping[str, Any],
    form: Form,
    *,
    previews: list[dict[str, str]] | None = None,
    stored: list[dict[str, str]] | None = None,
) -> Response:
    topic = data.get("topic")
    may_frame = topic is None or topic["viewerCanAdminister"]["allowed"] or form["ramme"] == "ja"
    return await visit.render(
        "admin/topic.html",
        {**data, "topic": topic},
        is_returnable=visit.request.method == "POST",
        status=form_status(form) if stored is None else 409,
        actions=list(ACTION_TEXTS),
        form=form,
        may_frame=may_frame,
        modes=list(MODE_TEXTS),
        places=_places(data),
        planners=_planners(data, form),
        previews=previews,
        stored=stored,
        written=[lang for lang in LANGUAGES if any(form.text(f"{name}-{lang}") for name in TEXT_FIELDS)],
    )


def _places(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Places to choose from: the first hundred, and those of the topic."""
    found = {place["id"]: place["name"] for place in data["places"]["nodes"]}
    found |= {place["id"]: place["name"] for place in (data.get("topic") or {}).get("places", [])}
    return [(str(from_global_id(place)[1]), name) for place, name in found.items()]


def _planners(data: Mapping[str, Any], form: Form) -> list[tuple[str, str]]:
    """Who may be responsible: planners for all topics or for this one, and whoever is chosen already."""
    topic = data.get("topic") or {}
    people = [
        grant["holder"]
        for grant in data["roleGrants"].get("nodes", [])
        if grant["topic"] is None or grant["topic"]["id"] == topic.get("id")
    ]
    people.append(topic.get("responsible"))
    found = {str(from_global_id(p["id"])[1]): p["displayName"] for p in people if p}
    chosen = form["ansvarlig"]
    if chosen and chosen not in found:
        found[chosen] = chosen
    return sorted(found.items(), key=lambda each: each[1])


routes: list[Any] = [
    own_page(_TOPICS, topics),
    own_page(_NEW, new_topic),
    action(_NEW, create_topic),
    own_page(_TOPIC, edit_topic),
    action(_TOPIC, change_topic),
]
