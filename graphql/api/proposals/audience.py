"""Whom an answer would tell, for planners to see before they give it."""

from typing import Annotated

import strawberry

from api.context import Context, Info, context_of
from api.errors import LimitProblem, LoginProblem, NotAllowedProblem, Problem, problem_of
from api.fields import payload, result_field
from api.node_ids import number_of
from api.notifications.enums import Cause
from api.proposals.loaders import facts_loader
from api.proposals.types import Proposal
from backend.platform.errors import DomainError
from backend.proposals.answer_audience import AudienceRow, answer_audience
from backend.proposals.assessment import at_most_at_once


@strawberry.type(description="How many people would be told for one cause.")
class AudienceCause:
    cause: Cause = strawberry.field(description="Why they would be told.")
    count: int = strawberry.field(description="How many they are.")


@strawberry.type(description="Whom an answer to one proposal would tell.")
class ProposalAudience:
    """Either figures, or why the viewer could not answer it now."""

    row: strawberry.Private[AudienceRow | None]
    id: strawberry.ID = strawberry.field(description="The id that was sent.")
    people: int = strawberry.field(description="How many people would be told, by whatever channel.")
    causes: list[AudienceCause] = strawberry.field(
        description="The same by cause, the strongest first; each person is told for one."
    )
    problem: Problem | None = strawberry.field(description="Why the viewer could not answer it now.")

    @strawberry.field(description="The proposal; null when the viewer may not know of it.")
    async def proposal(self, info: Info) -> Proposal | None:
        """Read together with the others."""
        if self.row is None:
            return None
        facts = await facts_loader(context_of(info)).load(self.row.proposal_id)
        return Proposal.from_row(facts.proposal) if facts else None

    @classmethod
    def from_row(cls, row: AudienceRow, global_id: strawberry.ID, language: str) -> "ProposalAudience":
        """The type for a row."""
        return cls(
            row=row,
            id=global_id,
            people=sum(row.causes.values()),
            causes=[AudienceCause(cause=c, count=row.causes[c]) for c in Cause if c in row.causes],
            problem=problem_of(row.refusal, language) if row.refusal else None,
        )

    @classmethod
    def refused(cls, global_id: strawberry.ID, refusal: DomainError, language: str) -> "ProposalAudience":
        """The type for an id that can be no proposal's."""
        return cls(row=None, id=global_id, people=0, causes=[], problem=problem_of(refusal, language))


@strawberry.type(description="Whom answers would tell if they were given now.")
class AnswerAudience:
    """Figures, one result for each different id."""

    people: int = strawberry.field(
        description="How many different people would be told of one or more of the answers."
    )
    results: list[ProposalAudience] = strawberry.field(description="In the order of the ids.")


AnswerAudienceResult = payload(
    AnswerAudience,
    "AnswerAudienceResult",
    "The figures, or why there are none.",
    LoginProblem,
    NotAllowedProblem,
    LimitProblem,
)


@strawberry.type
class AudienceQueries:
    """What planners may ask before they answer."""

    @result_field(
        AnswerAudienceResult,
        scope="read",
        description="How many people would be told if these proposals were answered now, and why each. Nobody is "
        "named.",
    )
    async def answer_audience(
        self,
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="At most 100 proposals' ids.")],
    ) -> AnswerAudience:
        """For planners; those who look at what they may not answer are told so in its result."""
        context = context_of(info)
        at_most_at_once(different := list(dict.fromkeys(ids)))
        numbers, refused = _numbers(context, different)
        audience = await answer_audience(context.actor, list(numbers.values()))
        rows = {row.proposal_id: row for row in audience.rows}
        previews = {
            global_id: ProposalAudience.from_row(rows[number], global_id, context.language)
            for global_id, number in numbers.items()
        }
        results = previews | refused
        return AnswerAudience(people=audience.people, results=[results[global_id] for global_id in different])


def _numbers(
    context: Context, ids: list[strawberry.ID]
) -> tuple[dict[strawberry.ID, int], dict[strawberry.ID, ProposalAudience]]:
    """The proposals' numbers, and the results of those ids that can be none."""
    numbers, refused = {}, {}
    for global_id in ids:
        try:
            numbers[global_id] = number_of(global_id, "Proposal", field="ids")
        except DomainError as refusal:
            refused[global_id] = ProposalAudience.refused(global_id, refusal, context.language)
    return numbers, refused
