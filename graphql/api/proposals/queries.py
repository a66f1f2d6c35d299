"""Queries about proposals."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

import strawberry

from api.accounts.types import account_of_author
from api.context import Context, Info, context_of
from api.node_ids import number_of
from api.pagination import (
    DEFAULT_PAGE,
    After,
    Connection,
    First,
    keyset_page,
)
from api.proposals.enums import Outcome, ProposalSort, ProposalState
from api.proposals.loaders import meaning_loader, topics_counting
from api.proposals.types import Proposal, fetch_proposal, similar_size
from backend.platform.errors import Invalid
from backend.proposals.listing import Listed, ProposalFilter
from backend.proposals.searching import MOST_COUNTED, Search, describe_search, find_proposals
from backend.proposals.similar import similar_proposals
from backend.proposals.states import PUBLIC
from backend.topics.queries import topic_by_slug

CURSORS: dict[ProposalSort, type] = {
    ProposalSort.NEWEST: datetime,
    ProposalSort.MOST_SUPPORTED: int,
    ProposalSort.RECENTLY_ACTIVE: datetime,
    ProposalSort.NEAREST: float,
    ProposalSort.NEWLY_ANSWERED: datetime,
    ProposalSort.LONGEST_WAITING: datetime,
    ProposalSort.BEST_MATCH: float,
}
_MAX_TOPICS = 100
_MAX_SEARCH = 200


@strawberry.input(description="A box on the map, WGS84 degrees.")
class BoundingBox:
    """West of east, south of north; boxes across the date line are not supported."""

    west: float = strawberry.field(description="Westernmost longitude.")
    south: float = strawberry.field(description="Southernmost latitude.")
    east: float = strawberry.field(description="Easternmost longitude.")
    north: float = strawberry.field(description="Northernmost latitude.")


@strawberry.input(description="A position, WGS84 degrees.")
class PositionInput:
    longitude: float = strawberry.field(description="-180 to 180.")
    latitude: float = strawberry.field(description="-90 to 90.")


@strawberry.input(description="What a list of proposals is narrowed to; everything given must hold.")
class ProposalFilterInput:
    """All parts are optional."""

    topic: strawberry.ID | None = strawberry.field(default=None, description="Only in this topic.")
    topic_slug: str | None = strawberry.field(
        default=None,
        description="Only in the topic with this slug; instead of `topic`, not with it.",
        deprecation_reason="Use Topic.proposals and Topic.proposalSearch. Goes after 2027-12-01.",
    )
    topics: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Only in one of these topics, at most 100."
    )
    place: strawberry.ID | None = strawberry.field(default=None, description="Only at this place.")
    states: list[ProposalState] | None = strawberry.field(default=None, description="Only in these states.")
    author: strawberry.ID | None = strawberry.field(default=None, description="Only by this author.")
    search: str | None = strawberry.field(
        default=None,
        description="Only with these words, the last of which may be begun only. Where no proposal has them, with "
        "the words that were probably meant, or with some of them: `proposalSearch` says which.",
    )
    box: BoundingBox | None = strawberry.field(default=None, description="Only with a point in this box.")
    near: PositionInput | None = strawberry.field(default=None, description="Where NEAREST measures from.")
    outcome: Outcome | None = strawberry.field(default=None, description="Only answered so.")
    outcomes: list[Outcome] | None = strawberry.field(
        default=None, description="Only answered in one of these ways."
    )
    overdue: bool | None = strawberry.field(
        default=None,
        description="Only those that should have been answered by now, or (false) only the others.",
    )
    news: bool = strawberry.field(
        default=False,
        description="Only what counts as news: without what was imported, unless its topic counts that.",
    )


@strawberry.type(description="What a search for proposals comes to.")
class ProposalSearch:
    count: int = strawberry.field(description="How many proposals there are, at most 1,000.")
    is_more: bool = strawberry.field(description="Whether there are more than `count`.")
    corrected: str | None = strawberry.field(
        description="The words that were looked for instead, when no proposal has those that were asked for."
    )
    is_partial: bool = strawberry.field(
        description="Whether no proposal has all of the words, and those that have some are listed."
    )

    @classmethod
    def of(cls, found: Search) -> "ProposalSearch":
        """The type for a search that is understood."""
        return cls(
            count=min(found.count, MOST_COUNTED),
            is_more=found.is_more,
            corrected=found.corrected,
            is_partial=found.is_partial,
        )


def _box(given: BoundingBox | None) -> tuple[float, float, float, float] | None:
    if given is None:
        return None
    if not (-180 <= given.west <= given.east <= 180 and -90 <= given.south <= given.north <= 90):
        raise Invalid("box_out_of_range", "Kartutsnittet er ikke gyldig.", field="filter.box")
    return given.west, given.south, given.east, given.north


def _near(given: PositionInput | None, sort: ProposalSort) -> tuple[float, float] | None:
    if given is None:
        if sort is ProposalSort.NEAREST:
            raise Invalid("near_missing", "Si hvor «nærmest» skal måles fra.", field="filter.near")
        return None
    if not (-180 <= given.longitude <= 180 and -90 <= given.latitude <= 90):
        raise Invalid("position_out_of_range", "Posisjonen er ikke et sted på jorden.", field="filter.near")
    return given.longitude, given.latitude


def _id(value: strawberry.ID | None, type_name: str, field: str) -> int | None:
    return None if value is None else number_of(value, type_name, field=field)


async def _author(context: Context, value: strawberry.ID | None) -> int | None:
    if value is None:
        return None
    account_id = await account_of_author(context, value, field="filter.author")
    # Once they have another id, this one finds nothing more.
    context.tags.add(f"account:{account_id}")
    return account_id


def _topics(given: list[strawberry.ID] | None) -> tuple[int, ...] | None:
    if given is None:
        return None
    if len(given) > _MAX_TOPICS:
        raise Invalid("too_many_topics", "Velg høyst {most} temaer.", field="filter.topics", most=_MAX_TOPICS)
    return tuple(number_of(value, "Topic", field="filter.topics") for value in given)


async def _topic(context: Context, given: ProposalFilterInput) -> int | None:
    """The topic by id or slug; no topic has the number 0, so an unknown slug has no proposals."""
    if given.topic_slug is None:
        return _id(given.topic, "Topic", "filter.topic")
    if given.topic is not None:
        raise Invalid(
            "two_topics", "Velg tema med «topic» eller «topicSlug», ikke begge.", field="filter.topicSlug"
        )
    found = await topic_by_slug(context.municipality_id, given.topic_slug, context.language)
    return found.id if found else 0


async def proposal_filter(
    context: Context, given: ProposalFilterInput | None, sort: ProposalSort
) -> ProposalFilter:
    """What a list is narrowed to. Raises Invalid, NotFound at the part that is wrong."""
    given = given or ProposalFilterInput()
    if sort is ProposalSort.BEST_MATCH and not given.search:
        raise Invalid("search_missing", "Skriv hva som skal søkes etter.", field="filter.search")
    if given.search is not None and len(given.search) > _MAX_SEARCH:
        raise Invalid(
            "search_length", "Søket kan ha høyst {most} tegn.", field="filter.search", most=_MAX_SEARCH
        )
    return ProposalFilter(
        topic_id=await _topic(context, given),
        place_id=_id(given.place, "Place", "filter.place"),
        # Asked for states that are never listed, the list is empty.
        states=tuple(s.value for s in given.states if s in PUBLIC) if given.states else None,
        author_id=await _author(context, given.author),
        search=given.search or None,
        language=context.language if given.search else None,
        box=_box(given.box),
        near=_near(given.near, sort),
        topic_ids=_topics(given.topics),
        outcome=given.outcome and given.outcome.value,
        outcomes=None if given.outcomes is None else tuple(outcome.value for outcome in given.outcomes),
        overdue=given.overdue,
        counted=await topics_counting(context) if given.news else None,
    )


# Such a list changes when what was not on it moves up; other lists show counts of their own rows only.
_ORDER_TAGS = {ProposalSort.MOST_SUPPORTED: "supports", ProposalSort.RECENTLY_ACTIVE: "activity"}


def tag_list(context: Context, filters: ProposalFilter, sort: ProposalSort, rows: list[Listed]) -> None:
    """Note what a list is made of, so that a cached answer goes when it changes."""
    if sort in _ORDER_TAGS:
        context.tags.add(_ORDER_TAGS[sort])
    topics = filters.topic_ids if filters.topic_id is None else (filters.topic_id,)
    context.tags.update(("proposals",) if topics is None else (f"topic:{number}" for number in topics))
    context.tags.update(f"proposal:{listed.row.id}" for listed in rows)


Filter = Annotated[ProposalFilterInput | None, strawberry.argument(description="What to narrow the list to.")]
SearchFilter = Annotated[
    ProposalFilterInput, strawberry.argument(description="The filter of the list, with its `search`.")
]
Sort = Annotated[
    ProposalSort,
    strawberry.argument(
        description="The order; NEAREST needs `filter.near` and BEST_MATCH `filter.search`. NEWLY_ANSWERED lists "
        "only those that are answered, LONGEST_WAITING only those that are not, the first to be due first."
    ),
]


async def proposal_page(
    context: Context,
    first: int,
    after: str | None,
    given: ProposalFilterInput | None,
    sort: ProposalSort,
    *,
    among: tuple[int, ...] | None = None,
) -> Connection[Proposal]:
    """A page of public proposals, of the topics `among` only (None: of all)."""
    filters = _among(await proposal_filter(context, given, sort), among)

    async def fetch(key: Any, limit: int) -> list[Listed]:
        rows = await find_proposals(
            context.municipality_id,
            filters,
            sort,
            after=key,
            limit=limit,
            interpret=meaning_loader(context).load,
        )
        tag_list(context, filters, sort, rows)
        return rows

    page: Connection[Proposal] = await keyset_page(
        first,
        after,
        CURSORS[sort],
        int,
        fetch=fetch,
        node=lambda listed: Proposal.from_row(listed.row),
        key=lambda listed: (listed.sort_value, listed.row.id),
    )
    return page


async def proposal_search_of(
    context: Context, given: ProposalFilterInput, *, among: tuple[int, ...] | None = None
) -> ProposalSearch:
    """What a search comes to, in the topics `among` only (None: in all)."""
    filters = _among(await proposal_filter(context, given, ProposalSort.NEWEST), among)
    tag_list(context, filters, ProposalSort.NEWEST, [])
    return ProposalSearch.of(
        await describe_search(context.municipality_id, filters, meaning_loader(context).load)
    )


def _among(filters: ProposalFilter, among: tuple[int, ...] | None) -> ProposalFilter:
    if among is None:
        return filters
    chosen = among if filters.topic_ids is None else tuple(set(among) & set(filters.topic_ids))
    return replace(filters, topic_ids=chosen)


@strawberry.type
class ProposalQueries:
    """What may be asked about proposals."""

    @strawberry.field(description="Public proposals.")
    async def proposals(
        self,
        info: Info,
        first: First = DEFAULT_PAGE,
        after: After = None,
        filter: Filter = None,  # noqa: A002 - the argument's name in the API
        sort: Sort = ProposalSort.NEWEST,
    ) -> Connection[Proposal]:
        return await proposal_page(context_of(info), first, after, filter, sort)

    @strawberry.field(
        description="What a search for proposals comes to: how many there are, and for which words."
    )
    async def proposal_search(
        self,
        info: Info,
        filter: SearchFilter,  # noqa: A002 - the argument's name in the API
    ) -> ProposalSearch:
        """Of the same filter as the list's."""
        return await proposal_search_of(context_of(info), filter)

    @strawberry.field(description="A proposal; null when there is none that the viewer may know of.")
    async def proposal(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")],  # noqa: A002
    ) -> Proposal | None:
        try:
            number = number_of(id, "Proposal")
        except Invalid:
            return None
        found: Proposal | None = await fetch_proposal(context_of(info), number)
        return found

    @strawberry.field(description="Public proposals like the one being written, the most alike first.")
    async def similar_proposals(
        self,
        info: Info,
        title: Annotated[str, strawberry.argument(description="The title so far.")],
        body: Annotated[str, strawberry.argument(description="The text so far.")] = "",
        first: Annotated[int, strawberry.argument(description="How many at the most, 1 to 20.")] = 5,
    ) -> list[Proposal]:
        context = context_of(info)
        limit = similar_size(first)
        rows = await similar_proposals(context.municipality_id, title[:500], body[:20_000], limit=limit)
        context.tags.update(("proposals", *(f"proposal:{row.id}" for row in rows)))
        return [Proposal.from_row(row) for row in rows]
