"""GraphQL types of comments."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Optional, cast

import strawberry

from api.accounts.types import Author, named_author
from api.comments import loaders
from api.comments.enums import CommentSort, CommentState, Stance
from api.context import Context, Info, context_of
from api.moderation.reason import ModerationReason, reason_of
from api.node import Node, fetch_content, fetched_by
from api.node_ids import to_global_id
from api.pagination import (
    After,
    Connection,
    First,
    keyset_page,
)
from api.proposals import loaders as proposal_loaders
from api.viewer import Permission, permission_to
from backend.comments.queries import CommentRow, PageKey
from backend.comments.rules import NOT_FOUND, may
from backend.comments.transitions import discussion_tag
from backend.content.kinds import ContentRef
from backend.platform.authz import Decision, Role
from backend.text.markup import render_markdown

if TYPE_CHECKING:
    from api.proposals.types import Proposal

DEFAULT_REPLIES = 5


async def _decide(comment: "Comment", context: Context, action: str) -> Decision:
    facts = await loaders.facts_of_row(context, comment.row)
    return may(context.actor, action, facts) if facts else NOT_FOUND


async def _allows(comment: "Comment", info: Info, action: str) -> Permission:
    context = context_of(info)
    # The scope that the mutation asks a token for.
    scope = "moderate" if action == "restore" else "write"
    return permission_to(context.actor, scope, await _decide(comment, context, action), context.language)


async def _if_readable(comment: "Comment", info: Info, value: Any) -> Any:
    """The value, or null to those who may not read the comment."""
    return value if await _decide(comment, context_of(info), "read") else None


@strawberry.type(
    description="A comment on a proposal or on other content, or a reply to one. What was hidden or withdrawn "
    "keeps its place, without words and name, while there are replies to it."
)
class Comment(Node):
    row: strawberry.Private[CommentRow]
    stance: Stance = strawberry.field(description="Where it stands towards what it is about.")
    language: str = strawberry.field(description="The language it is written in.")
    state: CommentState = strawberry.field(description="Where it stands itself.")
    is_staff: bool = strawberry.field(description="Whether the municipality speaks through it.")
    is_demo: bool = strawberry.field(description="Whether it was made up to show the platform.")
    created_at: datetime = strawberry.field(description="When it was written.")
    published_at: datetime | None = strawberry.field(description="When it became public.")
    parent_id: strawberry.ID | None = strawberry.field(description="The comment that it replies to.")

    @strawberry.field(description="Its text, Markdown; null when the viewer may not read it.")
    def body(self, info: Info) -> str | None:
        """Awaited only for what is not public."""
        if self.state is CommentState.PUBLISHED:
            return self.row.body
        return cast("str | None", _if_readable(self, info, self.row.body))

    @strawberry.field(description="Its text as safe HTML; null when the viewer may not read it.")
    def body_html(self, info: Info) -> str | None:
        html = render_markdown(self.row.body)
        if self.state is CommentState.PUBLISHED:
            return html
        return cast("str | None", _if_readable(self, info, html))

    @strawberry.field(description="Who wrote it; null when the viewer may not read it.")
    def author(self, info: Info) -> Author | None:
        """The name came with the row."""
        context, row = context_of(info), self.row
        context.tags.add(f"account:{row.author_id}")
        author = named_author(
            context,
            row.author_public_id,
            row.author_name,
            has_left=row.author_has_left,
            is_staff=row.author_is_staff,
        )
        if self.state is CommentState.PUBLISHED:
            return author
        return cast("Author | None", _if_readable(self, info, author))

    @strawberry.field(description="What it is about; null when the viewer may not know of it.")
    async def subject(self, info: Info) -> Node | None:
        """The content on whose page it stands."""
        found: Node | None = await fetch_content(context_of(info), self.row.root)
        return found

    @strawberry.field(
        description="The proposal that it is about; null when it is about something else, or the viewer may not know "
        "of it."
    )
    async def proposal(
        self, info: Info
    ) -> Annotated["Proposal", strawberry.lazy("api.proposals.types")] | None:
        # Proposals know comments, so comments find proposals when they are asked.
        from api.proposals.types import Proposal

        if self.row.root.kind != "proposal":
            return None
        facts = await proposal_loaders.facts_loader(context_of(info)).load(self.row.root.id)
        return Proposal.from_row(facts.proposal) if facts else None

    @strawberry.field(
        description="The comment it replies to; null on the first level, and for what is hidden."
    )
    async def parent(self, info: Info) -> Optional["Comment"]:
        number = self.row.parent_id
        found: Comment | None = None if number is None else await fetch_comment(context_of(info), number)
        return found

    @strawberry.field(description="Replies, the oldest first; a reply has none.")
    async def replies(
        self, info: Info, first: First = DEFAULT_REPLIES, after: After = None
    ) -> Connection["Comment"]:
        """A page of replies; those of many comments come in one statement."""
        context = context_of(info)

        async def fetch(last: tuple[datetime, int] | None, limit: int) -> list[CommentRow]:
            if self.row.parent_id is not None:
                return []
            key = PageKey(self.row.root, self.row.id, *(last or (None, None)))
            return await loaders.replies_loader(context, limit).load(key)

        return await _page(first, after, fetch)

    @strawberry.field(description="Whether the viewer wrote it.")
    def viewer_is_author(self, info: Info) -> bool:
        """False for a stranger."""
        return self.row.author_id == context_of(info).actor.seeing_account_id

    @strawberry.field(description="Whether the viewer may reply to it now, and why not.")
    async def viewer_can_reply(self, info: Info) -> Permission:
        return await _allows(self, info, "reply")

    @strawberry.field(description="Whether the viewer may take it back now, and why not.")
    async def viewer_can_withdraw(self, info: Info) -> Permission:
        return await _allows(self, info, "withdraw")

    @strawberry.field(description="Whether the viewer may report it to the moderators now, and why not.")
    async def viewer_can_report(self, info: Info) -> Permission:
        return await _allows(self, info, "report")

    @strawberry.field(description="Whether the viewer may show it again after it was hidden, and why not.")
    async def viewer_can_restore(self, info: Info) -> Permission:
        return await _allows(self, info, "restore")

    @strawberry.field(
        description="Why it was not published, or hidden; for its author and moderators, null to others."
    )
    async def moderation_reason(self, info: Info) -> ModerationReason | None:
        context = context_of(info)
        facts = await loaders.facts_of_row(context, self.row)
        is_moderator = facts is not None and context.actor.has_role(Role.MODERATOR, facts.topic_id)
        if not is_moderator and not self.viewer_is_author(info):
            return None
        return await reason_of(context, "comment", self.row.id)

    def moderated_texts(self) -> dict[str, str]:
        """The texts that moderators look at, by field."""
        return {"body": self.row.body}

    @classmethod
    def from_row(cls, row: CommentRow) -> "Comment":
        """The type for a row on something that the actor may see."""
        parent = None if row.parent_id is None else strawberry.ID(to_global_id("Comment", row.parent_id))
        return cls(
            id=strawberry.ID(to_global_id("Comment", row.id)),
            row=row,
            stance=row.stance,
            language=row.language,
            state=row.state,
            is_staff=row.is_staff,
            is_demo=row.is_demo,
            created_at=row.created_at,
            published_at=row.published_at,
            parent_id=parent,
        )


async def _page(
    first: int, after: str | None, fetch: Callable[[Any, int], Awaitable[list[CommentRow]]]
) -> Connection[Comment]:
    page: Connection[Comment] = await keyset_page(
        first,
        after,
        datetime,
        int,
        fetch=fetch,
        node=Comment.from_row,
        key=lambda row: (row.published_at, row.id),
    )
    return page


async def thread(
    context: Context, root: ContentRef, first: int, after: str | None, sort: CommentSort
) -> Connection[Comment]:
    """A page of first-level comments on something that the actor may see."""
    return await _page(
        first,
        after,
        lambda last, limit: loaders.thread_loader(context, sort, limit).load(
            PageKey(root, None, *(last or (None, None)))
        ),
    )


async def aside(context: Context, root: ContentRef) -> list[Comment]:
    """The viewer's own comments on something that only they see."""
    return [Comment.from_row(row) for row in await loaders.aside_loader(context).load(root)]


@fetched_by("Comment")
async def fetch_comment(context: Context, number: int) -> Any:
    """A comment that the actor may know of."""
    facts = await loaders.facts_loader(context).load(number)
    if facts is None:
        return None
    context.tags.add(discussion_tag(facts.comment.root))
    return Comment.from_row(facts.comment)
