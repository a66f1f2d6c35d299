"""Comments as content."""

from typing import Final

from backend.comments.counting import comments_changed
from backend.comments.states import CommentState
from backend.comments.wordings import WORDINGS
from backend.content.kinds import Content, ContentKind, ContentRef
from backend.notifications.events import EventKind, record
from backend.notifications.kinds import Cause
from backend.platform.authz import Actor
from backend.platform.database import execute, fetch_row
from backend.platform.i18n import N_
from backend.proposals.access import visible_proposals
from backend.proposals.involvement import comments_reported_by, involvement_in, wrote_sql


class CommentKind(ContentKind):
    """Comments on proposals, and replies to them."""

    name = "comment"
    of = "comment"
    author_cause = Cause.COMMENTER.value
    public_states = frozenset({CommentState.PUBLISHED})
    event_states = {EventKind.HELD: frozenset({CommentState.SUBMITTED})}
    wordings = WORDINGS
    action = N_("Se kommentaren")

    async def load(self, municipality_id: int, content_id: int) -> Content | None:
        row = await fetch_row(
            """SELECT c.id, c.proposal_id, 1 AS version, c.state, p.topic_id, c.author_id, '' AS title,
                   c.body, c.language, t.moderation_mode, c.published_at IS NOT NULL AS was_public
               FROM comment c
               JOIN proposal p ON p.municipality_id = c.municipality_id AND p.id = c.proposal_id
               JOIN topic t ON t.municipality_id = p.municipality_id AND t.id = p.topic_id
               WHERE c.municipality_id = $1 AND c.id = $2 FOR NO KEY UPDATE OF c""",
            municipality_id,
            content_id,
        )
        if row is None:
            return None
        values = dict(row)
        root = ContentRef("proposal", values.pop("proposal_id"))
        return Content(municipality_id=municipality_id, kind=self, root=root, **values)

    async def publish(self, content: Content, *, moderator_id: int | None = None) -> None:
        await execute(
            """UPDATE comment SET state = 'published', published_at = coalesce(published_at, now())
               WHERE municipality_id = $1 AND id = $2""",
            content.municipality_id,
            content.id,
        )
        await comments_changed(content.municipality_id, _proposal(content))
        for kind in (EventKind.COMMENT_ON_YOURS, EventKind.NEW_ON_PROPOSAL):
            await record(
                content.municipality_id,
                kind,
                f"comment:{content.id}",
                content.ref,
                root=content.root,
                topic_id=content.topic_id,
                actor_id=content.author_id,
            )

    async def reject(self, content: Content, *, moderator_id: int | None) -> None:
        await self._set_state(content, "rejected")

    async def hide(self, content: Content, *, moderator_id: int | None) -> None:
        await self._set_state(content, "hidden")
        await comments_changed(content.municipality_id, _proposal(content))

    async def restore(self, content: Content, *, moderator_id: int | None) -> None:
        await self._set_state(content, "published")
        await comments_changed(content.municipality_id, _proposal(content))

    async def _set_state(self, content: Content, state: str) -> None:
        await execute(
            "UPDATE comment SET state = $3 WHERE municipality_id = $1 AND id = $2",
            content.municipality_id,
            content.id,
            state,
        )

    def is_shown(self, state: str, *, was_public: bool) -> bool:
        return state == "published"

    async def is_visible(self, actor: Actor, content: Content) -> bool:
        return bool(await visible_proposals(actor, [_proposal(content)]))

    async def is_author(self, actor: Actor, content: Content) -> bool:
        return content.author_id in actor.person_account_ids

    async def has_part(self, actor: Actor, content: Content) -> bool:
        """An author of a proposal has a part in what is said below it."""
        about = (await involvement_in(actor, [_proposal(content)]))[_proposal(content)]
        is_reported = content.id in await comments_reported_by(actor, [content.id])
        return about.has_been_author or is_reported or await self.is_author(actor, content)

    def path(self, content_id: int) -> str:
        return f"/kommentar/{content_id}"

    def authors_sql(self, content_id: str) -> str:
        return f"""
        SELECT author_id AS account_id FROM comment WHERE municipality_id = $1 AND id = {content_id}"""

    def current_sql(self, content_id: str) -> str:
        return f"""SELECT m.state, 1 AS version, m.published_at IS NOT NULL AS was_public FROM comment m
            WHERE m.municipality_id = $1 AND m.id = {content_id}"""

    def has_part_sql(self, content_id: str, accounts: str) -> str:
        return f"""EXISTS (SELECT FROM comment pc JOIN proposal pp ON pp.municipality_id = $1 AND pp.id = pc.proposal_id
            WHERE pc.municipality_id = $1 AND pc.id = {content_id}
              AND {wrote_sql("pp.id", "pp.author_id", accounts)})"""

    def texts_sql(self, author: str) -> str:
        return f"SELECT id, body FROM comment WHERE municipality_id = $1 AND author_id = {author}"


def _proposal(content: Content) -> int:
    return content.root.id


COMMENT: Final = CommentKind()
