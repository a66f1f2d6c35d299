"""How much waits for a moderator, by topic."""

from dataclasses import dataclass

from backend.platform.authz import (
    ALLOWED,
    Actor,
    Decision,
    Refusal,
    Role,
    Rule,
    logged_in,
    require,
    with_scope,
)
from backend.platform.database import fetch
from backend.proposals.involvement import has_part_sql

NOT_A_MODERATOR = Refusal("role_missing", "Dette krever en rolle du ikke har.")


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A topic and its number of cases that nobody has decided."""

    topic_id: int
    count: int


def _moderates_something(actor: Actor, _thing: object) -> Decision:
    return ALLOWED if actor.has_role_somewhere(Role.MODERATOR) else NOT_A_MODERATOR


may_see_queue: Rule[object] = logged_in & with_scope("moderate") & Rule(_moderates_something)


async def waiting_by_topic(actor: Actor) -> list[WaitingRow]:
    """Topics that the actor moderates and where cases wait that they may decide. Raises Unauthenticated, Forbidden."""
    require(may_see_queue(actor, None))
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
