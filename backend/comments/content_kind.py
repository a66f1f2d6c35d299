"""Comments as content."""

from typing import Final

from backend.comments.states import Capacity, CommentState
from backend.comments.transitions import apply_transition
from backend.comments.wordings import WORDINGS
from backend.content.kinds import Content, ContentKind, ContentRef, RootKind
from backend.content.registry import discussions_of, kinds
from backend.moderation.part import reported_by
from backend.notifications.events import EventKind, record
from backend.notifications.kinds import Cause
from backend.platform.authz import Actor
from backend.platform.database import fetch_row
from backend.platform.i18n import N_


class CommentKind(ContentKind):
    """Comments on content with a page of its own, and replies to them."""

    name = "comment"
    of = "comment"
    author_cause = Cause.COMMENTER.value
    public_states = frozenset({CommentState.PUBLISHED})
    event_states = {EventKind.HELD: frozenset({CommentState.SUBMITTED})}
    wordings = WORDINGS
    action = N_("Se kommentaren")

    async def load(self, municipality_id: int, content_id: int) -> Content | None:
        row = await fetch_row(
            """SELECT c.id, c.subject_type, c.subject_id, 1 AS version, c.state, r.topic_id, c.author_id, '' AS title,
                   c.body, c.language, t.moderation_mode, c.published_at IS NOT NULL AS was_public
               FROM comment c
               JOIN content r ON r.municipality_id = c.municipality_id AND r.kind = c.subject_type
                   AND r.kind_id = c.subject_id
               JOIN topic t ON t.municipality_id = r.municipality_id AND t.id = r.topic_id
               WHERE c.municipality_id = $1 AND c.id = $2 FOR NO KEY UPDATE OF c""",
            municipality_id,
            content_id,
        )
        if row is None:
            return None
        values = dict(row)
        root = ContentRef(values.pop("subject_type"), values.pop("subject_id"))
        return Content(municipality_id=municipality_id, kind=self, root=root, **values)

    async def publish(self, content: Content, *, moderator_id: int | None = None) -> None:
        if content.state == CommentState.PUBLISHED:
            return
        capacity = Capacity.SCREENING if moderator_id is None else Capacity.MODERATOR
        await self._step(content, CommentState.PUBLISHED, capacity, moderator_id)
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
        await self._step(content, CommentState.REJECTED, Capacity.MODERATOR, moderator_id)

    async def hide(self, content: Content, *, moderator_id: int | None) -> None:
        await self._step(content, CommentState.HIDDEN, Capacity.MODERATOR, moderator_id)

    async def restore(self, content: Content, *, moderator_id: int | None) -> None:
        await self._step(content, CommentState.PUBLISHED, Capacity.MODERATOR, moderator_id)

    async def _step(
        self, content: Content, target: CommentState, capacity: Capacity, moderator_id: int | None
    ) -> None:
        await apply_transition(content.municipality_id, content.id, target, capacity, actor_id=moderator_id)

    def is_shown(self, state: str, *, was_public: bool) -> bool:
        return state == "published"

    async def is_visible(self, actor: Actor, content: Content) -> bool:
        return bool(await discussions_of(actor, [content.root]))

    async def is_author(self, actor: Actor, content: Content) -> bool:
        return content.author_id in actor.person_account_ids

    async def has_part(self, actor: Actor, content: Content) -> bool:
        """An author of what is discussed has a part in what is said below it."""
        about = (await discussions_of(actor, [content.root])).get(content.root)
        is_reported = content.id in await reported_by(actor, self.name, [content.id])
        is_own = await self.is_author(actor, content)
        return is_reported or is_own or (about is not None and about.has_part)

    def path(self, content_id: int) -> str:
        return f"/kommentar/{content_id}"

    def authors_sql(self, content_id: str) -> str:
        return f"""
        SELECT author_id AS account_id FROM comment WHERE municipality_id = $1 AND id = {content_id}"""

    def current_sql(self, content_id: str) -> str:
        return f"""SELECT m.state, 1 AS version, m.published_at IS NOT NULL AS was_public FROM comment m
            WHERE m.municipality_id = $1 AND m.id = {content_id}"""

    def submitted_sql(self) -> str:
        return """SELECT id, 1 AS version, created_at AS since FROM comment
            WHERE municipality_id = $1 AND state = 'submitted'"""

    def has_part_sql(self, content_id: str, accounts: str) -> str:
        roots = " ".join(
            f"WHEN '{kind.name}' THEN {kind.has_part_sql('pc.subject_id', accounts)}"
            for kind in kinds().values()
            if isinstance(kind, RootKind)
        )
        return f"""EXISTS (SELECT FROM comment pc WHERE pc.municipality_id = $1 AND pc.id = {content_id}
            AND CASE pc.subject_type {roots} ELSE false END)"""

    def texts_sql(self, author: str) -> str:
        return f"SELECT id, body FROM comment WHERE municipality_id = $1 AND author_id = {author}"


COMMENT: Final = CommentKind()
