"""What moderators do, and what readers report."""

from typing import Annotated, Any

import strawberry

from api.context import Context, Info, context_of
from api.fields import IdempotencyKey, mutation, payload
from api.moderation.enums import Decision, ReasonCode
from api.moderation.following import ModerationQueueFilter, next_of
from api.moderation.types import ModeratedContent, ModerationCase, content_of
from api.node_ids import number_of, number_of_either
from api.slices import content_types
from backend.moderation import decisions, queue
from backend.moderation.decisions import Ruling
from backend.moderation.reports import report_content

SubjectId = Annotated[
    strawberry.ID, strawberry.argument(description="The id of a proposal, a comment or other content.")
]
CaseId = Annotated[strawberry.ID, strawberry.argument(description="The case's id.")]


@strawberry.type(name="CaseChanged", description="The case after the change.")
class ModerationCaseChanged:
    case: ModerationCase = strawberry.field(description="As it stands now.")

    @strawberry.field(
        description="The case that comes next in the queue and that the viewer may take; null when no other is left."
    )
    async def next(
        self,
        info: Info,
        filter: Annotated[  # noqa: A002
            ModerationQueueFilter | None, strawberry.argument(description="What to narrow the queue to.")
        ] = None,
    ) -> ModerationCase | None:
        return await next_of(context_of(info), self.case.row.id, filter)


@strawberry.type(description="The report has reached the moderators.")
class ContentReported:
    subject: Any = strawberry.field(description="What was reported.", graphql_type=ModeratedContent)


ModerationCasePayload = payload(ModerationCaseChanged, "CasePayload", "The case, or why not.")
ReportPayload = payload(ContentReported, "ReportPayload", "That the report was received, or why not.")


def _subject(value: strawberry.ID) -> tuple[str, int]:
    kinds = {name: kind for kind, name in content_types().items()}
    type_name, number = number_of_either(value, kinds, field="subject")
    return kinds[type_name], number


async def _case(context: Context, number: int) -> ModerationCaseChanged:
    return ModerationCaseChanged(case=ModerationCase.from_row(await queue.access_case(context.actor, number)))


@strawberry.type
class ModerationMutations:
    """Reporting, claiming, deciding."""

    @mutation(ReportPayload, scope="write", description="Tell the moderators that content breaks the rules.")
    async def report_content(
        self,
        info: Info,
        subject: SubjectId,
        reason_code: Annotated[
            ReasonCode | None, strawberry.argument(description="Which rule it breaks; a report needs one.")
        ] = None,
        text: Annotated[
            str, strawberry.argument(description="In own words, up to 2,000 characters; needed for OTHER.")
        ] = "",
        idempotency_key: IdempotencyKey = None,
    ) -> ContentReported:
        context = context_of(info)
        subject_type, number = _subject(subject)
        await report_content(context.actor, subject_type, number, reason_code, text, idempotency_key)
        return ContentReported(subject=await content_of(context, subject_type, number))

    @mutation(
        ModerationCasePayload,
        scope="moderate",
        description="Take a case on, for 30 minutes. Of several at once one gets it.",
    )
    async def claim_case(self, info: Info, id: CaseId) -> ModerationCaseChanged:  # noqa: A002
        context, number = context_of(info), number_of(id, "ModerationCase")
        await queue.claim(context.actor, number)
        return await _case(context, number)

    @mutation(ModerationCasePayload, scope="moderate", description="Give a claimed case back to the queue.")
    async def release_case(self, info: Info, id: CaseId) -> ModerationCaseChanged:  # noqa: A002
        context, number = context_of(info), number_of(id, "ModerationCase")
        await queue.release(context.actor, number)
        return await _case(context, number)

    @mutation(
        ModerationCasePayload,
        scope="moderate",
        description="Decide a case that waits, or that the viewer claimed.",
    )
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
    ) -> ModerationCaseChanged:
        context, number = context_of(info), number_of(id, "ModerationCase")
        ruling = Ruling(decision, expected_version, reason_code, reason_text)
        await decisions.decide(context.actor, number, ruling)
        return await _case(context, number)

    @mutation(
        ModerationCasePayload, scope="moderate", description="Show hidden content again, as it was before."
    )
    async def restore_content(
        self,
        info: Info,
        subject: SubjectId,
        reason_text: Annotated[
            str | None, strawberry.argument(description="Why, up to 2,000 characters.")
        ] = None,
    ) -> ModerationCaseChanged:
        """Restored; the case holds the decision."""
        context = context_of(info)
        subject_type, number = _subject(subject)
        case_id = await decisions.restore(context.actor, subject_type, number, reason_text)
        return await _case(context, case_id)
