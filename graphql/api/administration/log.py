"""What staff did, over GraphQL."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.accounts.types import Author, author_of
from api.administration.enums import StaffActKind
from api.context import Info, context_of
from api.errors import InvalidProblem, LoginProblem, NotAllowedProblem
from api.fields import payload, result_field
from api.node_ids import to_global_id
from api.pagination import (
    DEFAULT_PAGE,
    After,
    Connection,
    First,
    keyset_page,
)
from api.topics.loaders import topic_loader
from api.topics.types import Topic
from backend.administration.log import LogRow, staff_log

_TYPES = {
    "account": "Author",
    "topic": "Topic",
    "place": "Place",
    "proposal": "Proposal",
    "edit": "PendingVersion",
    "comment": "Comment",
    "import": "ImportRun",
}


@strawberry.type(description="One thing that somebody on the staff did.")
class AdminLogEntry:
    row: strawberry.Private[LogRow]
    at: datetime = strawberry.field(description="When.")
    kind: StaffActKind = strawberry.field(description="What.")
    subject_type: str = strawberry.field(
        description="To what: Author, Topic, Place, Proposal, PendingVersion, Comment or ImportRun."
    )
    subject: strawberry.ID = strawberry.field(description="Its id; of a PendingVersion the proposal's.")
    subject_label: str | None = strawberry.field(
        description="What it is called, a comment or an edit by its proposal; null when it has left or is not public."
    )
    detail: str | None = strawberry.field(
        description="The role, decision, outcome, state or source, as a word for machines."
    )

    @strawberry.field(description="Who; null for the command line and for login providers.")
    async def actor(self, info: Info) -> Author | None:
        return await author_of(context_of(info), self.row.actor_id)

    @strawberry.field(description="The topic that it was done to; null for anything else.")
    async def topic(self, info: Info) -> Topic | None:
        if self.row.subject_type != "topic":
            return None
        row = await topic_loader(context_of(info)).load(self.row.subject_id)
        return Topic.from_row(row) if row else None

    @classmethod
    def from_row(cls, row: LogRow) -> "AdminLogEntry":
        """The type for a row."""
        subject_type = _TYPES[row.subject_type]
        return cls(
            row=row,
            at=row.at,
            kind=row.kind,
            subject_type=subject_type,
            subject=strawberry.ID(
                to_global_id("Proposal" if row.subject_type == "edit" else subject_type, row.subject_id)
            ),
            subject_label=row.label,
            detail=row.detail,
        )


AdminLogResult = payload(
    Connection[AdminLogEntry],
    "AdminLogResult",
    "What was done, or why it is not told.",
    InvalidProblem,
    LoginProblem,
    NotAllowedProblem,
)


@strawberry.type
class AdminLogQueries:
    """What may be asked about the staff's acts."""

    @result_field(AdminLogResult, description="What staff did, the newest first, for administrators.")
    async def admin_log(
        self,
        info: Info,
        first: First = DEFAULT_PAGE,
        after: After = None,
        kind: Annotated[StaffActKind | None, strawberry.argument(description="Only of this kind.")] = None,
    ) -> Connection[AdminLogEntry]:
        context = context_of(info)
        page: Connection[AdminLogEntry] = await keyset_page(
            first,
            after,
            datetime,
            str,
            int,
            fetch=lambda before, limit: staff_log(
                context.actor, context.language, kind=kind, before=before, limit=limit
            ),
            node=AdminLogEntry.from_row,
            key=lambda row: row.key,
        )
        return page
