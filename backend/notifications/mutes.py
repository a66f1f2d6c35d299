"""The way out of one page: no notifications of what happens to it, until it is unmuted or followed again."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.content.kinds import ContentRef
from backend.content.registry import access_root
from backend.notifications.audience import relations_sql
from backend.notifications.kinds import CHOSEN_CAUSES, Cause, Channel
from backend.platform.authz import Actor, logged_in, require
from backend.platform.database import execute, fetch, fetch_value


@dataclass(frozen=True, slots=True)
class Subscription:
    """Why a person is notified of what happens to a page, the strongest first, unless it `is_muted`."""

    is_muted: bool
    causes: tuple[Cause, ...]


async def mute(actor: Actor, content: ContentRef) -> bool:
    """Mute content that the actor may see; False when it was muted. Raises NotFound, Unauthenticated."""
    require(logged_in(actor, None))
    await access_root(actor, content)
    assert actor.account_id is not None
    return await insert_mute(actor.municipality_id, actor.account_id, content)


async def unmute(actor: Actor, content: ContentRef) -> bool:
    """Unmute content, also what is out of sight by now; False when it was not muted. Raises Unauthenticated."""
    require(logged_in(actor, None))
    assert actor.account_id is not None
    return await delete_mute(actor.municipality_id, actor.account_id, content)


async def insert_mute(municipality_id: int, account_id: int, content: ContentRef) -> bool:
    """Mute, whoever asks for it; False when it was so."""
    added = await fetch_value(
        """INSERT INTO notification_mute (municipality_id, account_id, subject_type, subject_id)
           SELECT $1, $2, kind, kind_id FROM content WHERE municipality_id = $1 AND kind = $3 AND kind_id = $4
           ON CONFLICT DO NOTHING RETURNING id""",
        municipality_id,
        account_id,
        *content,
    )
    return added is not None


async def delete_mute(municipality_id: int, account_id: int, content: ContentRef) -> bool:
    """Unmute, whoever asks for it; False when it was so."""
    done = await execute(
        """DELETE FROM notification_mute
           WHERE municipality_id = $1 AND account_id = $2 AND subject_type = $3 AND subject_id = $4""",
        municipality_id,
        account_id,
        *content,
    )
    return done != "DELETE 0"


async def subscriptions(actor: Actor, kind: str, ids: Sequence[int]) -> dict[int, Subscription]:
    """How the actor stands to notifications of each of these; a cause turned off in every channel does not count.

    `kind` is the kind of content that they are, which has pages.
    """
    rows = await fetch(
        f"""SELECT asked.id, relation.causes, EXISTS (SELECT FROM notification_mute m WHERE m.municipality_id = $1
                   AND m.account_id = $2 AND m.subject_type = $5 AND m.subject_id = asked.id) AS is_muted,
                ARRAY(SELECT cause FROM notification_cause_preference WHERE municipality_id = $1 AND account_id = $2
                      AND NOT wanted GROUP BY cause HAVING count(*) = $4) AS unwanted
            FROM unnest($3::bigint[]) AS asked (id)
            CROSS JOIN LATERAL ({relations_sql(kind)}) relation""",
        actor.municipality_id,
        actor.account_id,
        ids,
        len(Channel),
        kind,
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
