"""One's notifications: reading them, and choosing which come and where."""

from collections.abc import Iterable, Mapping
from typing import Any

from starlette.responses import Response

from backend.platform.i18n import N_
from web.my.common import own_page
from web.page.forms import Form
from web.page.notice import notice
from web.page.refused import refused_status, submit
from web.page.routing import action
from web.page.visit import Visit

_READ = notice("notifications-read", N_("Varslene er merket som lest."))
_CHOSEN = notice("notifications-chosen", N_("Valgene dine er lagret."))
_LIST = "/min-side/varsler"
_SETTINGS = "/min-side/varsler/innstillinger"


async def my_notifications(visit: Visit) -> Response:
    """GET /min-side/varsler?vis=uleste: the newest first."""
    query = visit.request.query_params
    unread = query.get("vis") == "uleste"
    data = await visit.query("ShowMyNotifications", after=visit.after, unreadOnly=unread)
    return await visit.render("my/notifications.html", data, unread=unread)


async def read(visit: Visit) -> Response:
    """POST /min-side/varsler/lest: those named by `varsel`, or all up to `til`. A script is answered shortly (204)."""
    form = await visit.form()
    up_to = form.text("til")
    marked = {"upTo": up_to} if up_to else {"ids": form.all("varsel")}
    answer = await submit(visit, "MarkNotificationsRead", marked, visit.path(_LIST), _READ if up_to else None)
    if form["kort"] == "ja" and not visit.actor.is_anonymous:
        return Response(status_code=204, headers={"cache-control": "private, no-store"})
    return answer


async def my_preferences(visit: Visit) -> Response:
    """GET /min-side/varsler/innstillinger: every kind and every cause in every channel."""
    data = await visit.query("ShowMyPreferences")
    return await visit.render("my/preferences.html", data, form=_form_of(data["viewer"]))


def _form_of(viewer: Mapping[str, Any]) -> Form:
    """The choices as the form has them: `rad` is a kind, what cannot be turned off and the kind in words.

    `grunn` is a cause in the same way.
    """
    preferences, causes = viewer["notificationPreferences"], viewer["notificationCausePreferences"]
    rows: dict[str, list[Any]] = {}
    chosen = []
    for one in preferences:
        row = rows.setdefault(one["kind"], [one["label"]])
        if one["isRequired"]:
            row.append(one["channel"])
        if one["enabled"]:
            chosen.append(f"{one['kind']}:{one['channel']}")
    rad = [f"{kind}|{','.join(fixed)}|{label}" for kind, (label, *fixed) in rows.items()]
    chosen += [f"{one['cause']}:{one['channel']}" for one in causes if one["enabled"]]
    grunn = list(dict.fromkeys(f"{one['cause']}||{one['label']}" for one in causes))
    return Form.of(rad=rad, grunn=grunn, valg=chosen)


async def choose(visit: Visit) -> Response:
    """POST /min-side/varsler/innstillinger: what differs from how it stands is changed, all of it or nothing."""
    form = await visit.form()
    data = await visit.query("ShowMyPreferences")
    viewer = data["viewer"] or {"notificationPreferences": [], "notificationCausePreferences": []}
    _, problem = await visit.mutate(
        "SetNotificationPreferences",
        choices=_changes(form, viewer["notificationPreferences"]),
        causes=_cause_changes(form, viewer["notificationCausePreferences"]),
    )
    if problem:
        form.add(problem)
        return await visit.render("my/preferences.html", data, form=form, status=refused_status(problem))
    return visit.redirect(visit.path(_SETTINGS), _CHOSEN)


def _changes(form: Form, known: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    # A kind that the form did not show, because it came with a newer release, stays as it is.
    shown = {row.partition("|")[0] for row in form.all("rad")}
    chosen = set(form.all("valg"))
    return [
        {"kind": one["kind"], "channel": one["channel"], "enabled": not one["enabled"]}
        for one in known
        if one["kind"] in shown
        and not one["isRequired"]
        and one["enabled"] != (f"{one['kind']}:{one['channel']}" in chosen)
    ]


def _cause_changes(form: Form, known: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    shown = {row.partition("|")[0] for row in form.all("grunn")}
    chosen = set(form.all("valg"))
    return [
        {"cause": one["cause"], "channel": one["channel"], "enabled": not one["enabled"]}
        for one in known
        if one["cause"] in shown and one["enabled"] != (f"{one['cause']}:{one['channel']}" in chosen)
    ]


routes = [
    own_page(_LIST, my_notifications),
    action("/min-side/varsler/lest", read),
    own_page(_SETTINGS, my_preferences),
    action(_SETTINGS, choose),
]
