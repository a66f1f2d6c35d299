"""The smaller GraphQL types that belong to a moderation case."""

from collections.abc import Sequence
from datetime import datetime

import strawberry

from api.accounts.types import Author, author_of
from api.context import Info, context_of
from api.moderation.enums import ModerationCaseDecision, ReasonCode, SubjectType
from api.node_ids import to_global_id
from backend.moderation.details import PastRow, ReportRow, SignalRow
from backend.moderation.marks import Mark
from backend.moderation.reasons import GROUNDS
from backend.notifications.wording import Message
from backend.platform.i18n import translate
from backend.text.markup import render_markdown


@strawberry.type(description="Why content breaks the rules, in words.")
class ModerationGround:
    code: ReasonCode = strawberry.field(description="For machines.")
    text: str = strawberry.field(description="For people, in their language.")


def ground_of(code: str, language: str) -> ModerationGround:
    """The ground with this code."""
    return ModerationGround(code=ReasonCode(code), text=translate(language, GROUNDS[code]))


@strawberry.type(description="Why screening held content.")
class HoldReason:
    code: str = strawberry.field(description="For machines; new codes may come.")
    message: str = strawberry.field(description="For people, in their language.")


@strawberry.type(description="A named figure or word about a signal.")
class SignalDetail:
    name: str = strawberry.field(description="What it is.")
    value: str = strawberry.field(description="Its value as text.")


@strawberry.type(description="What one signal of screening said about the text.")
class ModerationSignal:
    name: str = strawberry.field(description="Which one.")
    version: str = strawberry.field(description="Which version of it.")
    score: float | None = strawberry.field(description="0 to 1; null when it failed.")
    details: list[SignalDetail] = strawberry.field(description="Why it said so.")

    @classmethod
    def from_row(cls, row: SignalRow) -> "ModerationSignal":
        """The type for a row."""
        details = [SignalDetail(name=name, value=_text(value)) for name, value in sorted(row.detail.items())]
        return cls(name=row.name, version=row.version, score=row.score, details=details)


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@strawberry.type(description="A place in the content that a signal points to.")
class ModerationMark:
    """A mark, found in the text as it is now."""

    field: str = strawberry.field(description="title or body.")
    signal: str = strawberry.field(description="Which signal, or personal_data.")
    start: int = strawberry.field(description="Its first character, from 0.")
    end: int = strawberry.field(description="The character after its last.")


def marks_of(field: str, marks: Sequence[Mark]) -> list[ModerationMark]:
    """The places in one field."""
    return [ModerationMark(field=field, signal=mark.signal, start=mark.start, end=mark.end) for mark in marks]


@strawberry.type(description="What the author would be told of a decision.")
class DecisionPreview:
    """In the viewer's language; the author reads it in their own."""

    subject: str = strawberry.field(description="The first line of the notification.")
    text: str = strawberry.field(description="The notification.")
    reasons: list[str] = strawberry.field(description="The ground in words, when there is one.")
    reason_html: str = strawberry.field(description="The moderator's own words as safe HTML.")

    @classmethod
    def of(cls, said: Message, reason_text: str | None) -> "DecisionPreview":
        """The type for a notification and the words beside it."""
        html = render_markdown(reason_text) if reason_text else ""
        return cls(subject=said.subject, text=said.text, reasons=list(said.reasons), reason_html=html)


@strawberry.type(description="A decision against other content of the same author, in short.")
class PastDecision:
    """A row of what is known of the author."""

    case_id: strawberry.ID = strawberry.field(description="What moderationCase takes.")
    subject_type: SubjectType = strawberry.field(description="What it was about.")
    decision: ModerationCaseDecision = strawberry.field(description="REJECT or HIDE.")
    decided_at: datetime = strawberry.field(description="When it was decided.")
    ground: ModerationGround = strawberry.field(description="Why.")

    @classmethod
    def from_row(cls, row: PastRow, language: str) -> "PastDecision":
        """The type for a decided case."""
        return cls(
            case_id=strawberry.ID(to_global_id("ModerationCase", row.id)),
            subject_type=SubjectType(row.subject_type),
            decision=ModerationCaseDecision(row.decision),
            decided_at=row.decided_at,
            ground=ground_of(row.reason_code, language),
        )


@strawberry.type(description="What one reader told the moderators.")
class ContentReport:
    """A report; the author of the content never learns who told."""

    row: strawberry.Private[ReportRow]
    ground: ModerationGround = strawberry.field(description="Which rule it breaks.")
    text: str = strawberry.field(description="In the reader's own words; may be empty.")
    at: datetime = strawberry.field(description="When.")

    @strawberry.field(description="Who told.")
    async def reporter(self, info: Info) -> Author | None:
        return await author_of(context_of(info), self.row.reporter_id)

    @classmethod
    def from_row(cls, row: ReportRow, language: str) -> "ContentReport":
        """The type for a row."""
        return cls(row=row, ground=ground_of(row.reason_code, language), text=row.text, at=row.created_at)
