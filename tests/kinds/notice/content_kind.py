"""Notices as content."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from backend.content.kinds import Content, ContentRef, Discussion, RootKind, Summary, Voice, Wording
from backend.notifications.events import EventKind, record
from backend.notifications.kinds import Cause
from backend.platform.authz import ALLOWED, Actor, Refusal, Role
from backend.platform.database import fetch, fetch_row
from backend.platform.errors import NotFound
from backend.platform.tags import changed
from backend.text.search import search_query
from backend.text.similarity import Match, prepare, query_grams, rank
from tests.kinds.notice.service import set_state

CLOSED = Refusal("notice_closed", "Oppslaget er ikke åpent for kommentarer.")
_K = EventKind


class NoticeKind(RootKind):
    """Notices."""

    name = "notice"
    of = "notice"
    author_cause = Cause.AUTHOR.value
    public_states = frozenset({"published"})
    event_states = {_K.HELD: frozenset({"submitted", "published"})}
    not_found = Refusal("notice_not_found", "Oppslaget finnes ikke.", error=NotFound)
    action = "Se oppslaget"
    mute_action = "Slå av varsler om dette oppslaget"
    why: Mapping[str, str] = dict.fromkeys((cause.value for cause in Cause), "Du har med oppslaget å gjøre.")
    wordings: Mapping[tuple[str, str, Voice], Wording] = {
        ("notice", _K.PUBLISHED, Voice.OWN): Wording(
            "Oppslaget ditt er publisert", "«{title}» er publisert."
        ),
        ("notice", _K.HELD, Voice.OWN): Wording("Oppslaget ditt venter", "En moderator sjekker «{title}»."),
        ("notice", _K.REJECTED, Voice.OWN): Wording(
            "Oppslaget ditt kom ikke ut", "«{title}» blir ikke publisert."
        ),
        ("notice", _K.CONTENT_HIDDEN, Voice.OWN): Wording("Oppslaget ditt er skjult", "«{title}» er skjult."),
        ("notice", _K.NEW_IN_TOPIC, Voice.FOLLOWED): Wording("Nytt oppslag", "Nytt i {topic}: «{title}»."),
        **{
            ("notice", kind, voice): Wording("Noe er nytt ved et oppslag", "Noe er nytt ved «{title}».")
            for kind in (_K.ANSWERED, _K.STATUS_CHANGED, _K.AMENDED)
            for voice in Voice
        },
    }

    async def load(self, municipality_id: int, content_id: int) -> Content | None:
        row = await fetch_row(
            """SELECT n.id, 1 AS version, n.state, n.topic_id, n.author_id, n.title, n.body, n.language,
                   t.moderation_mode, n.published_at IS NOT NULL AS was_public
               FROM notice n JOIN topic t ON t.municipality_id = n.municipality_id AND t.id = n.topic_id
               WHERE n.municipality_id = $1 AND n.id = $2 FOR NO KEY UPDATE OF n""",
            municipality_id,
            content_id,
        )
        if row is None:
            return None
        return Content(
            municipality_id=municipality_id, kind=self, root=ContentRef("notice", row["id"]), **dict(row)
        )

    async def publish(self, content: Content, *, moderator_id: int | None = None) -> None:
        await self._become(content, "published")
        await record(
            content.municipality_id,
            _K.NEW_IN_TOPIC,
            f"notice:{content.id}",
            content.ref,
            topic_id=content.topic_id,
            actor_id=content.author_id,
        )

    async def reject(self, content: Content, *, moderator_id: int | None) -> None:
        await self._become(content, "rejected")

    async def hide(self, content: Content, *, moderator_id: int | None) -> None:
        await self._become(content, "hidden")

    async def restore(self, content: Content, *, moderator_id: int | None) -> None:
        await self._become(content, "published")

    async def _become(self, content: Content, state: str) -> None:
        await set_state(content.municipality_id, content.id, state)
        await changed([f"notice:{content.id}"])

    def is_shown(self, state: str, *, was_public: bool) -> bool:
        return state == "published"

    async def is_visible(self, actor: Actor, content: Content) -> bool:
        return bool(await self._known(actor, [content.id]))

    async def is_author(self, actor: Actor, content: Content) -> bool:
        return content.author_id in actor.person_account_ids

    async def has_part(self, actor: Actor, content: Content) -> bool:
        reported = await fetch(
            "SELECT FROM report WHERE municipality_id = $1 AND subject_type = 'notice' AND subject_id = $2 "
            "AND reporter_id = ANY($3)",
            content.municipality_id,
            content.id,
            actor.person_account_ids,
        )
        return bool(reported) or await self.is_author(actor, content)

    def path(self, content_id: int) -> str:
        return f"/oppslag/{content_id}"

    def authors_sql(self, content_id: str) -> str:
        return f"""SELECT author_id AS account_id FROM notice
            WHERE municipality_id = $1 AND id = {content_id} AND author_id IS NOT NULL"""

    def current_sql(self, content_id: str) -> str:
        return f"""SELECT n.state, 1 AS version, n.published_at IS NOT NULL AS was_public FROM notice n
            WHERE n.municipality_id = $1 AND n.id = {content_id}"""

    def submitted_sql(self) -> str:
        return """SELECT id, 1 AS version, created_at AS since FROM notice
            WHERE municipality_id = $1 AND state = 'submitted'"""

    def has_part_sql(self, content_id: str, accounts: str) -> str:
        return f"""EXISTS (SELECT FROM notice pn WHERE pn.municipality_id = $1 AND pn.id = {content_id}
            AND pn.author_id = ANY({accounts}))"""

    def texts_sql(self, author: str) -> str:
        return f"SELECT id, body FROM notice WHERE municipality_id = $1 AND author_id = {author}"

    async def _known(self, actor: Actor, ids: Sequence[int]) -> list[Any]:
        rows = await fetch(
            """SELECT n.id, n.topic_id, n.author_id, n.state, n.title, n.body, x.title AS topic_title FROM notice n
               LEFT JOIN topic_text x ON x.municipality_id = n.municipality_id AND x.topic_id = n.topic_id
                   AND x.language = $3
               WHERE n.municipality_id = $1 AND n.id = ANY($2) ORDER BY n.id""",
            actor.municipality_id,
            ids,
            actor.language,
        )
        return [
            row
            for row in rows
            if row["state"] == "published"
            or (actor.seeing_account_id is not None and row["author_id"] == actor.seeing_account_id)
            or actor.has_role(Role.MODERATOR, row["topic_id"])
        ]

    async def summaries(self, actor: Actor, ids: Sequence[int]) -> Mapping[int, Summary]:
        return {
            row["id"]: Summary(
                ContentRef("notice", row["id"]), row["title"], row["topic_title"], row["state"]
            )
            for row in await self._known(actor, ids)
        }

    async def discussions(self, actor: Actor, ids: Sequence[int]) -> Mapping[int, Discussion]:
        return {
            row["id"]: Discussion(
                ContentRef("notice", row["id"]),
                row["topic_id"],
                ALLOWED if row["state"] == "published" else CLOSED,
                row["author_id"] in actor.person_account_ids,
            )
            for row in await self._known(actor, ids)
        }

    async def discussion_changed(self, municipality_id: int, content_id: int) -> None:
        await changed([f"notice:{content_id}"])

    async def matching(
        self, municipality_id: int, words: str, language: str, *, limit: int
    ) -> Sequence[Match]:
        rows = await fetch(
            """SELECT id, ts_rank(search, q)::float8 AS score FROM notice, to_tsquery('simple', $2) q
               WHERE municipality_id = $1 AND state = 'published' AND search @@ q ORDER BY score DESC, id LIMIT $3""",
            municipality_id,
            search_query(words, language),
            limit,
        )
        return [Match(*row.values()) for row in rows]

    async def similar(self, municipality_id: int, title: str, body: str, *, limit: int) -> Sequence[Match]:
        query = prepare(title, body)
        rows = await fetch(
            "SELECT id, title, grams FROM notice WHERE municipality_id = $1 AND state = 'published' AND grams && $2",
            municipality_id,
            list(query_grams(query)),
        )
        return rank(query, [tuple(row.values()) for row in rows])[:limit]


NOTICE: Final = NoticeKind()
