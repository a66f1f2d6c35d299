"""The type of notices, and asking for one."""

from typing import Annotated, Any

import strawberry

from api.comments.enums import CommentSort
from api.comments.types import Comment, thread
from api.content.loaders import discussion_of
from api.context import Context, Info, context_of
from api.node import Node, fetched_by
from api.node_ids import number_of, to_global_id
from api.pagination import Connection
from api.viewer import Permission, permission_to
from backend.content.kinds import ContentRef
from backend.platform.database import fetch_row
from tests.kinds.notice.content_kind import NOTICE


@strawberry.type(description="A notice.")
class Notice(Node):
    number: strawberry.Private[int]
    title: str = strawberry.field(description="Its title.")
    body: str = strawberry.field(description="Its text.")
    language: str = strawberry.field(description="Its language.")

    @strawberry.field(description="The comments on it.")
    async def comments(self, info: Info, first: int = 20) -> Connection[Comment]:
        return await thread(
            context_of(info), ContentRef("notice", self.number), first, None, CommentSort.OLDEST
        )

    @strawberry.field(description="Whether the viewer may comment on it.")
    async def viewer_can_comment(self, info: Info) -> Permission:
        context = context_of(info)
        discussion = await discussion_of(context, ContentRef("notice", self.number))
        assert discussion is not None
        return permission_to(context.actor, "write", discussion.may_comment, context.language)

    def moderated_texts(self) -> dict[str, str]:
        return {"title": self.title, "body": self.body}


@fetched_by("Notice")
async def fetch_notice(context: Context, number: int) -> Any:
    if number not in await NOTICE.summaries(context.actor, [number]):
        return None
    context.tags.add(f"notice:{number}")
    row = await fetch_row(
        "SELECT title, body, language FROM notice WHERE municipality_id = $1 AND id = $2",
        context.municipality_id,
        number,
    )
    assert row is not None
    return Notice(id=strawberry.ID(to_global_id("Notice", number)), number=number, **dict(row))


@strawberry.type
class NoticeQueries:
    @strawberry.field(description="One notice.")
    async def notice(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")],  # noqa: A002
    ) -> Notice | None:
        found: Notice | None = await fetch_notice(context_of(info), number_of(id, "Notice"))
        return found
