"""How much waits for a moderator, by topic."""

from dataclasses import dataclass

from backend.authz import ALLOWED, Actor, Decision, Refusal, Role, Rule, logged_in, require, with_scope
from backend.database import fetch

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
    """Topics that the actor moderates and where cases wait. Raises Unauthenticated, Forbidden."""
    require(may_see_queue(actor, None))
    grants = [grant for grant in actor.grants if grant.role is Role.MODERATOR]
    rows = await fetch(
        """SELECT topic_id, count(*) AS count FROM moderation_case
           WHERE municipality_id = $1 AND state <> 'decided' AND ($2 OR topic_id = ANY($3::bigint[]))
           GROUP BY topic_id ORDER BY topic_id""",
        actor.municipality_id,
        any(grant.topic_id is None for grant in grants),
        [grant.topic_id for grant in grants if grant.topic_id is not None],
    )
    return [WaitingRow(row["topic_id"], row["count"]) for row in rows]
