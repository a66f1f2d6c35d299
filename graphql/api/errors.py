"""Problems: refusals that a client can act on, as members of every payload's union.

A mutation returns its success or a Problem; GraphQL errors are left for bugs and outages.
"""

from collections.abc import Callable
from typing import Any

import strawberry

from backend.platform import errors as domain
from backend.platform.i18n import translate


@strawberry.interface(description="Why something could not be done, for people and for machines.")
class Problem:
    code: str = strawberry.field(description="Stable and for machines; new codes may come.")
    message: str = strawberry.field(description="For the person, in their language.")
    also_invalid: list["Problem"] = strawberry.field(
        default_factory=list,
        description="What else in the same input cannot be used, each with its field; empty when there is nothing.",
    )


@strawberry.type(description="What was sent cannot be used.")
class InvalidProblem(Problem):
    field: str | None = strawberry.field(description="The part of the input that is meant, when one is.")


@strawberry.type(description="The text holds personal data; nothing of it was stored.")
class PersonalDataProblem(Problem):
    """Personal data in a text."""

    field: str | None = strawberry.field(description="The part of the input that holds it.")
    kind: str = strawberry.field(description="What it looks like, such as national_identity_number or phone.")
    start: int = strawberry.field(description="Where it begins, in Unicode code points from 0.")
    end: int = strawberry.field(description="Where it ends, exclusive.")
    quote: str = strawberry.field(description="What stands there, at most 80 characters of it.")


@strawberry.type(description="Only someone who has logged in may do this.")
class LoginProblem(Problem):
    """No actor."""


@strawberry.type(description="A rule refuses; the code names the rule.")
class NotAllowedProblem(Problem):
    """A refusal."""


@strawberry.type(description="It is not there, or the actor may not know of it.")
class NotFoundProblem(Problem):
    """Nothing there."""

    field: str | None = strawberry.field(description="The part of the input that is meant, when one is.")


@strawberry.type(description="It has changed meanwhile, or was done already.")
class ConflictProblem(Problem):
    """Somebody was first."""


@strawberry.type(description="A limit was passed.")
class LimitProblem(Problem):
    """Too much, or too often."""

    limit: str = strawberry.field(description="The limit's name and size.")
    figure: str = strawberry.field(description="What was asked for or reached.")


@strawberry.type(description="A part that this needs does not answer; trying again later may help.")
class UnavailableProblem(Problem):
    """An outage of a part."""


RETRY_SECONDS = 60
"""When to come back from an outage: nobody knows how long it lasts."""

PROBLEMS = (
    InvalidProblem,
    PersonalDataProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
    ConflictProblem,
    LimitProblem,
    UnavailableProblem,
)
AnyProblem = (
    InvalidProblem
    | PersonalDataProblem
    | LoginProblem
    | NotAllowedProblem
    | NotFoundProblem
    | ConflictProblem
    | LimitProblem
    | UnavailableProblem
)

_Maker = Callable[[domain.DomainError, str], Problem]
_MAKERS: dict[type[domain.DomainError], _Maker] = {
    domain.PersonalData: lambda e, message: PersonalDataProblem(
        code=e.code,
        message=message,
        field=e.field,
        kind=e.params["kind"],
        start=e.params["start"],
        end=e.params["end"],
        quote=getattr(e, "quote", ""),
    ),
    domain.Invalid: lambda e, message: InvalidProblem(code=e.code, message=message, field=e.field),
    domain.Unauthenticated: lambda e, message: LoginProblem(code=e.code, message=message),
    domain.Forbidden: lambda e, message: NotAllowedProblem(code=e.code, message=message),
    domain.NotFound: lambda e, message: NotFoundProblem(code=e.code, message=message, field=e.field),
    domain.Conflict: lambda e, message: ConflictProblem(code=e.code, message=message),
    domain.LimitExceeded: lambda e, message: LimitProblem(
        code=e.code, message=message, limit=str(e.params["limit"]), figure=str(e.params["figure"])
    ),
    domain.Unavailable: lambda e, message: UnavailableProblem(code=e.code, message=message),
}


def problem_of(error: domain.DomainError, language: str) -> Any:
    """The problem that tells a refusal, in the person's language."""
    quoted = {"quote": error.quote} if isinstance(error, domain.PersonalData) else {}
    message = translate(language, error.message, **error.params, **quoted)
    for kind in type(error).__mro__:
        if kind in _MAKERS:
            problem = _MAKERS[kind](error, message)
            problem.also_invalid = [problem_of(other, language) for other in error.also]
            return problem
    raise error


def database_away() -> domain.Unavailable:
    """What a client is told while PostgreSQL is away."""
    return domain.Unavailable("database_away", "Tjenesten svarer ikke akkurat nå. Prøv igjen om litt.")


def retry_seconds(error: domain.DomainError) -> int | None:
    """After how many seconds it may go otherwise; None where time changes nothing."""
    if isinstance(error, domain.LimitExceeded):
        seconds: int | None = error.params.get("retry_after")
        return seconds
    return RETRY_SECONDS if isinstance(error, domain.Unavailable) else None


def problem_json(error: domain.DomainError, language: str) -> dict[str, Any]:
    """The same as plain JSON, for refusals met before a document runs."""
    problem = problem_of(error, language)
    fields = {k: v for k, v in vars(problem).items() if v is not None and k != "also_invalid"}
    if error.also:
        fields["alsoInvalid"] = [problem_json(other, language) for other in error.also]
    return {"__typename": type(problem).__name__, **fields}
