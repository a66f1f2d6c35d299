"""Whose former names a moderator may read: of those they have a case about. Each reading is noted."""

from collections.abc import Sequence

from backend.platform.authz import Actor, Refusal, Role
from backend.platform.database import execute, fetch_value

NO_CASE = Refusal("no_case_about_author", "Du kan bare se tidligere navn på dem du har en sak om.")


async def case_about(actor: Actor, account_id: int) -> int | None:
    """The latest case of the actor's topics about something the account wrote; None when there is none.

    What screening let pass was nobody's case.
    """
    grants = [grant for grant in actor.grants if grant.role is Role.MODERATOR]
    case_id: int | None = await fetch_value(
        """SELECT max(id) FROM moderation_case
           WHERE municipality_id = $1 AND author_id = $2 AND (state <> 'decided' OR decided_by_id IS NOT NULL)
             AND ($3 OR topic_id = ANY($4::bigint[]))""",
        actor.municipality_id,
        account_id,
        any(grant.topic_id is None for grant in grants),
        [grant.topic_id for grant in grants if grant.topic_id is not None],
    )
    return case_id


async def record_names_read(actor: Actor, readings: Sequence[tuple[int, int]]) -> None:
    """Note that the actor reads the names of these accounts, each for its case; once an hour for one of them."""
    await execute(
        """INSERT INTO account_act (municipality_id, kind, account_id, actor_id, case_id)
           SELECT DISTINCT $1::int, 'names_read', r.account_id, $2::bigint, r.case_id
           FROM unnest($3::bigint[], $4::bigint[]) AS r (account_id, case_id)
           WHERE NOT EXISTS (SELECT FROM account_act a WHERE a.municipality_id = $1 AND a.kind = 'names_read'
               AND a.account_id = r.account_id AND a.actor_id = $2 AND a.case_id = r.case_id
               AND a.created_at > now() - interval '1 hour')""",
        actor.municipality_id,
        actor.account_id,
        [account_id for account_id, _ in readings],
        [case_id for _, case_id in readings],
    )
