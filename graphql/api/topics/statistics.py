"""What has come of the proposals, in figures."""

import strawberry

from api.context import Info, context_of
from backend.proposals.statistics import TAG, FiguresRow, OverallRow, overall_figures


@strawberry.type(description="What has come of a topic's public proposals, counted at most a minute ago.")
class TopicFigures:
    proposal_count: int = strawberry.field(
        description="How many there are, without those imported, unless the topic counts them."
    )
    imported_count: int = strawberry.field(
        description="How many were imported and are left out of the other figures."
    )
    answered_count: int = strawberry.field(description="How many of them are answered.")
    waiting_count: int = strawberry.field(description="How many of them have no answer yet.")
    overdue_count: int = strawberry.field(
        description="How many of those without an answer should have had it by now."
    )
    support_count: int = strawberry.field(description="How many supports they have together.")
    median_days_to_answer: float | None = strawberry.field(
        description="Half of the answers came within so many days of publication; null before the first one."
    )

    @classmethod
    def from_row(cls, row: FiguresRow) -> "TopicFigures":
        """The type for a row."""
        return cls(
            proposal_count=row.proposals,
            imported_count=row.imported,
            answered_count=row.answered,
            waiting_count=row.waiting,
            overdue_count=row.overdue,
            support_count=row.supports,
            median_days_to_answer=_rounded(row.median_days),
        )


@strawberry.type(description="What people and the municipality have done here, counted at most a minute ago.")
class Figures:
    open_topic_count: int = strawberry.field(description="How many topics are open for input now.")
    proposal_count: int = strawberry.field(
        description="How many proposals are public, without those imported into topics that do not count them."
    )
    imported_count: int = strawberry.field(
        description="How many were imported and are left out of the other figures."
    )
    answered_count: int = strawberry.field(description="How many of them are answered.")
    answered_percent: int = strawberry.field(
        description="The share of them that is answered, in whole percent, rounded down."
    )
    support_count: int = strawberry.field(description="How many supports they have together.")
    participant_count: int = strawberry.field(
        description="How many people have a public proposal or comment, or support one."
    )
    median_days_to_answer: float | None = strawberry.field(
        description="Half of the answers came within so many days of publication; null before the first one."
    )

    @classmethod
    def from_row(cls, row: OverallRow) -> "Figures":
        """The type for a row."""
        return cls(
            open_topic_count=row.open_topics,
            proposal_count=row.figures.proposals,
            imported_count=row.figures.imported,
            answered_count=row.figures.answered,
            answered_percent=row.answered_percent,
            support_count=row.figures.supports,
            participant_count=row.participants,
            median_days_to_answer=_rounded(row.figures.median_days),
        )


def _rounded(days: float | None) -> float | None:
    return None if days is None else round(days, 1)


@strawberry.type
class StatisticsQueries:
    """What may be asked about all of it."""

    @strawberry.field(description="What has come of all topics together.")
    async def figures(self, info: Info) -> Figures:
        """For everybody."""
        context = context_of(info)
        context.tags.update((TAG, "topics"))
        return Figures.from_row(await overall_figures(context.municipality_id))
