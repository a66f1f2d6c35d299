"""The way out of one proposal: no notifications of what happens to it, until it is unmuted or followed again."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.notifications.audience import relations_sql
from backend.notifications.kinds import CHOSEN_CAUSES, Cause, Channel
from backend.platform.authz import Actor, logged_in, require
from backend.platform.database import execute, fetch, fetch_value
from backend.proposals.access import visible_proposals
from backend.proposals.rules import NOT_FOUND


@dataclass(frozen=True, slots=True)
class Subscription:
    """Why a person is notified of what happens to a proposal, the strongest first, unless it `is_muted`."""

    is_muted: bool
    causes: tuple[Cause, ...]


async def mute_proposal(actor: Actor, proposal_id: int) -> bool:
    """Mute a proposal that the actor may see; False when it was muted. Raises NotFound, Unauthenticated."""
    require(logged_in(actor, None))
    if proposal_id not in await visible_proposals(actor, [proposal_id]):
        raise NOT_FOUND.as_error()
    assert actor.account_id is not None
    return await insert_mute(actor.municipality_id, actor.account_id, proposal_id)


async def unmute_proposal(actor: Actor, proposal_id: int) -> bool:
    """Unmute a proposal, also one that is out of sight by now; False when it was not muted. Raises Unauthenticated."""
    require(logged_in(actor, None))
    assert actor.account_id is not None
    return await delete_mute(actor.municipality_id, actor.account_id, proposal_id)


async def insert_mute(municipality_id: int, account_id: int, proposal_id: int) -> bool:
    """Mute, whoever asks for it; False when it was so."""
    added = await fetch_value(
        """INSERT INTO notification_mute (municipality_id, account_id, proposal_id)
           SELECT $1, $2, id FROM proposal WHERE municipality_id = $1 AND id = $3
           ON CONFLICT (municipality_id, proposal_id, account_id) DO NOTHING RETURNING id""",
        municipality_id,
        account_id,
        proposal_id,
    )
    return added is not None


async def delete_mute(municipality_id: int, account_id: int, proposal_id: int) -> bool:
    """Unmute, whoever asks for it; False when it was so."""
    done = await execute(
        "DELETE FROM notification_mute WHERE municipality_id = $1 AND account_id = $2 AND proposal_id = $3",
        municipality_id,
        account_id,
        proposal_id,
    )
    return done != "DELETE 0"


async def subscriptions(actor: Actor, proposal_ids: Sequence[int]) -> dict[int, Subscription]:
    """How the actor stands to notifications of each of these; a cause turned off in every channel does not count."""
    rows = await fetch(
        f"""SELECT asked.id, relation.causes, EXISTS (SELECT FROM notification_mute m WHERE m.municipality_id = $1
                   AND m.account_id = $2 AND m.proposal_id = asked.id) AS is_muted,
                ARRAY(SELECT cause FROM notification_cause_preference WHERE municipality_id = $1 AND account_id = $2
                      AND NOT wanted GROUP BY cause HAVING count(*) = $4) AS unwanted
            FROM unnest($3::bigint[]) AS asked (id)
            CROSS JOIN LATERAL ({relations_sql()}) relation""",
        actor.municipality_id,
        actor.account_id,
        proposal_ids,
        len(Channel),
    )
    return {
        row["id"]: Subscription(
            row["is_muted"],
            tuple(
                Cause(cause)
                for cause in row["causes"]
                if not (cause in CHOSEN_CAUSES and cause in row["unwanted"])
            ),
        )
        for row in rows
    }
