"""GraphQL types of moderation cases."""

from datetime import datetime
from functools import reduce
from operator import or_
from pkgutil import resolve_name
from typing import Annotated, Any

import strawberry

from api.accounts.enums import NameKind
from api.accounts.queries import UsedName
from api.accounts.types import Author, author_of
from api.content.loaders import summary_of
from api.context import Context, Info, context_of
from api.moderation import loaders
from api.moderation.enums import (
    Decision,
    ModerationCaseDecision,
    ModerationCaseOrigin,
    ModerationCaseState,
    ReasonCode,
    SubjectType,
)
from api.moderation.parts import (
    ContentReport,
    DecisionPreview,
    HoldReason,
    ModerationGround,
    ModerationMark,
    ModerationSignal,
    PastDecision,
    ground_of,
    marks_of,
)
from api.node import Node, fetch_content, fetched_by
from api.node_ids import to_global_id
from api.proposals.loaders import pending_loader
from api.proposals.pending import PendingVersionType
from api.slices import content_places
from api.topics.loaders import topic_loader
from api.topics.types import Topic
from api.viewer import Permission, permission_to
from backend.content.kinds import ContentRef
from backend.content.registry import kind_of
from backend.moderation.decisions import REASON_TEXT, choices
from backend.moderation.preview import preview_notification
from backend.moderation.queue import CLAIM_LASTS, CaseRow, access_case, may_claim
from backend.moderation.signals.reasons import MODERATOR_TEXTS
from backend.platform.errors import DomainError
from backend.platform.i18n import translate
from backend.proposals.pending import EDIT

_MODERATED: Any = reduce(or_, map(resolve_name, content_places().values()))
ModeratedContent: Any = Annotated[
    _MODERATED, strawberry.union("ModeratedContent", description="What can be moderated.")
]


@strawberry.type(description="One decision to be made, or made, about one piece of content. For moderators.")
class ModerationCase(Node):
    """A case that the actor may decide."""

    row: strawberry.Private[CaseRow]
    subject_type: SubjectType = strawberry.field(description="What it is about.")
    origin: ModerationCaseOrigin = strawberry.field(description="Who asked for a decision.")
    state: ModerationCaseState = strawberry.field(description="How far it has come.")
    created_at: datetime = strawberry.field(description="Since when it waits.")
    report_count: int = strawberry.field(description="How many readers reported the content.")
    content_version: int = strawberry.field(
        description="The version of the content now: what decideCase wants as `expectedVersion`."
    )
    decision: ModerationCaseDecision | None = strawberry.field(description="What came of it.")
    decided_at: datetime | None = strawberry.field(description="When it was decided.")
    reason_text: str | None = strawberry.field(description="What the moderator wrote to the author.")

    @strawberry.field(
        description="The content; null when moderators may not see it, such as a draft.",
        graphql_type=ModeratedContent | None,
    )
    async def subject(self, info: Info) -> Any:
        return await content_of(context_of(info), self.row.subject_type, self.row.subject_id)

    @strawberry.field(
        description="The edit that the case is about, while it is not in force; null for other cases. The text that "
        "it would replace is the `subject`'s."
    )
    async def pending_version(self, info: Info) -> PendingVersionType | None:
        """The edit as it stands."""
        return await _edit_of(context_of(info), self.row)

    @strawberry.field(description="The topic it is in.")
    async def topic(self, info: Info) -> Topic:
        row: Any = await topic_loader(context_of(info)).load(self.row.topic_id)
        return Topic.from_row(row)

    @strawberry.field(description="Why screening held the content.")
    def hold_reasons(self, info: Info) -> list[HoldReason]:
        """One for each signal at the most, and a few more."""
        language = context_of(info).language
        return [
            HoldReason(code=code, message=translate(language, MODERATOR_TEXTS.get(code, code)))
            for code in self.row.reasons
        ]

    @strawberry.field(description="The ground of the decision, when one was given.")
    def ground(self, info: Info) -> ModerationGround | None:
        code = self.row.reason_code
        return ground_of(code, context_of(info).language) if code else None

    @strawberry.field(description="What can be decided about the content as it stands.")
    def choices(self) -> list[Decision]:
        """Nothing once it is decided."""
        if self.state is ModerationCaseState.DECIDED:
            return []
        return list(choices(self.row.subject_state, is_shown=self.row.subject_is_shown))

    @strawberry.field(description="Who is at work on it; null once their time with it is over.")
    async def claimed_by(self, info: Info) -> Author | None:
        return await author_of(context_of(info), self.row.claimed_by_id) if self.row.claim_holds else None

    @strawberry.field(description="Until when it is theirs alone; null when it is nobody's.")
    def claimed_until(self) -> datetime | None:
        """30 minutes after the claim."""
        claimed_at = self.row.claimed_at
        return claimed_at + CLAIM_LASTS if self.row.claim_holds and claimed_at else None

    @strawberry.field(description="Whether the viewer is at work on it.")
    def viewer_has_claimed(self, info: Info) -> bool:
        return self.row.claim_holds and self.row.claimed_by_id == context_of(info).actor.account_id

    @strawberry.field(description="Whether the viewer may take it on now, and why not.")
    def viewer_can_claim(self, info: Info) -> Permission:
        context = context_of(info)
        return permission_to(context.actor, "moderate", may_claim(context.actor, self.row), context.language)

    @strawberry.field(description="Who decided it; null when nobody did, but screening.")
    async def decided_by(self, info: Info) -> Author | None:
        return await author_of(context_of(info), self.row.decided_by_id)

    @strawberry.field(description="What screening found.")
    async def signals(self, info: Info) -> list[ModerationSignal]:
        """One for each signal there is."""
        rows = await loaders.signals_loader(context_of(info)).load(self.row.id)
        return [ModerationSignal.from_row(row) for row in rows]

    @strawberry.field(
        description="Where in the content the signals point, at most 100 places a field. For a few cases at once."
    )
    async def marks(self, info: Info) -> list[ModerationMark]:
        """Places in the text as it is now."""
        context = context_of(info)
        if self.row.subject_type == EDIT:
            subject: Any = await _edit_of(context, self.row)
        else:
            subject = await content_of(context, self.row.subject_type, self.row.subject_id)
        if subject is None:
            return []
        texts = subject.moderated_texts()
        found = await loaders.marks_loader(context).load_many(
            [(text, subject.language) for text in texts.values()]
        )
        return [mark for field, marks in zip(texts, found, strict=True) for mark in marks_of(field, marks)]

    @strawberry.field(
        description="What the author would be told of a decision; null when it would be nothing."
    )
    async def preview(
        self,
        info: Info,
        decision: Annotated[Decision, strawberry.argument(description="What would be decided.")],
        reason_code: Annotated[ReasonCode | None, strawberry.argument(description="The ground.")] = None,
        reason_text: Annotated[
            str | None,
            strawberry.argument(description="To the author; only its first 2,000 characters count."),
        ] = None,
    ) -> DecisionPreview | None:
        """A notification that is not sent."""
        context = context_of(info)
        summary = await summary_of(context, self.row.root)
        if summary is None:
            return None
        message = preview_notification(self.row, decision, reason_code, summary, context.language)
        return DecisionPreview.of(message, reason_text and reason_text[: REASON_TEXT[1]]) if message else None

    @strawberry.field(description="What readers told, the oldest first, at most 100.")
    async def reports(self, info: Info) -> list[ContentReport]:
        context = context_of(info)
        rows = await loaders.reports_loader(context).load(self.row.id)
        return [ContentReport.from_row(row, context.language) for row in rows]

    @strawberry.field(
        description="Cases about the same content before this one, the newest first, at most 20."
    )
    async def earlier_cases(self, info: Info) -> list["ModerationCase"]:
        rows = await loaders.earlier_loader(context_of(info)).load(self.row.id)
        return [ModerationCase.from_row(row) for row in rows]

    @strawberry.field(
        description="Decisions against other content by the author, in topics of the viewer's, the newest first, "
        "at most 10."
    )
    async def author_cases(self, info: Info) -> list[PastDecision]:
        """Cases that ended with REJECT or HIDE."""
        context = context_of(info)
        rows = await loaders.author_cases_loader(context).load(self.row.id)
        return [PastDecision.from_row(row, context.language) for row in rows]

    @strawberry.field(
        description="The names that the author has used, the newest first, at most 20. That they are read is noted."
    )
    async def author_names(self, info: Info) -> list[UsedName]:
        if self.row.author_id is None:
            return []
        rows = await loaders.names_loader(context_of(info)).load((self.row.author_id, self.row.id))
        return [
            UsedName(display_name=row.display_name, kind=NameKind(row.name_kind), since=row.since)
            for row in rows
        ]

    @classmethod
    def from_row(cls, row: CaseRow) -> "ModerationCase":
        """The type for a row that the actor may see."""
        return cls(
            id=strawberry.ID(to_global_id("ModerationCase", row.id)),
            row=row,
            subject_type=SubjectType(row.subject_type),
            origin=ModerationCaseOrigin(row.origin),
            state=ModerationCaseState(row.state),
            created_at=row.created_at,
            report_count=row.report_count,
            content_version=row.current_version,
            decision=ModerationCaseDecision(row.decision) if row.decision else None,
            decided_at=row.decided_at,
            reason_text=row.reason_text,
        )


async def _edit_of(context: Context, case: CaseRow) -> PendingVersionType | None:
    """The edit that an open case is about; of a decided one the version that was decided, and no newer one."""
    if case.subject_type != EDIT:
        return None
    row = await pending_loader(context).load(case.subject_id)
    if row is None or (case.state == ModerationCaseState.DECIDED and row.number != case.subject_version):
        return None
    return PendingVersionType.from_row(row)


async def content_of(context: Context, subject_type: str, number: int) -> Any:
    """The content, if the actor may know of it; for a change of content, what it changes."""
    return await fetch_content(context, ContentRef(kind_of(subject_type).of, number))


@fetched_by("ModerationCase")
async def fetch_case(context: Context, number: int) -> Any:
    """A case that the actor may decide."""
    try:
        return ModerationCase.from_row(await access_case(context.actor, number))
    except DomainError:
        return None
