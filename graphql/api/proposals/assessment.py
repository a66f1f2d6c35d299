"""What planners do with proposals: taking up, answering, telling how it goes."""

from collections.abc import Sequence
from typing import Annotated

import strawberry

from api.context import Context, Info, context_of
from api.errors import (
    InvalidProblem,
    LimitProblem,
    LoginProblem,
    NotAllowedProblem,
    PersonalDataProblem,
    Problem,
    problem_of,
)
from api.fields import IdempotencyKey, mutation, payload
from api.node_ids import number_of
from api.proposals.enums import Outcome, ProposalState
from api.proposals.loaders import facts_loader
from api.proposals.mutations import (
    ProposalChanged,
    ProposalId,
    ProposalPayload,
    changed_proposal,
)
from api.proposals.types import Proposal
from backend.platform.errors import DomainError
from backend.proposals import assessment


@strawberry.input(description="The municipality's answer.")
class AnswerInput:
    """An outcome with its public reason."""

    outcome: Outcome = strawberry.field(description="What was decided.")
    reason: str = strawberry.field(
        description="Why, for everybody to read: 20 to 10,000 characters of Markdown."
    )
    language: str = strawberry.field(default="nb", description="The language the reason is written in.")


@strawberry.type(description="What came of answering one proposal among many.")
class AnswerResult:
    """Either the proposal as it stands now, or why it was not answered."""

    id: strawberry.ID = strawberry.field(description="The id that was sent.")
    proposal: Proposal | None = strawberry.field(description="The proposal when it was answered.")
    problem: Problem | None = strawberry.field(description="Why not, when it was not answered.")


@strawberry.type(description="What came of answering many proposals, one result for each different id.")
class ProposalsAnswered:
    """Done as far as each could be."""

    results: list[AnswerResult] = strawberry.field(description="In the order of the ids.")


AnswerProposalsPayload = payload(
    ProposalsAnswered,
    "AnswerProposalsPayload",
    "A result for each, or why none was tried.",
    InvalidProblem,
    PersonalDataProblem,
    LoginProblem,
    NotAllowedProblem,
    LimitProblem,
)
Answer = Annotated[AnswerInput, strawberry.argument(description="The answer.")]


@strawberry.type
class AssessmentMutations:
    """What planners do."""

    @mutation(ProposalPayload, scope="plan", description="Take a public proposal up for assessment.")
    async def start_assessment(self, info: Info, id: ProposalId) -> ProposalChanged:  # noqa: A002
        context, number = _context_and_number(info, id)
        await assessment.start_assessment(context.actor, number)
        return ProposalChanged(proposal=await changed_proposal(context, number))

    @mutation(
        ProposalPayload,
        scope="plan",
        description="Answer a proposal; those concerned are told. One that was answered is first taken back.",
    )
    async def answer_proposal(
        self,
        info: Info,
        id: ProposalId,  # noqa: A002
        input: Answer,  # noqa: A002
        idempotency_key: IdempotencyKey = None,
    ) -> ProposalChanged:
        context, number = _context_and_number(info, id)
        await assessment.answer_proposal(
            context.actor, number, input.outcome, input.reason, input.language, key=idempotency_key
        )
        return ProposalChanged(proposal=await changed_proposal(context, number))

    @mutation(
        AnswerProposalsPayload,
        scope="plan",
        description="Answer up to 100 proposals alike; a refusal of one stops no other.",
    )
    async def answer_proposals(
        self,
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="At most 100 proposals' ids.")],
        input: Answer,  # noqa: A002
        idempotency_key: IdempotencyKey = None,
    ) -> ProposalsAnswered:
        context = context_of(info)
        numbers, refusals = numbers_of(ids)
        answered = await assessment.answer_many(
            context.actor,
            list(numbers.values()),
            input.outcome,
            input.reason,
            input.language,
            key=idempotency_key,
        )
        by_number = {result.proposal_id: result for result in answered}
        proposals = await changed_proposals(context, [r.proposal_id for r in answered if r.refusal is None])
        results = {each: _refused(context, each, refusal) for each, refusal in refusals.items()}
        for global_id, number in numbers.items():
            refusal = by_number[number].refusal
            results[global_id] = (
                _refused(context, global_id, refusal)
                if refusal
                else AnswerResult(id=global_id, proposal=proposals.get(number), problem=None)
            )
        return ProposalsAnswered(results=[results[global_id] for global_id in dict.fromkeys(ids)])

    @mutation(
        ProposalPayload,
        scope="plan",
        description="Set a status that is no answer: PUBLISHED, ASSESSMENT, UNDER_WAY or DONE, where the "
        "proposal can go there.",
    )
    async def change_status(
        self,
        info: Info,
        id: ProposalId,  # noqa: A002
        status: Annotated[ProposalState, strawberry.argument(description="The status to set.")],
        reason: Annotated[
            str | None,
            strawberry.argument(description="Why, for the public timeline; at most 2,000 characters."),
        ] = None,
    ) -> ProposalChanged:
        context, number = _context_and_number(info, id)
        await assessment.change_status(context.actor, number, status, reason)
        return ProposalChanged(proposal=await changed_proposal(context, number))


def _context_and_number(info: Info, global_id: strawberry.ID) -> tuple[Context, int]:
    """The operation's context and the proposal's number."""
    return context_of(info), number_of(global_id, "Proposal")


def _refused(context: Context, global_id: strawberry.ID, refusal: DomainError) -> AnswerResult:
    return AnswerResult(id=global_id, proposal=None, problem=problem_of(refusal, context.language))


def numbers_of(
    ids: Sequence[strawberry.ID],
) -> tuple[dict[strawberry.ID, int], dict[strawberry.ID, DomainError]]:
    """The proposals' numbers, and why the other ids can be none."""
    numbers, refusals = {}, {}
    for global_id in ids:
        try:
            numbers[global_id] = number_of(global_id, "Proposal", field="ids")
        except DomainError as refusal:
            refusals[global_id] = refusal
    return numbers, refusals


async def changed_proposals(context: Context, numbers: list[int]) -> dict[int, Proposal]:
    """Many proposals as they stand now, read together."""
    context.reset()
    found = await facts_loader(context).load_many(numbers)
    return {facts.proposal.id: Proposal.from_row(facts.proposal) for facts in found if facts}
