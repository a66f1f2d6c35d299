"""An edit of a public proposal that is not in force: for its authors, and for staff in charge."""

from datetime import datetime

import strawberry

from api.accounts.types import Author, author_of
from api.context import Context, Info, context_of
from api.moderation.reason import ModerationReason, reason_of
from api.proposals import loaders
from api.proposals.enums import PendingState
from api.scalars import GeoJSON, point
from api.topics.loaders import place_loader
from api.topics.types import Place
from backend.proposals.pending import EDIT, PendingVersion
from backend.proposals.queries import ProposalRow
from backend.proposals.rules import may
from backend.text.markup import render_markdown


@strawberry.type(
    name="PendingVersion",
    description="An edit of a public proposal that is not in force: what others read is the text before it.",
)
class PendingVersionType:
    row: strawberry.Private[PendingVersion]
    number: int = strawberry.field(
        description="The version that it becomes; what the next edit gives as `expectedVersion`."
    )
    state: PendingState = strawberry.field(description="What has become of it.")
    title: str = strawberry.field(description="The new title.")
    body: str = strawberry.field(description="The new text, Markdown.")
    language: str = strawberry.field(description="The language it is written in.")
    at: datetime = strawberry.field(description="When it was handed in.")

    @strawberry.field(description="The new text as safe HTML.")
    def body_html(self) -> str:
        return render_markdown(self.body)

    @strawberry.field(description="The point it is about, when it has one.")
    def position(self) -> GeoJSON | None:
        """A Point in WGS84."""
        return point(self.row.longitude, self.row.latitude)

    @strawberry.field(description="The place it is about, when it names one.")
    async def place(self, info: Info) -> Place | None:
        if self.row.place_id is None:
            return None
        row = await place_loader(context_of(info)).load(self.row.place_id)
        return Place.from_row(row) if row else None

    @strawberry.field(description="Who edited.")
    async def editor(self, info: Info) -> Author | None:
        return await author_of(context_of(info), self.row.editor_id)

    @strawberry.field(description="Why a moderator rejected it, when one did.")
    async def moderation_reason(self, info: Info) -> ModerationReason | None:
        """The decision about this edit."""
        if self.state is not PendingState.REJECTED:
            return None
        return await reason_of(context_of(info), EDIT, self.row.proposal_id)

    def moderated_texts(self) -> dict[str, str]:
        """The texts that moderators look at, by field."""
        return {"title": self.title, "body": self.body}

    @classmethod
    def from_row(cls, row: PendingVersion) -> "PendingVersionType":
        """The type for a row that the actor may see."""
        return cls(
            row=row,
            number=row.number,
            state=row.state,
            title=row.title,
            body=row.body,
            language=row.language,
            at=row.created_at,
        )


async def pending_version_of(context: Context, proposal: ProposalRow) -> PendingVersionType | None:
    """The edit of it that is not in force; null where there is none, and to whom it is nothing."""
    # Only what is public has one, and no stranger sees it.
    if proposal.published_at is None or context.actor.seeing_account_id is None:
        return None
    facts = await loaders.row_facts_loader(context).load(proposal)
    if not may(context.actor, "read_unpublished", facts):
        return None
    row = await loaders.pending_loader(context).load(proposal.id)
    return PendingVersionType.from_row(row) if row else None
