"""What administrators' pages have in common: who may see them, and numbers in their forms."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from api.node_ids import to_global_id
from backend.platform.errors import DomainError, Forbidden, Unauthenticated
from backend.platform.i18n import N_
from web.page.forms import Form, FormProblem, problem_of
from web.page.visit import Visit

HOME: Final = "/administrasjon"
MEANWHILE: Final = "changed_meanwhile"
_MEANWHILE = N_(
    "Noen andre lagret noe her mens du skrev. Det du skrev, står i skjemaet. "
    "Se hva som er endret, og lagre på nytt."
)
_MOST = 2_147_483_647
"""The largest Int of the API."""

_LONGEST = 18
"""The digits of the largest number in an id of the API."""


def require_admin(data: Mapping[str, Any]) -> None:
    """Raises what the API says when the viewer in the page's own data is no administrator."""
    if data["viewer"] is None:
        raise Unauthenticated("login_required", "Du må logge inn først.")
    may = data["viewer"]["viewerCanAdminister"]
    if not may["allowed"]:
        raise Forbidden(may["code"], may["message"])


def note(
    visit: Visit, form: Form, payload: Mapping[str, Any], problem: FormProblem, fields: Mapping[str, str]
) -> None:
    """Note why the API refused; raises it when nothing that is typed into the form would change it."""
    if problem.kind == "NotAllowedProblem":
        visit.found_or_404(payload)
    if problem.code == MEANWHILE:
        problem = replace(problem, message=visit.translate(_MEANWHILE))
    # A conflict names no field in the API, but this one can only be about one.
    form.add(replace(problem, field="slug") if problem.code == "slug_taken" else problem, fields)


def whole(visit: Visit, form: Form, name: str) -> int | None:
    """The field as a number the API can take; None when it is empty, or is none, which the form then tells."""
    try:
        number = form.whole(name)
    except DomainError as refusal:
        form.problems.append(problem_of(refusal, visit.translate(refusal.message)))
        return None
    return None if number is None else max(-1, min(number, _MOST))


def global_ids(kind: str, numbers: list[str]) -> list[str]:
    """Ids of the API for numbers as forms have them; what is no number is no thing of ours either."""
    return [
        to_global_id(kind, int(number) if number.isdecimal() and len(number) <= _LONGEST else 0)
        for number in numbers
    ]
