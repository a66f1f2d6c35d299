"""A topic's form: what it begins with, and what it says to the API."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from api.node_ids import from_global_id
from backend.platform.i18n import LANGUAGES, N_
from backend.text.local_time import SkippedTimeError
from web.admin.common import global_ids, whole
from web.page.admin_labels import ACTION_TEXTS, MODE_TEXTS
from web.page.formats import ZONE, from_local, iso_local
from web.page.forms import Form, FormProblem
from web.page.visit import Visit

TEXT_FIELDS: Final = {"tittel": "title", "ingress": "summary", "tekst": "body"}
SWITCHES: Final = {"forslag": "proposalsOpen", "stotte": "supportsOpen", "kommentarer": "commentsOpen"}
FIELDS: Final = {
    "slug": "adresse",
    "texts": "tittel-nb",
    "content": "tittel-nb",
    "frame.goals": "mal",
    "frame.opensAt": "apner",
    "frame.closesAt": "stenger",
    "frame.answerDays": "svarfrist",
    "frame.places": "sted",
    "frame.requirements": "krav",
    "frame.requirements.minAge": "krav",
    "frame.responsible": "ansvarlig",
    **{f"texts.{lang}.{api}": f"{name}-{lang}" for lang in LANGUAGES for name, api in TEXT_FIELDS.items()},
}


def new_form() -> Form:
    """What a new topic begins with."""
    opens = datetime.now(ZONE).replace(hour=8, minute=0)
    return Form.of(apent=list(SWITCHES), apner=iso_local(opens), svarfrist="60", moderering="HOLD_RISKY")


def form_of(topic: Mapping[str, Any]) -> Form:
    """The form as a topic stands."""
    form = Form.of(
        versjon=str(topic["version"]),
        apent=[name for name, field in SWITCHES.items() if topic[field]],
        mal=[str(goal["number"]) for goal in topic["goals"]],
        apner=iso_local(topic["opensAt"]),
        stenger=iso_local(topic["closesAt"]) if topic["closesAt"] else "",
        svarfrist=str(topic["answerDays"]),
        moderering=topic["moderationMode"],
        hentet=["ja"] if topic["countsImported"] else [],
        sted=[str(from_global_id(place["id"])[1]) for place in topic["places"]],
        ansvarlig=str(from_global_id(topic["responsible"]["id"])[1]) if topic["responsible"] else "",
    )
    for text in topic["texts"]:
        form.values |= {f"{name}-{text['language']}": [text[field]] for name, field in TEXT_FIELDS.items()}
    for requirement in topic["requirements"]:
        action, age = requirement["action"], requirement["minAge"]
        form.values[f"alder-{action}"] = ["" if age is None else str(age)]
        form.values[f"bosatt-{action}"] = ["ja"] if requirement["residentsOnly"] else []
        form.values[f"oppgitt-{action}"] = ["ja"] if requirement["acceptsDeclared"] else []
    return form


def content_of(form: Form) -> dict[str, Any]:
    """Words and switches. A language with nothing written in it is left out, but never bokmål."""
    texts = [
        {"language": lang, **{field: form[f"{name}-{lang}"] for name, field in TEXT_FIELDS.items()}}
        for lang in LANGUAGES
        if lang == "nb" or any(form.text(f"{name}-{lang}") for name in TEXT_FIELDS)
    ]
    return {"texts": texts, **{field: name in form.all("apent") for name, field in SWITCHES.items()}}


_MOST_DAYS: Final = 365
NO_DAYS: Final = 0
"""As `answerDays` it is refused by the API: what else is wrong can be learnt without storing anything."""


def frame_of(visit: Visit, form: Form, stored: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Whom it is for, where and when. What cannot be read, which the form then tells, makes it one to be refused."""
    stored = stored or {}
    opens = _moment(visit, form, "apner", stored.get("opensAt"), required=True)
    closes = _moment(visit, form, "stenger", stored.get("closesAt"))
    days = whole(visit, form, "svarfrist")
    requirements = [_requirement(visit, form, action) for action in ACTION_TEXTS]
    if form["moderering"] not in MODE_TEXTS:
        form.problems.append(
            FormProblem("mode", visit.translate(N_("Velg hvordan temaet modereres.")), "moderering")
        )
    if form.problems:
        opens, days = opens or datetime.now(ZONE).isoformat(), NO_DAYS
    responsible = form.text("ansvarlig")
    return {
        "goals": [int(goal) for goal in form.all("mal") if goal in "1234" and goal],
        "opensAt": opens,
        "closesAt": closes,
        "answerDays": days or NO_DAYS,
        "moderationMode": form["moderering"] if form["moderering"] in MODE_TEXTS else next(iter(MODE_TEXTS)),
        "countsImported": form["hentet"] == "ja",
        "places": global_ids("Place", form.all("sted")),
        "requirements": [each for each in requirements if each],
        "responsible": global_ids("Author", [responsible])[0] if responsible else None,
    }


def forget_placeholder(form: Form, *, is_readable: bool) -> None:
    """Drop what the API said of `answerDays` when it was given NO_DAYS for what could not be read elsewhere."""
    days = form["svarfrist"].strip()
    if not is_readable and days.isdecimal() and 1 <= int(days[:4]) <= _MOST_DAYS:
        form.problems = [each for each in form.problems if each.code != "answer_days"]


def _requirement(visit: Visit, form: Form, action: str) -> dict[str, Any] | None:
    age = whole(visit, form, f"alder-{action}")
    is_local = form[f"bosatt-{action}"] == "ja"
    if age is None and not is_local:
        return None
    takes_word = is_local and form[f"oppgitt-{action}"] == "ja"
    return {"action": action, "minAge": age, "residentsOnly": is_local, "acceptsDeclared": takes_word}


def _moment(visit: Visit, form: Form, name: str, stored: str | None, *, required: bool = False) -> str | None:
    """The field, which is in Norwegian time. What was not changed keeps its seconds, which the field has not."""
    text = form.text(name)
    if text is None and not required:
        return None
    if text and stored and iso_local(stored) == text:
        return stored
    try:
        return from_local(text or "").astimezone(UTC).isoformat()
    except SkippedTimeError:
        message = visit.translate(
            N_(
                "Klokka stilles fram til sommertid den natten, så dette klokkeslettet finnes ikke. Velg et annet."
            )
        )
        form.problems.append(FormProblem("moment_skipped", message, name))
        return None
    except (ValueError, OverflowError):
        message = visit.translate(N_("Velg dato og klokkeslett, for eksempel 2026-03-01T08:00."))
        form.problems.append(FormProblem("moment_unreadable", message, name))
        return None


def is_stored(visit: Visit, form: Form, topic: Mapping[str, Any], *, with_frame: bool) -> bool:
    """Whether the topic says what the form says already, as when it is sent twice."""
    known = form_of(topic)
    if _stripped(content_of(form)) != _stripped(content_of(known)):
        return False
    return not with_frame or _sorted(frame_of(visit, form, topic)) == _sorted(frame_of(visit, known, topic))


def _stripped(content: dict[str, Any]) -> dict[str, Any]:
    texts = [{name: value.strip() for name, value in text.items()} for text in content["texts"]]
    return {**content, "texts": texts}


def _sorted(frame: dict[str, Any]) -> dict[str, Any]:
    return {**frame, "places": sorted(frame["places"]), "goals": sorted(frame["goals"])}


def differing(form: Form, topic: Mapping[str, Any]) -> list[dict[str, str]]:
    """The topic's texts that are others than the form's."""
    typed = {text["language"]: text for text in _stripped(content_of(form))["texts"]}
    return [text for text in topic["texts"] if text != typed.get(text["language"])]
