"""GraphQL types of topics and places."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from api.accounts.types import Author, author_of
from api.context import Context, Info, context_of
from api.follows.loaders import followed_topic_loader
from api.node import Node, fetched_by
from api.node_ids import to_global_id
from api.pagination import DEFAULT_PAGE, After, Connection, First
from api.proposals.enums import ProposalSort
from api.scalars import GeoJSON
from api.topics.enums import ModerationMode
from api.topics.loaders import (
    place_loader,
    topic_figures_loader,
    topic_loader,
    topic_places_loader,
    topic_texts_loader,
)
from api.topics.statistics import TopicFigures
from api.viewer import Permission, permission, permission_to
from backend.platform.authz import administer
from backend.platform.i18n import translate
from backend.text.markup import render_markdown
from backend.topics.queries import PlaceRow, TopicRow
from backend.topics.rules import manage, may

if TYPE_CHECKING:
    from api.proposals.on_map import ProposalMap
    from api.proposals.queries import ProposalFilterInput, ProposalSearch
    from api.proposals.types import Proposal

GOALS = {
    1: "Bærekraftige tjenester som gir mulighet for mestring og læring",
    2: "Balansert samfunnsutvikling: mangfoldig, grønn og urban",
    3: "En innovativ og endringsdyktig organisasjon",
    4: "Dialog og medvirkning for bedre løsninger",
}


@strawberry.type(description="One of the four main goals of the municipality's long-term plan.")
class Goal:
    number: int = strawberry.field(description="1 to 4.")
    title: str = strawberry.field(description="In the reader's language.")


def goal(number: int, language: str) -> Goal:
    """The goal of that number, in that language."""
    return Goal(number=number, title=translate(language, GOALS[number]))


@strawberry.type(description="What one action asks of a person.")
class TopicRequirement:
    action: str = strawberry.field(description="propose, support or comment.")
    min_age: int | None = strawberry.field(description="The age that must be reached this year.")
    residents_only: bool = strawberry.field(description="Whether one must live in the municipality.")
    accepts_declared: bool = strawberry.field(
        description="Whether a person's own word for where they live is enough."
    )


@strawberry.type(description="A topic's words in one language.")
class TopicText:
    language: str = strawberry.field(description="nb, nn or en.")
    title: str = strawberry.field(description="The title.")
    summary: str = strawberry.field(description="Two sentences.")
    body: str = strawberry.field(description="The whole text, Markdown.")


@strawberry.type(description="A place's name in one language.")
class PlaceName:
    language: str = strawberry.field(description="nb, nn or en.")
    name: str = strawberry.field(description="The name.")


@strawberry.type(description="A place with its outline.")
class Place(Node):
    row: strawberry.Private[PlaceRow]
    slug: str = strawberry.field(description="Its name in addresses.")
    name: str = strawberry.field(description="Its name, in the reader's language where it has one.")
    kind: str = strawberry.field(description="municipality, town, district or neighbourhood.")
    geometry: GeoJSON = strawberry.field(description="The outline.")
    version: int = strawberry.field(description="What updatePlace wants as `expectedVersion`.")

    @strawberry.field(description="Its names, the one in bokmål first.")
    def names(self) -> list[PlaceName]:
        """At most three."""
        names = (("nb", self.row.name), ("nn", self.row.name_nn), ("en", self.row.name_en))
        return [PlaceName(language=language, name=name) for language, name in names if name]

    @strawberry.field(description="Whether the viewer may change it, and why not.")
    def viewer_can_administer(self, info: Info) -> Permission:
        context = context_of(info)
        return permission(administer(context.actor, None), context.language)

    @classmethod
    def from_row(cls, row: PlaceRow) -> "Place":
        """The type for a row."""
        return cls(
            id=strawberry.ID(to_global_id("Place", row.id)),
            row=row,
            slug=row.slug,
            name=row.shown_name,
            kind=row.kind,
            geometry=GeoJSON(row.geometry),
            version=row.version,
        )


_LazyFilter = Annotated["ProposalFilterInput", strawberry.lazy("api.proposals.queries")]
ProposalsFilter = Annotated[
    _LazyFilter | None, strawberry.argument(description="What to narrow the list to.")
]
ProposalsSearchFilter = Annotated[
    _LazyFilter, strawberry.argument(description="The filter of the list, with its `search`.")
]
ProposalsMapFilter = Annotated[_LazyFilter, strawberry.argument(description="What to narrow the points to.")]
ProposalsSort = Annotated[
    ProposalSort, strawberry.argument(description="The order, as of other lists of proposals.")
]


@strawberry.type(description="What the municipality asks its residents about.")
class Topic(Node):
    row: strawberry.Private[TopicRow]
    slug: str = strawberry.field(description="Its name in addresses.")
    title: str = strawberry.field(description="In the reader's language where there are words in it.")
    summary: str = strawberry.field(description="Two sentences about it.")
    body: str = strawberry.field(description="The whole text, Markdown.")
    language: str = strawberry.field(description="The language that the words are in.")
    opens_at: datetime = strawberry.field(description="From when on people may take part.")
    closes_at: datetime | None = strawberry.field(description="Until when; null when there is no end.")
    answer_days: int = strawberry.field(
        description="Within how many days of publication a proposal is answered."
    )
    moderation_mode: ModerationMode = strawberry.field(description="When it publishes what people write.")
    proposals_open: bool = strawberry.field(description="Whether it takes new proposals while it is open.")
    supports_open: bool = strawberry.field(description="Whether proposals can be supported while it is open.")
    comments_open: bool = strawberry.field(description="Whether people can comment while it is open.")
    counts_imported: bool = strawberry.field(
        description="Whether what was imported into it counts in figures and news."
    )
    version: int = strawberry.field(description="What updateTopic wants as `expectedVersion`.")

    @strawberry.field(description="The whole text as safe HTML.")
    def body_html(self) -> str:
        return render_markdown(self.body)

    @strawberry.field(description="The main goals it serves.")
    def goals(self, info: Info) -> list[Goal]:
        """In order of their number."""
        language = context_of(info).language
        return [goal(number, language) for number in sorted(self.row.goals)]

    @strawberry.field(description="What actions ask of a person; an action that is not listed asks nothing.")
    def requirements(self) -> list[TopicRequirement]:
        """At most one for each action."""
        return [
            TopicRequirement(
                action=r.action,
                min_age=r.min_age,
                residents_only=r.residents_only,
                accepts_declared=r.accepts_declared,
            )
            for r in self.row.requirements
        ]

    @strawberry.field(description="The places it concerns.")
    async def places(self, info: Info) -> list[Place]:
        """By name."""
        rows = await topic_places_loader(context_of(info)).load(self.row.id)
        return [Place.from_row(row) for row in rows]

    @strawberry.field(description="Its words in every language that it has, by language.")
    async def texts(self, info: Info) -> list[TopicText]:
        """At most three."""
        rows = await topic_texts_loader(context_of(info)).load(self.row.id)
        return [TopicText(language=t.language, title=t.title, summary=t.summary, body=t.body) for t in rows]

    @strawberry.field(description="What has come of its proposals.")
    async def figures(self, info: Info) -> TopicFigures:
        return TopicFigures.from_row(await topic_figures_loader(context_of(info)).load(self.row.id))

    @strawberry.field(
        description="Its public proposals; a filter by topic narrows them, and never widens. With a search, of one "
        "topic at a time."
    )
    async def proposals(
        self,
        info: Info,
        first: First = DEFAULT_PAGE,
        after: After = None,
        filter: ProposalsFilter = None,  # noqa: A002 - the argument's name in the API
        sort: ProposalsSort = ProposalSort.NEWEST,
    ) -> Connection[Annotated["Proposal", strawberry.lazy("api.proposals.types")]]:
        """A page of proposals; those of many topics come in one statement."""
        # Proposals know topics, so topics find proposals when they are asked.
        from api.proposals.by_topic import proposals_of_topic

        return await proposals_of_topic(context_of(info), self.row.id, first, after, filter, sort)

    @strawberry.field(description="What a search among its proposals comes to; of one topic at a time.")
    async def proposal_search(
        self,
        info: Info,
        filter: ProposalsSearchFilter,  # noqa: A002 - the argument's name in the API
    ) -> Annotated["ProposalSearch", strawberry.lazy("api.proposals.queries")]:
        """Of the same filter as the list's."""
        from api.proposals.by_topic import search_in_topic

        return await search_in_topic(context_of(info), self.row.id, filter)

    @strawberry.field(description="Where its proposals lie: all that match; of one topic at a time.")
    async def proposal_map(
        self,
        info: Info,
        filter: ProposalsMapFilter,  # noqa: A002 - the argument's name in the API
    ) -> Annotated["ProposalMap", strawberry.lazy("api.proposals.on_map")]:
        from api.proposals.by_topic import map_of_topic

        return await map_of_topic(context_of(info), self.row.id, filter)

    @strawberry.field(description="The planner responsible, when one is named.")
    async def responsible(self, info: Info) -> Author | None:
        return await author_of(context_of(info), self.row.responsible_id)

    @strawberry.field(description="Whether the viewer may change its words and what is open, and why not.")
    def viewer_can_manage(self, info: Info) -> Permission:
        context = context_of(info)
        return permission_to(context.actor, "write", manage(context.actor, self.row), context.language)

    @strawberry.field(
        description="Whether the viewer may change for whom, where and when it is, and why not."
    )
    def viewer_can_administer(self, info: Info) -> Permission:
        context = context_of(info)
        return permission(administer(context.actor, self.row), context.language)

    @strawberry.field(description="Whether the viewer follows it.")
    async def viewer_is_following(self, info: Info) -> bool:
        """False for a stranger."""
        return await followed_topic_loader(context_of(info)).load(self.row.id)

    @strawberry.field(description="Whether the viewer may hand in a proposal now, and why not.")
    def viewer_can_propose(self, info: Info) -> Permission:
        context = context_of(info)
        decision = may(context.actor, "propose", self.row)
        return permission_to(context.actor, "write", decision, context.language)

    @classmethod
    def from_row(cls, row: TopicRow) -> "Topic":
        """The type for a row."""
        return cls(
            id=strawberry.ID(to_global_id("Topic", row.id)),
            row=row,
            slug=row.slug,
            title=row.title,
            summary=row.summary,
            body=row.body,
            language=row.language,
            opens_at=row.opens_at,
            closes_at=row.closes_at,
            answer_days=row.answer_days,
            moderation_mode=ModerationMode(row.moderation_mode),
            proposals_open=row.proposals_open,
            supports_open=row.supports_open,
            comments_open=row.comments_open,
            counts_imported=row.counts_imported,
            version=row.version,
        )


def topic_of(context: Context, row: TopicRow) -> Topic:
    """The type for a row: one for all the proposals of an answer that name it."""
    found: Topic | None = context.made.get(("Topic", row.id))
    if found is None:
        found = context.made["Topic", row.id] = Topic.from_row(row)
    return found


LazyTopic = Annotated["Topic", strawberry.lazy("api.topics.types")]


@fetched_by("Topic")
async def fetch_topic(context: Context, number: int) -> Any:
    """Every topic is public."""
    row = await topic_loader(context).load(number)
    return Topic.from_row(row) if row else None


@fetched_by("Place")
async def fetch_place(context: Context, number: int) -> Any:
    """Every place is public."""
    row = await place_loader(context).load(number)
    return Place.from_row(row) if row else None
