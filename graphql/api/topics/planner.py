"""The planner's desk: the topics they answer in, and how much waits there."""

import strawberry

from api.context import Context, Info, context_of
from api.pagination import (
    DEFAULT_PAGE,
    After,
    Connection,
    First,
    keyset_page,
)
from api.proposals.enums import ProposalSort
from api.proposals.queries import (
    Filter,
    ProposalSearch,
    SearchFilter,
    Sort,
    proposal_page,
    proposal_search_of,
)
from api.proposals.types import Proposal
from api.topics.types import Topic
from backend.proposals.workload import DeskRow, planners_desk
from backend.topics.queries import list_topics


@strawberry.type(description="What a planner has to do with, counted at most a minute ago.")
class PlannerDesk:
    row: strawberry.Private[DeskRow]
    waiting_count: int = strawberry.field(
        description="How many public proposals in all of the viewer's topics have no answer yet."
    )
    overdue_count: int = strawberry.field(description="How many of them should have had it by now.")

    @strawberry.field(
        description="The topics where the viewer may assess proposals, in Norwegian alphabetical order of their titles."
    )
    async def topics(self, info: Info, first: First = DEFAULT_PAGE, after: After = None) -> Connection[Topic]:
        """A page of topics, open or not: what was handed in is still to be answered."""
        context = context_of(info)
        page: Connection[Topic] = await keyset_page(
            first,
            after,
            str,
            str,
            fetch=lambda key, limit: list_topics(
                context.municipality_id,
                context.language,
                open_only=False,
                after=key,
                limit=limit,
                among=self.row.topic_ids,
            ),
            node=Topic.from_row,
            key=lambda row: (row.title, row.slug),
        )
        return page

    @strawberry.field(
        description="Public proposals in these topics; a filter by topic narrows them, and never widens."
    )
    async def proposals(
        self,
        info: Info,
        first: First = DEFAULT_PAGE,
        after: After = None,
        filter: Filter = None,  # noqa: A002 - the argument's name in the API
        sort: Sort = ProposalSort.NEWEST,
    ) -> Connection[Proposal]:
        """A page of proposals that the viewer may assess."""
        return await proposal_page(context_of(info), first, after, filter, sort, among=self.row.topic_ids)

    @strawberry.field(description="What a search among these proposals comes to.")
    async def proposal_search(
        self,
        info: Info,
        filter: SearchFilter,  # noqa: A002 - the argument's name in the API
    ) -> ProposalSearch:
        """Of the same filter as the list's."""
        return await proposal_search_of(context_of(info), filter, among=self.row.topic_ids)


async def desk_of(context: Context) -> PlannerDesk | None:
    """The viewer's desk, when they are a planner."""
    row = await planners_desk(context.actor)
    if row is None:
        return None
    return PlannerDesk(row=row, waiting_count=row.waiting, overdue_count=row.overdue)
