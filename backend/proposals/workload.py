"""What planners have to do with: their topics, and how much waits for an answer there."""

from dataclasses import dataclass

from backend.platform.authz import Actor, Role
from backend.platform.database import fetch_row


@dataclass(frozen=True, slots=True)
class DeskRow:
    """What a planner has to do with: the ids of their topics (None: all), and what waits in these together."""

    topic_ids: tuple[int, ...] | None
    waiting: int
    overdue: int


async def planners_desk(actor: Actor) -> DeskRow | None:
    """The desk of a planner; None for anybody else, and for a credential that does not show it."""
    grants = [grant for grant in actor.grants if actor.sees_own and grant.role is Role.PLANNER]
    if not grants:
        return None
    given = tuple(sorted({grant.topic_id for grant in grants if grant.topic_id is not None}))
    topic_ids = None if any(grant.topic_id is None for grant in grants) else given
    row = await fetch_row(
        """SELECT coalesce(sum(waiting), 0)::int AS waiting, coalesce(sum(overdue), 0)::int AS overdue
           FROM proposal_figures WHERE municipality_id = $1 AND coalesce(topic_id, 0) = ANY($2)""",
        actor.municipality_id,
        [0] if topic_ids is None else topic_ids,
    )
    assert row is not None
    return DeskRow(topic_ids, row["waiting"], row["overdue"])
