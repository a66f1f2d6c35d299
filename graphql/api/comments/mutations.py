"""What people do with comments."""

import asyncio
from typing import Annotated

import strawberry

from api.comments.enums import Stance
from api.comments.types import Comment, fetch_comment
from api.context import Context, Info, context_of
from api.fields import IdempotencyKey, mutation, payload
from api.node import root_types
from api.node_ids import number_of, number_of_either
from backend.comments import service
from backend.comments.rules import NOT_FOUND
from backend.content.kinds import ContentRef
from backend.platform.errors import Invalid, NotFound
from backend.platform.validation import all_checked


@strawberry.input(description="The words of a comment.")
class CommentInput:
    body: str = strawberry.field(
        description="1 to 5,000 characters of Markdown: paragraphs, emphasis, lists, links."
    )
    stance: Stance = strawberry.field(
        default=Stance.NEUTRAL, description="Where it stands towards what it is about."
    )
    language: str = strawberry.field(default="nb", description="The language it is written in.")
    parent: strawberry.ID | None = strawberry.field(
        default=None, description="The comment it replies to; a reply cannot be replied to."
    )


@strawberry.type(description="The comment after the change.")
class CommentChanged:
    comment: Comment = strawberry.field(description="As it stands now.")


CommentPayload = payload(CommentChanged, "CommentPayload", "The comment, or why not.")


def _root_of(subject: str | None, proposal: str | None) -> ContentRef:
    """What a comment is about, by either argument. Raises Invalid."""
    by_proposal = (
        None
        if proposal is None
        else ContentRef("proposal", number_of(proposal, "Proposal", field="proposal"))
    )
    if by_proposal and subject is None:
        return by_proposal
    types = root_types()
    type_name, number = number_of_either(subject or "", types, field="subject")
    found = ContentRef(types[type_name], number)
    if by_proposal and by_proposal != found:
        raise Invalid("subject_twice", "Velg én ting å kommentere.", field="proposal")
    return found


async def _changed(context: Context, number: int) -> CommentChanged:
    found: Comment | None = await fetch_comment(context, number)
    if found is None:
        raise NOT_FOUND.as_error()
    return CommentChanged(comment=found)


@strawberry.type
class CommentMutations:
    """Writing, and taking back."""

    @mutation(
        CommentPayload,
        scope="write",
        description="Comment on a proposal or on other content, or reply to a comment; it is screened first.",
    )
    async def create_comment(
        self,
        info: Info,
        subject: Annotated[
            strawberry.ID | None,
            strawberry.argument(
                description="What it is about: the id of a proposal or of other content with a page."
            ),
        ] = None,
        proposal: Annotated[
            strawberry.ID | None,
            strawberry.argument(
                description="The proposal it is about.",
                deprecation_reason="Use subject. Goes after 2027-12-01.",
            ),
        ] = None,
        *,
        input: Annotated[CommentInput, strawberry.argument(description="Its words.")],  # noqa: A002
        idempotency_key: IdempotencyKey = None,
    ) -> CommentChanged:
        context = context_of(info)
        parent = input.parent
        with all_checked() as check:
            root = check(_root_of, subject, proposal)
            parent_id = None if parent is None else check(number_of, parent, "Comment", field="parent")
            if check.has_refused:
                await check.wait(
                    asyncio.to_thread(service.check_comment, context.actor, input.body, input.language)
                )
        try:
            number = await service.add_comment(
                context.actor,
                root,
                input.body,
                input.stance,
                input.language,
                parent_id,
                idempotency_key,
            )
        except NotFound as refusal:
            refusal.field = refusal.field or ("proposal" if subject is None else "subject")
            raise
        return await _changed(context, number)

    @mutation(
        CommentPayload,
        scope="write",
        description="Take a comment back; with replies it keeps its place, without its text.",
    )
    async def withdraw_comment(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The comment's id.")],  # noqa: A002
    ) -> CommentChanged:
        context = context_of(info)
        number = number_of(id, "Comment")
        await service.withdraw_comment(context.actor, number)
        return await _changed(context, number)
