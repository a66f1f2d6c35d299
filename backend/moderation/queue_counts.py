"""How much waits for a moderator, by topic."""

from dataclasses import dataclass

from backend.moderation.part import has_part_sql
from backend.platform.authz import Actor, Role, moderate_somewhere, require
from backend.platform.database import fetch


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A topic and its number of cases that nobody has decided."""

    topic_id: int
    count: int


async def waiting_by_topic(actor: Actor) -> list[WaitingRow]:
    """Topics that the actor moderates and where cases wait that they may decide. Raises Unauthenticated, Forbidden."""
    require(moderate_somewhere(actor, None))
    grants = [grant for grant in actor.grants if grant.role is Role.MODERATOR]
    rows = await fetch(
        f"""SELECT c.topic_id, count(*) AS count FROM moderation_case c
           WHERE c.municipality_id = $1 AND c.state <> 'decided' AND ($2 OR c.topic_id = ANY($3::bigint[]))
             AND NOT {has_part_sql("c", "$4")}
           GROUP BY c.topic_id ORDER BY c.topic_id""",
        actor.municipality_id,
        any(grant.topic_id is None for grant in grants),
        [grant.topic_id for grant in grants if grant.topic_id is not None],
        actor.person_account_ids,
    )
    return [WaitingRow(row["topic_id"], row["count"]) for row in rows]
