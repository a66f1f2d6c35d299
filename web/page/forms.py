"""What a person filled in: read within bounds, kept whatever happens, with each problem at its field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from api.request import read_body
from backend.platform.errors import DomainError, Invalid

_MOST_FIELDS = 400
# Arguments that a page takes from its own address, so that no field of its form is meant.
_IN_ADDRESS = frozenset({"id", "ids", "proposal", "subject"})


@dataclass(frozen=True, slots=True)
class FormProblem:
    """Why not, and where: `start` and `end` are characters of the field's text, for personal data.

    `also` is what else the API found in the same input.
    """

    code: str
    message: str
    field: str | None = None
    kind: str = "InvalidProblem"
    start: int | None = None
    end: int | None = None
    quote: str | None = None
    also: tuple["FormProblem", ...] = ()


@dataclass(slots=True)
class Form:
    """Values by field name as they were typed, and what is wrong with them."""

    values: dict[str, list[str]] = field(default_factory=dict)
    problems: list[FormProblem] = field(default_factory=list)

    @classmethod
    def of(cls, **values: str | Sequence[str] | None) -> "Form":
        """A form that begins with these values."""
        return cls({k: [v] if isinstance(v, str) else list(v) for k, v in values.items() if v is not None})

    def __getitem__(self, name: str) -> str:
        """The field's text; empty when it was not sent."""
        found = self.values.get(name)
        return found[-1] if found else ""

    def all(self, name: str) -> list[str]:
        """Every value of a field that may stand several times."""
        return self.values.get(name, [])

    def text(self, name: str) -> str | None:
        """The field's text without blanks around it; None when nothing is left."""
        return self[name].strip() or None

    def whole(self, name: str, default: int | None = None) -> int | None:
        """The field as a whole number; `default` when it is empty. Raises Invalid for anything else."""
        text = self.text(name)
        if text is None:
            return default
        try:
            return int(text)
        except ValueError:
            raise Invalid("not_a_number", "Skriv et helt tall.", field=name) from None

    def problem(self, name: str) -> FormProblem | None:
        """The first problem of this field."""
        return next((problem for problem in self.problems if problem.field == name), None)

    def add(self, problem: FormProblem, fields: Mapping[str, str] | None = None) -> None:
        """Note a problem and what goes with it, the first at each field.

        `fields` gives the form's names for fields that the API calls otherwise.
        """
        for each in (problem, *problem.also):
            named = (fields or {}).get(each.field or "", each.field)
            if named and self.problem(named):
                continue
            self.problems.append(replace(each, field=named, also=()))

    def marked(self, name: str) -> tuple[str, str, str] | None:
        """The field's text before, in and after the place its problem points to."""
        found = self.problem(name)
        if found is None or found.start is None or found.end is None:
            return None
        text = self[name]
        if found.quote and " ".join(text[found.start : found.end].split()) != found.quote.removesuffix("…"):
            # The field was trimmed or joined with another before it was sent: its words say where it stands.
            at = text.find(found.quote)
            return (text[:at], found.quote, text[at + len(found.quote) :]) if at >= 0 else None
        return text[: found.start], text[found.start : found.end], text[found.end :]


async def read_form(request: Request, most: int) -> Form:
    """The urlencoded form of a request; raises LimitExceeded beyond `most` bytes, Invalid when it is none."""
    headers = dict(request.scope["headers"])
    if headers.get(b"content-type", b"").split(b";")[0].strip() != b"application/x-www-form-urlencoded":
        raise Invalid("form_type", "Skjemaet kan ikke leses.")
    body = await read_body(request.receive, headers, most)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        raise Invalid("form_unreadable", "Skjemaet kan ikke leses.") from None
    form = Form()
    for name, value in pairs:
        # Browsers send line ends as two characters (HTML § 4.10.21.4); here they are one everywhere.
        form.values.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return form


def problem_in(payload: Mapping[str, Any]) -> FormProblem | None:
    """The problem that a mutation answered with; None for its success."""
    kind = str(payload.get("__typename", ""))
    if not kind.endswith("Problem"):
        return None
    field = payload.get("field")
    return FormProblem(
        payload["code"],
        payload["message"],
        None if field in _IN_ADDRESS else field,
        kind,
        payload.get("start"),
        payload.get("end"),
        payload.get("quote"),
        tuple(filter(None, map(problem_in, payload.get("alsoInvalid") or ()))),
    )


def problem_of(refusal: DomainError, message: str) -> FormProblem:
    """A refusal of our own as a form shows it; `message` is told in the visitor's language."""
    return FormProblem(refusal.code, message, refusal.field)
