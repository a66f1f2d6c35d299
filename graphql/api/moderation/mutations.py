"""What moderators do, and what readers report."""

from typing import Annotated

import strawberry

from api.context import Context, Info, context_of
from api.errors import (
    ConflictProblem,
    InvalidProblem,
    LimitProblem,
    LoginProblem,
    NotAllowedProblem,
    NotFoundProblem,
    PersonalDataProblem,
    UnavailableProblem,
)
from api.moderation.enums import Decision, ReasonCode
from api.moderation.types import ModeratedContent, ModerationCase, content_of
from api.node_ids import number_of, number_of_either
from api.proposals.mutations import IdempotencyKey
from api.refusals import with_problems
from backend.authz import require, with_scope
from backend.moderation import decisions, queue
from backend.moderation.decisions import Ruling
from backend.moderation.reports import report_content

_SUBJECT_TYPES = {"Proposal": "proposal", "Comment": "comment"}
SubjectId = Annotated[strawberry.ID, strawberry.argument(description="A proposal's or a comment's id.")]
CaseId = Annotated[strawberry.ID, strawberry.argument(description="The case's id.")]


@strawberry.type(description="The case after the change.")
class CaseChanged:
    """Success."""

    case: ModerationCase = strawberry.field(description="As it stands now.")


@strawberry.type(description="The report has reached the moderators.")
class ContentReported:
    """Success."""

    subject: ModeratedContent = strawberry.field(description="What was reported.")


CasePayload = Annotated[
    CaseChanged
    | InvalidProblem
    | PersonalDataProblem
    | LoginProblem
    | NotAllowedProblem
    | NotFoundProblem
    | ConflictProblem
    | LimitProblem
    | UnavailableProblem,
    strawberry.union("CasePayload", description="The case, or why not."),
]
ReportPayload = Annotated[
    ContentReported
    | InvalidProblem
    | PersonalDataProblem
    | LoginProblem
    | NotAllowedProblem
    | NotFoundProblem
    | ConflictProblem
    | LimitProblem
    | UnavailableProblem,
    strawberry.union("ReportPayload", description="That the report was received, or why not."),
]


def _subject(value: strawberry.ID) -> tuple[str, int]:
    type_name, number = number_of_either(value, _SUBJECT_TYPES, field="subject")
    return _SUBJECT_TYPES[type_name], number


async def _case(context: Context, number: int) -> CaseChanged:
    return CaseChanged(case=ModerationCase.from_row(await queue.access_case(context.actor, number)))


@strawberry.type
class ModerationMutations:
    """Reporting, claiming, deciding."""

    @strawberry.mutation(description="Tell the moderators that content breaks the rules.")
    @with_problems
    async def report_content(
        self,
        info: Info,
        subject: SubjectId,
        reason_code: Annotated[ReasonCode, strawberry.argument(description="Which rule it breaks.")],
        text: Annotated[
            str, strawberry.argument(description="In own words, up to 2,000 characters; needed for OTHER.")
        ] = "",
        idempotency_key: IdempotencyKey = None,
    ) -> ReportPayload:
        """Reported."""
        context = context_of(info)
        require(with_scope("write")(context.actor, None))
        subject_type, number = _subject(subject)
        await report_content(context.actor, subject_type, number, reason_code, text, idempotency_key)
        return ContentReported(subject=await content_of(context, subject_type, number))

    @strawberry.mutation(description="Take a case on, for 30 minutes. Of several at once one gets it.")
    @with_problems
    async def claim_case(self, info: Info, id: CaseId) -> CasePayload:  # noqa: A002
        """Claimed."""
        context, number = context_of(info), number_of(id, "ModerationCase")
        await queue.claim(context.actor, number)
        return await _case(context, number)

    @strawberry.mutation(description="Give a claimed case back to the queue.")
    @with_problems
    async def release_case(self, info: Info, id: CaseId) -> CasePayload:  # noqa: A002
        """Released."""
        context, number = context_of(info), number_of(id, "ModerationCase")
        await queue.release(context.actor, number)
        return await _case(context, number)

    @strawberry.mutation(description="Decide a case that waits, or that the viewer claimed.")
    @with_problems
    async def decide_case(
        self,
        info: Info,
        id: CaseId,  # noqa: A002
        decision: Annotated[Decision, strawberry.argument(description="One of the case's `choices`.")],
        expected_version: Annotated[
            int, strawberry.argument(description="The case's `contentVersion` when the content was read.")
        ],
        reason_code: Annotated[
            ReasonCode | None, strawberry.argument(description="The ground; needed for REJECT and HIDE.")
        ] = None,
        reason_text: Annotated[
            str | None,
            strawberry.argument(
                description="To the author, up to 2,000 characters; needed for REJECT and HIDE."
            ),
        ] = None,
    ) -> CasePayload:
        """Decided."""
        context, number = context_of(info), number_of(id, "ModerationCase")
        ruling = Ruling(decision, expected_version, reason_code, reason_text)
        await decisions.decide(context.actor, number, ruling)
        return await _case(context, number)

    @strawberry.mutation(description="Show hidden content again, as it was before.")
    @with_problems
    async def restore_content(
        self,
        info: Info,
        subject: SubjectId,
        reason_text: Annotated[
            str | None, strawberry.argument(description="Why, up to 2,000 characters.")
        ] = None,
    ) -> CasePayload:
        """Restored; the case holds the decision."""
        context = context_of(info)
        subject_type, number = _subject(subject)
        case_id = await decisions.restore(context.actor, subject_type, number, reason_text)
        return await _case(context, case_id)
