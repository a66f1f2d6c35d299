"""GraphQL types of proposals."""

import asyncio
from datetime import datetime
from typing import Annotated, Any, cast

import strawberry

from api.accounts.types import Author, author_of, named_author
from api.comments.enums import CommentSort
from api.comments.types import Comment, thread
from api.context import Context, Info, context_of
from api.fields import result_field
from api.moderation.reason import ModerationReason, reason_of
from api.node import Node, fetched_by
from api.node_ids import to_global_id
from api.pagination import (
    DEFAULT_PAGE,
    After,
    Connection,
    First,
    keyset_page,
)
from api.proposals import loaders
from api.proposals.enums import Outcome, ProposalState
from api.proposals.notes import InternalNote, InternalNotesResult, notes_on
from api.proposals.parts import Answer, ProposalLink, ProposalVersion, TimelineStep
from api.proposals.pending import PendingVersionType, pending_version_of
from api.proposals.viewer_fields import ProposalViewerFields
from api.scalars import GeoJSON, point
from api.topics.loaders import known_topic, place_loader, topic_loader
from api.topics.types import Place, Topic, topic_of
from backend.content.kinds import ContentRef
from backend.platform.authz import Role
from backend.platform.errors import Invalid
from backend.proposals.queries import ProposalRow
from backend.proposals.rules import may
from backend.proposals.versions import Audience, VersionsKey
from backend.text.markup import render_markdown

MOST_SIMILAR = 20


def similar_size(first: int) -> int:
    """`first` itself; raises Invalid outside 1 to 20."""
    if not 1 <= first <= MOST_SIMILAR:
        raise Invalid("page_size", "En side har 1 til {most} rader.", field="first", most=MOST_SIMILAR)
    return first


@strawberry.type(description="A resident's idea, open for support and discussion, and what became of it.")
class Proposal(ProposalViewerFields, Node):
    title: str = strawberry.field(description="Its title, in the author's language.")
    body: str = strawberry.field(description="Its text, Markdown.")
    language: str = strawberry.field(description="The language it is written in.")
    state: ProposalState = strawberry.field(description="Where it stands.")
    outcome: Outcome | None = strawberry.field(description="What was answered, once it is.")
    support_count: int = strawberry.field(description="How many people stand behind it now.")
    comment_count: int = strawberry.field(description="How many comments are published.")
    version: int = strawberry.field(
        description="The number of the text in force among all edits; for readers there is `versionCount`."
    )
    created_at: datetime = strawberry.field(description="When it was first written.")
    submitted_at: datetime | None = strawberry.field(description="When it was handed in.")
    published_at: datetime | None = strawberry.field(description="When it became public.")
    answered_at: datetime | None = strawberry.field(description="When it was answered.")
    active_at: datetime = strawberry.field(description="When something last happened to it.")
    source: str | None = strawberry.field(description="Where it was imported from.")
    is_demo: bool = strawberry.field(description="Whether it was made up to show the platform.")

    @strawberry.field(description="Its text as safe HTML.")
    def body_html(self) -> str:
        return render_markdown(self.body)

    @strawberry.field(description="Its point as GeoJSON, when it has one.")
    def position(self) -> GeoJSON | None:
        """A Point in WGS84."""
        return point(self.row.longitude, self.row.latitude)

    @strawberry.field(
        description="The topic it belongs to. Null only for a draft for which none is chosen yet."
    )
    def topic(self, info: Info) -> Topic | None:
        """Its topic; awaited only when this process does not have it in memory."""
        context, topic_id = context_of(info), self.row.topic_id
        if topic_id is None:
            return None
        known = known_topic(context, topic_id)
        return topic_of(context, known) if known else cast("Topic", _load_topic(context, topic_id))

    @strawberry.field(description="The place it is about, when it names one.")
    async def place(self, info: Info) -> Place | None:
        if self.row.place_id is None:
            return None
        row = await place_loader(context_of(info)).load(self.row.place_id)
        return Place.from_row(row) if row else None

    @strawberry.field(description="Who wrote it; null for what was imported without an author.")
    def author(self, info: Info) -> Author | None:
        """Its author; the name came with the row."""
        if self.row.author_public_id is None or self.row.author_name is None:
            return None
        context = context_of(info)
        context.tags.add(f"account:{self.row.author_id}")
        return named_author(
            context,
            self.row.author_public_id,
            self.row.author_name,
            has_left=bool(self.row.author_has_left),
            is_staff=self.row.author_is_staff,
        )

    @strawberry.field(description="Who joined as co-author.")
    async def co_authors(self, info: Info) -> list[Author]:
        """Those who accepted an invitation."""
        context = context_of(info)
        ids = await loaders.co_authors_loader(context).load(self.row.id)
        authors = await asyncio.gather(*(author_of(context, account_id) for account_id in ids))
        return [author for author in authors if author is not None]

    @strawberry.field(description="Everything that happened to it, oldest first.")
    async def timeline(self, info: Info) -> list[TimelineStep]:
        """At most its latest 100 steps."""
        rows = await loaders.transitions_loader(context_of(info)).load(self.row.id)
        return [TimelineStep.from_row(row) for row in rows]

    @strawberry.field(
        description="When it last changed for its readers: published, the text in force, or where it stands; null "
        "for a draft that was never handed in."
    )
    async def updated_at(self, info: Info) -> datetime | None:
        """Not when somebody supported or commented on it: that is activeAt."""
        return await loaders.updates_loader(context_of(info)).load(self.row.id)

    @strawberry.field(description="The municipality's answer, once there is one.")
    async def answer(self, info: Info) -> Answer | None:
        """The answer in force; one that was taken back to assessment is not."""
        if self.row.outcome is None:
            return None
        row = await loaders.answer_loader(context_of(info)).load(self.row.id)
        return Answer.from_row(row) if row else None

    @strawberry.field(description="When it is to be answered at the latest; null before it is public.")
    def answer_due_at(self, info: Info) -> datetime | None:
        """As the database keeps it; it moves with the topic's deadline."""
        context_of(info).tags.add(f"topic:{self.row.topic_id}")
        return self.row.answer_due_at

    @strawberry.field(
        description="The texts it has had, newest first; those before its publication for its authors, and for staff "
        "in charge from the one on that was handed in first."
    )
    async def versions(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[ProposalVersion]:
        """A page of versions; those of many proposals come in one statement."""
        context = context_of(info)
        audience = await self._versions_audience(context)
        page: Connection[ProposalVersion] = await keyset_page(
            first,
            after,
            int,
            fetch=lambda before, limit: loaders.versions_loader(context, limit).load(
                VersionsKey(self.row.id, audience, before)
            ),
            node=ProposalVersion.from_row,
            key=lambda row: row.number,
        )
        return page

    @strawberry.field(
        description="An edit of it that is not in force; for its authors and staff in charge, null to others."
    )
    async def pending_version(self, info: Info) -> PendingVersionType | None:
        """There is one at the most."""
        return await pending_version_of(context_of(info), self.row)

    @strawberry.field(
        description="How many texts readers could read: 1 until it is edited after its publication, 0 before."
    )
    async def version_count(self, info: Info) -> int:
        """Asked for only when there can be more than one."""
        if self.row.published_at is None or self.row.version == 1:
            return int(self.row.published_at is not None)
        return await loaders.version_count_loader(context_of(info)).load(self.row.id)

    async def _versions_audience(self, context: Context) -> Audience:
        if context.actor.seeing_account_id is None:
            return Audience.PUBLIC
        facts = await loaders.row_facts_loader(context).load(self.row)
        if facts.is_author:
            return Audience.AUTHORS
        return Audience.STAFF if may(context.actor, "read_unpublished", facts) else Audience.PUBLIC

    @strawberry.field(description="Things outside that it is tied to, such as the plan it was merged into.")
    async def links(self, info: Info) -> list[ProposalLink]:
        """At most 100."""
        rows = await loaders.links_loader(context_of(info)).load(self.row.id)
        return [ProposalLink.from_row(row) for row in rows]

    @result_field(
        InternalNotesResult,
        description="What planners and moderators in charge noted about it for each other, the newest first.",
    )
    async def internal_notes(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[InternalNote]:
        """A page of notes; those of many proposals come in one statement."""
        return await notes_on(context_of(info), self.row, first, after)

    @strawberry.field(
        description="Public proposals that say much the same, the most alike first. For at most 5 proposals "
        "at once."
    )
    async def similar(
        self,
        info: Info,
        first: Annotated[int, strawberry.argument(description="How many at the most, 1 to 20.")] = 5,
    ) -> list["Proposal"]:
        """A ranked list, without the proposal itself."""
        rows = await loaders.similar_loader(context_of(info), similar_size(first)).load(self.row)
        return [Proposal.from_row(row) for row in rows]

    @strawberry.field(description="What people say about it, without the replies.")
    async def comments(
        self,
        info: Info,
        first: First = DEFAULT_PAGE,
        after: After = None,
        sort: Annotated[
            CommentSort, strawberry.argument(description="The order they come in.")
        ] = CommentSort.NEWEST,
    ) -> Connection[Comment]:
        """A page of comments; those of many proposals come in one statement."""
        return await thread(context_of(info), ContentRef("proposal", self.row.id), first, after, sort)

    @strawberry.field(
        description="Why it was not published, or hidden; for its authors and moderators, null to others."
    )
    async def moderation_reason(self, info: Info) -> ModerationReason | None:
        context = context_of(info)
        facts = await loaders.row_facts_loader(context).load(self.row)
        if not (facts.is_author or context.actor.has_role(Role.MODERATOR, facts.topic_id)):
            return None
        return await reason_of(context, "proposal", self.row.id)

    def moderated_texts(self) -> dict[str, str]:
        """The texts that moderators look at, by field."""
        return {"title": self.title, "body": self.body}

    @classmethod
    def from_row(cls, row: ProposalRow) -> "Proposal":
        """The type for a row that the actor may see."""
        return cls(
            id=strawberry.ID(to_global_id("Proposal", row.id)),
            row=row,
            title=row.title,
            body=row.body,
            language=row.language,
            state=row.state,
            outcome=Outcome(row.outcome) if row.outcome else None,
            support_count=row.supports,
            comment_count=row.comments,
            version=row.version,
            created_at=row.created_at,
            submitted_at=row.submitted_at,
            published_at=row.published_at,
            answered_at=row.answered_at,
            active_at=row.active_at,
            source=row.source,
            is_demo=row.is_demo,
        )


async def _load_topic(context: Context, topic_id: int) -> Topic:
    return topic_of(context, await _topic_row(context, topic_id))


async def _topic_row(context: Context, topic_id: int) -> Any:
    """The topic's row: what a proposal belongs to is never deleted."""
    return await topic_loader(context).load(topic_id)


LazyProposal = Annotated["Proposal", strawberry.lazy("api.proposals.types")]


@fetched_by("Proposal")
async def fetch_proposal(context: Context, number: int) -> Any:
    """A proposal that the actor may know of."""
    facts = await loaders.facts_loader(context).load(number)
    return Proposal.from_row(facts.proposal) if facts else None
