"""What planners do before they answer, and with many proposals: taking up together, and looking at an answer first."""

from typing import Annotated

import strawberry

from api.context import Info, context_of
from api.errors import (
    InvalidProblem,
    LimitProblem,
    LoginProblem,
    NotAllowedProblem,
    PersonalDataProblem,
    Problem,
    problem_of,
)
from api.fields import mutation, payload, result_field
from api.proposals.assessment import Answer, changed_proposals, numbers_of
from api.proposals.enums import Outcome
from api.proposals.types import Proposal
from backend.proposals import assessment
from backend.text.markup import render_markdown


@strawberry.type(description="What came of taking one proposal among many up for assessment.")
class AssessmentResult:
    """Either the proposal as it stands now, or why it was not taken up."""

    id: strawberry.ID = strawberry.field(description="The id that was sent.")
    proposal: Proposal | None = strawberry.field(description="The proposal when it was taken up.")
    problem: Problem | None = strawberry.field(description="Why not, when it was not.")


@strawberry.type(
    description="What came of taking many proposals up for assessment, one result for each different id."
)
class AssessmentsStarted:
    """Done as far as each could be."""

    results: list[AssessmentResult] = strawberry.field(description="In the order of the ids.")


@strawberry.type(description="An answer as everybody would read it. Nothing is stored.")
class AnswerPreview:
    """An answer that is fit to be given."""

    outcome: Outcome = strawberry.field(description="What would be decided.")
    language: str = strawberry.field(description="The language it is written in.")
    reason_html: str = strawberry.field(description="Why, as safe HTML.")


StartAssessmentsPayload = payload(
    AssessmentsStarted,
    "StartAssessmentsPayload",
    "A result for each, or why none was tried.",
    LoginProblem,
    NotAllowedProblem,
    LimitProblem,
)
AnswerPreviewResult = payload(
    AnswerPreview,
    "AnswerPreviewResult",
    "The answer, or why it could not be given so.",
    InvalidProblem,
    PersonalDataProblem,
    LoginProblem,
    NotAllowedProblem,
)


@strawberry.type
class PlanningMutations:
    """What planners do with many."""

    @mutation(
        StartAssessmentsPayload,
        scope="plan",
        description="Take up to 100 public proposals up for assessment; a refusal of one stops no other. What is "
        "answered stays so: changeStatus takes an answer back.",
    )
    async def start_assessments(
        self,
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="At most 100 proposals' ids.")],
    ) -> AssessmentsStarted:
        context = context_of(info)
        assessment.at_most_at_once(different := list(dict.fromkeys(ids)))
        numbers, refusals = numbers_of(different)
        started = await assessment.start_assessments(context.actor, list(numbers.values()))
        by_number = {result.proposal_id: result.refusal for result in started}
        refusals |= {each: found for each, number in numbers.items() if (found := by_number[number])}
        known = await changed_proposals(
            context, [number for each, number in numbers.items() if each not in refusals]
        )
        results = [
            AssessmentResult(id=each, proposal=None, problem=problem_of(refusals[each], context.language))
            if each in refusals
            else AssessmentResult(id=each, proposal=known.get(numbers[each]), problem=None)
            for each in different
        ]
        return AssessmentsStarted(results=results)


@strawberry.type
class PlanningQueries:
    """What planners look at first."""

    @result_field(
        AnswerPreviewResult,
        scope="plan",
        description="How an answer would read, with what would stop it. For planners; nothing is stored.",
    )
    async def preview_answer(self, info: Info, input: Answer) -> AnswerPreview:  # noqa: A002
        """Cleaned and rendered as answers are."""
        context = context_of(info)
        valid = assessment.validate_answer(context.actor, input.outcome, input.reason, input.language)
        return AnswerPreview(
            outcome=valid.outcome, language=valid.language, reason_html=render_markdown(valid.reason)
        )
