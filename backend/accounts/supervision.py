"""What administrators do to others' accounts: end sessions and keys, suspend and reinstate. Each act stays, with its
reason.

Rights do not outlive employment either way: what a login gave lapses when the logins end, see `lapse_access`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.accounts.roles import is_admin, require_another_admin
from backend.platform.authz import Actor, Refusal, administer, require
from backend.platform.database import execute, fetch, fetch_row, unit_of_work
from backend.platform.errors import Conflict, NotFound
from backend.platform.settings import Settings
from backend.platform.tags import changed
from backend.text.checks import official_text

REASON = (3, 500)
ACTS_LISTED = 100
_OWN_ACCOUNT = Refusal(
    "own_account", "Dette kan du ikke gjøre med din egen konto. Be en annen administrator."
)


@dataclass(frozen=True, slots=True)
class StandingRow:
    """Whether an account is suspended, and what is open: sessions, keys; when its person last logged in."""

    suspended_at: datetime | None
    sessions: int
    tokens: int
    last_login_at: datetime | None


@dataclass(frozen=True, slots=True)
class AccountActRow:
    """Something that was done to an account, by whom and why."""

    id: int
    kind: str
    actor_id: int
    reason: str | None
    created_at: datetime


async def standings_of(
    settings: Settings, actor: Actor, account_ids: Sequence[int]
) -> dict[int, StandingRow]:
    """How each of these accounts stands, where there is one; for administrators.

    Raises Unauthenticated, Forbidden.
    """
    require(administer(actor, None))
    rows = await fetch(
        """SELECT a.id, a.suspended_at,
               (SELECT count(*) FROM account_session s WHERE s.municipality_id = $1 AND s.account_id = a.id
                  AND s.ended_at IS NULL AND s.expires_at > now()
                  AND s.last_seen_at > now() - $3::interval) AS sessions,
               (SELECT count(*) FROM access_token t WHERE t.municipality_id = $1 AND t.account_id = a.id
                  AND t.ended_at IS NULL AND t.expires_at > now()) AS tokens,
               (SELECT max(i.last_login_at) FROM account_identity i
                WHERE i.municipality_id = $1 AND i.account_id = a.id) AS last_login_at
           FROM account a WHERE a.municipality_id = $1 AND a.id = ANY($2)""",
        actor.municipality_id,
        account_ids,
        timedelta(seconds=settings.session_idle),
    )
    return {row["id"]: StandingRow(*list(row.values())[1:]) for row in rows}


async def acts_on(actor: Actor, account_ids: Sequence[int]) -> dict[int, list[AccountActRow]]:
    """What was done to each of these accounts, the newest first, at most 100 each; for administrators.

    Raises Unauthenticated, Forbidden.
    """
    require(administer(actor, None))
    rows = await fetch(
        """SELECT k.id AS account_id, c.* FROM unnest($2::bigint[]) AS k (id)
           CROSS JOIN LATERAL (SELECT id, kind, actor_id, reason, created_at FROM account_act
                               WHERE municipality_id = $1 AND account_id = k.id ORDER BY id DESC LIMIT $3) c
           ORDER BY c.id DESC""",
        actor.municipality_id,
        account_ids,
        ACTS_LISTED,
    )
    found: dict[int, list[AccountActRow]] = {account_id: [] for account_id in account_ids}
    for row in rows:
        found[row["account_id"]].append(AccountActRow(*list(row.values())[1:]))
    return found


async def end_sessions_of(actor: Actor, account_id: int, reason: str) -> int:
    """Log somebody out everywhere; returns of how many browsers. The reason has 3 to 500 characters.

    Raises Unauthenticated, Forbidden, NotFound, Invalid, PersonalData.
    """
    text = _validated_reason(actor, reason)
    async with unit_of_work():
        await _require_person(actor, account_id)
        ended = await _end_sessions(actor, account_id)
        await _record(actor, "sessions_ended", account_id, text)
    return ended


async def end_tokens_of(actor: Actor, account_id: int, reason: str) -> int:
    """End all of somebody's keys, for good; returns how many. Raises as `end_sessions_of`."""
    text = _validated_reason(actor, reason)
    async with unit_of_work():
        await _require_person(actor, account_id)
        ended = await _end_tokens(actor, account_id)
        await _record(actor, "tokens_ended", account_id, text)
    return ended


async def suspend_account(actor: Actor, account_id: int, reason: str) -> None:
    """Shut somebody out until they are reinstated: sessions and keys end, and no login is let in.

    What they wrote and stand behind stays. Raises as `end_sessions_of`, and Forbidden for one's own account, Conflict
    when it is suspended already or the last administrator's.
    """
    text = _validated_reason(actor, reason)
    if account_id in actor.person_account_ids:
        raise _OWN_ACCOUNT.as_error()
    async with unit_of_work():
        if await _require_person(actor, account_id):
            raise Conflict("already_suspended", "Kontoen er alt stengt.")
        if await is_admin(actor.municipality_id, account_id):
            await require_another_admin(actor.municipality_id, account_id)
        await _set_suspended(actor, account_id, "now()")
        await _end_sessions(actor, account_id)
        await _end_tokens(actor, account_id)
        await _record(actor, "suspended", account_id, text)


async def reinstate_account(actor: Actor, account_id: int, reason: str) -> None:
    """Let somebody in again; roles that did not end meanwhile hold again. Raises as `end_sessions_of`, and Conflict."""
    text = _validated_reason(actor, reason)
    async with unit_of_work():
        if not await _require_person(actor, account_id):
            raise Conflict("not_suspended", "Kontoen er ikke stengt.")
        await _set_suspended(actor, account_id, "NULL")
        await _record(actor, "reinstated", account_id, text)


def _validated_reason(actor: Actor, reason: str) -> str:
    require(administer(actor, None))
    return official_text(reason, REASON, "reason", multiline=False)


async def _require_person(actor: Actor, account_id: int) -> datetime | None:
    """When the person's account was suspended; it stays locked. Raises NotFound."""
    row = await fetch_row(
        """SELECT kind, suspended_at FROM account
           WHERE municipality_id = $1 AND id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE""",
        actor.municipality_id,
        account_id,
    )
    if row is None or row["kind"] != "person":
        raise NotFound("account_not_found", "Kontoen finnes ikke.")
    suspended_at: datetime | None = row["suspended_at"]
    return suspended_at


async def _set_suspended(actor: Actor, account_id: int, moment: str) -> None:
    await execute(
        f"UPDATE account SET suspended_at = {moment} WHERE municipality_id = $1 AND id = $2",
        actor.municipality_id,
        account_id,
    )


async def _end_sessions(actor: Actor, account_id: int) -> int:
    rows = await fetch(
        """UPDATE account_session SET ended_at = now()
           WHERE municipality_id = $1 AND account_id = $2 AND ended_at IS NULL AND expires_at > now() RETURNING id""",
        actor.municipality_id,
        account_id,
    )
    return len(rows)


async def _end_tokens(actor: Actor, account_id: int) -> int:
    rows = await fetch(
        """UPDATE access_token SET ended_at = now()
           WHERE municipality_id = $1 AND account_id = $2 AND ended_at IS NULL AND expires_at > now() RETURNING id""",
        actor.municipality_id,
        account_id,
    )
    return len(rows)


async def _record(actor: Actor, kind: str, account_id: int, reason: str) -> None:
    await execute(
        """INSERT INTO account_act (municipality_id, kind, account_id, actor_id, reason)
           VALUES ($1, $2, $3, $4, $5)""",
        actor.municipality_id,
        kind,
        account_id,
        actor.account_id,
        reason,
    )
    # Whoever remembers an actor with this account, by session or by key, asks anew.
    await changed([f"account:{account_id}"])


async def lapse_access(settings: Settings, municipality_id: int) -> int:
    """End roles that a login provider gave, and keys, of people who have not logged in for `access_lapse_days`.

    A provider tells of groups at a login only: who never comes again may have left. Returns how many accounts lost
    something.
    """
    idle = """NOT EXISTS (SELECT FROM account_identity i WHERE i.municipality_id = $1 AND i.account_id = x.account_id
                          AND i.last_login_at > now() - $2::interval)"""
    period = timedelta(days=settings.access_lapse_days)
    async with unit_of_work():
        rows = await fetch(
            f"""WITH grants AS (
                    UPDATE role_grant x SET ended_at = now()
                    WHERE municipality_id = $1 AND source = 'provider' AND ended_at IS NULL AND {idle}
                    RETURNING account_id
                ), tokens AS (
                    UPDATE access_token x SET ended_at = now()
                    WHERE municipality_id = $1 AND ended_at IS NULL AND expires_at > now() AND {idle}
                    RETURNING account_id
                )
                SELECT account_id FROM grants UNION SELECT account_id FROM tokens""",
            municipality_id,
            period,
        )
        await changed(f"account:{row['account_id']}" for row in rows)
    return len(rows)
