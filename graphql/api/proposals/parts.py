"""The smaller GraphQL types that belong to a proposal."""

from datetime import datetime

import orjson
import strawberry

from api.accounts.types import Author, author_of
from api.context import Info, context_of
from api.proposals.enums import Capacity, Outcome, ProposalState
from backend.proposals.queries import AnswerRow, LinkRow, TransitionRow
from backend.proposals.versions import VersionRow
from backend.text.markup import render_markdown


@strawberry.type(description="One step of a proposal's timeline.")
class TimelineStep:
    row: strawberry.Private[TransitionRow]
    number: int = strawberry.field(description="1 for the first.")
    source: ProposalState = strawberry.field(description="The state before.")
    target: ProposalState = strawberry.field(description="The state after.")
    part: Capacity = strawberry.field(description="In which capacity somebody took the step.")
    reason: str | None = strawberry.field(description="The public reason, where one was given.")
    at: datetime = strawberry.field(description="When.")

    @strawberry.field(description="Who, for steps of authors and planners; moderators are not named.")
    async def actor(self, info: Info) -> Author | None:
        """The person, unless they acted as moderator."""
        if self.row.actor_role not in (Capacity.AUTHOR, Capacity.PLANNER):
            return None
        return await author_of(context_of(info), self.row.actor_id)

    @classmethod
    def from_row(cls, row: TransitionRow) -> "TimelineStep":
        """The type for a row."""
        return cls(
            row=row,
            number=row.ordinal,
            source=ProposalState(row.from_state),
            target=ProposalState(row.to_state),
            part=Capacity(row.actor_role),
            reason=row.reason,
            at=row.created_at,
        )


@strawberry.type(description="The municipality's answer to a proposal.")
class Answer:
    """An answer with its public reason."""

    row: strawberry.Private[AnswerRow]
    outcome: Outcome = strawberry.field(description="What was decided.")
    reason: str = strawberry.field(description="Why, Markdown.")
    language: str = strawberry.field(description="The language it is written in.")
    at: datetime = strawberry.field(description="When.")

    @strawberry.field(description="Why, as safe HTML.")
    def reason_html(self) -> str:
        return render_markdown(self.reason)

    @strawberry.field(description="The planner who answered.")
    async def planner(self, info: Info) -> Author | None:
        return await author_of(context_of(info), self.row.planner_id)

    @classmethod
    def from_row(cls, row: AnswerRow) -> "Answer":
        """The type for a row."""
        return cls(
            row=row, outcome=Outcome(row.outcome), reason=row.reason, language=row.language, at=row.created_at
        )


@strawberry.type(description="The words of a proposal after one edit.")
class ProposalVersion:
    row: strawberry.Private[VersionRow]
    number: int = strawberry.field(
        description="Counts every edit, steps before publication and edits that never came into force among them."
    )
    public_number: int | None = strawberry.field(
        description="Its number for readers: 1 is the text that was published first; null for one before that."
    )
    title: str = strawberry.field(description="The title then.")
    body: str = strawberry.field(description="The text then, Markdown.")
    is_amendment: bool = strawberry.field(
        description="Whether others had supported the proposal before this edit."
    )
    at: datetime = strawberry.field(description="When.")

    @strawberry.field(description="Who edited.")
    async def editor(self, info: Info) -> Author | None:
        return await author_of(context_of(info), self.row.editor_id)

    @classmethod
    def from_row(cls, row: VersionRow) -> "ProposalVersion":
        """The type for a row."""
        return cls(
            row=row,
            number=row.number,
            public_number=row.public_number,
            title=row.title,
            body=row.body,
            is_amendment=row.is_amendment,
            at=row.created_at,
        )


@strawberry.type(description="A named figure or word about a link.")
class LinkDetail:
    name: str = strawberry.field(description="What it is.")
    value: str = strawberry.field(description="Its value as text.")


@strawberry.type(description="Something outside that a proposal is tied to.")
class ProposalLink:
    kind: str = strawberry.field(description="What it is tied to, such as plan.")
    target: str = strawberry.field(description="Which one.")
    details: list[LinkDetail] = strawberry.field(description="What is known about it.")

    @classmethod
    def from_row(cls, row: LinkRow) -> "ProposalLink":
        """The type for a row."""
        details = orjson.loads(row.detail)
        return cls(
            kind=row.kind,
            target=row.target,
            details=[LinkDetail(name=name, value=str(value)) for name, value in sorted(details.items())],
        )
