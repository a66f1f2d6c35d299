"""What a page does with a form: carries it out, and answers what became of it."""

from collections.abc import Awaitable, Callable, Container, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.responses import Response

from backend.platform.errors import DomainError
from web.page.forms import Form, FormProblem
from web.page.visit import Visit, refusal_of

_NOT_AT_A_FORM: Final = frozenset({"NotFoundProblem", "UnavailableProblem"})


def refused_status(problem: FormProblem) -> int:
    """401 when the session has ended, so that the form tells how to go on; 400 for anything else."""
    return 401 if problem.kind == "LoginProblem" else 400


def form_status(form: Form) -> int:
    """The status of the form's latest problem; 200 when it has none."""
    return refused_status(form.problems[-1]) if form.problems else 200


async def submit(
    visit: Visit,
    operation: str,
    variables: Mapping[str, Any],
    address: str,
    notice: str | None = None,
    *,
    refused: "Refused | None" = None,
    repeats: Container[str] = (),
) -> Response:
    """Carry a form out by a mutation: on to `address` with the notice, or what `refused` makes of a problem.

    `repeats` are the codes or kinds of problems that say that it was done already: sent twice, it succeeds twice.
    """
    payload, problem = await visit.mutate(operation, **variables)
    if problem is None or problem.code in repeats or problem.kind in repeats:
        return visit.redirect(address, notice)
    return await (refused or Refused()).answer(visit, address, payload, problem)


@dataclass(frozen=True, slots=True)
class Refused:
    """What becomes of a refused form.

    With `again`, the page that it was sent from is shown with everything typed, the problem at its field (`fields` as
    in Form.add) and the refusal's status. What is gone or away has no such page; nor has a form of one button. Who is
    not logged in is led to the login, but from a page that is public.
    """

    form: Form = field(default_factory=Form)
    again: Callable[[Form, int], Awaitable[Response]] | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    is_public: bool = False

    async def answer(
        self, visit: Visit, address: str, payload: Mapping[str, Any], problem: FormProblem
    ) -> Response:
        """The page again, or the login; raises what no form can mend."""
        if problem.kind == "LoginProblem" and not self.is_public:
            return visit.to_login(address.partition("#")[0])
        if self.again is None:
            raise refusal_of(payload)
        refusal = refusal_at_form(payload, problem)
        self.form.add(problem, self.fields)
        return await self.again(self.form, refusal.status)


def refusal_at_form(payload: Mapping[str, Any], problem: FormProblem) -> DomainError:
    """The refusal, where a form can show it; raises it where the thing is gone or a part of the platform is away."""
    refusal = refusal_of(payload)
    if problem.kind in _NOT_AT_A_FORM:
        raise refusal
    return refusal
