"""Sessions in browsers: an opaque token in a cookie, its hash in the database, ended by person or provider.

A session ends when it was idle for too long or has lasted its whole time. When it was last seen is written at
most once a minute, so the idle limit may strike up to a minute early.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.accounts.claims import LoginClaims
from backend.platform.authz import Actor, logged_in, require
from backend.platform.database import execute, fetch, fetch_row, fetch_value, unit_of_work
from backend.platform.errors import NotFound
from backend.platform.settings import Settings
from backend.platform.tags import changed

TOKEN_BYTES = 32
LISTED_MAX = 100


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One browser where the person is logged in. `is_current`: the one that asks."""

    id: int
    provider: str
    device: str | None
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    is_current: bool


@dataclass(frozen=True, slots=True)
class EndedSession:
    """What a logout needs to know of the session it ended."""

    id: int
    account_id: int
    provider: str


def cookie_is_secure(settings: Settings) -> bool:
    """Whether cookies are for https only: always, but in a trial without https.

    Browsers would take a Secure cookie from http://localhost; other clients would not send it back.
    """
    return not (settings.is_trial and settings.base_url.startswith("http:"))


def cookie_name(settings: Settings) -> str:
    """What the session's cookie is called: `__Host-samskap`, or `samskap` in a trial without https."""
    return "__Host-samskap" if cookie_is_secure(settings) else "samskap"


def new_secret() -> str:
    """256 random bits, URL-safe."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def secret_hash(secret: str) -> bytes:
    """What is kept of a random secret. It has 256 bits, so a plain SHA-256 cannot be searched."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


async def start_session(
    settings: Settings,
    account_id: int,
    provider: str,
    claims: LoginClaims,
    *,
    device: str | None,
    replaces: str | None,
) -> str:
    """A new session's token; the browser's earlier session (`replaces` is its token) ends."""
    token = new_secret()
    async with unit_of_work():
        if replaces:
            await end_session(settings, replaces)
        await execute(
            """INSERT INTO account_session (municipality_id, account_id, token_hash, provider,
                                            provider_session, acr, device, expires_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, now() + $8)""",
            settings.municipality,
            account_id,
            secret_hash(token),
            provider,
            claims.provider_session,
            claims.acr and claims.acr[:60],
            device,
            timedelta(seconds=settings.session_absolute),
        )
    return token


async def end_session(settings: Settings, token: str) -> EndedSession | None:
    """Log this browser out; None when the token belongs to no session that is open."""
    async with unit_of_work():
        row = await fetch_row(
            """UPDATE account_session SET ended_at = now()
               WHERE municipality_id = $1 AND token_hash = $2 AND ended_at IS NULL
               RETURNING id, account_id, provider""",
            settings.municipality,
            secret_hash(token),
        )
        if row is None:
            return None
        await changed([f"session:{row['id']}"])
        return EndedSession(*row.values())


async def end_provider_session(
    settings: Settings, provider: str, *, provider_session: str | None, subject: str | None = None
) -> int:
    """End what a provider's logout names: its session, else all of its subject's; returns how many ended."""
    async with unit_of_work():
        rows = await fetch(
            """UPDATE account_session s SET ended_at = now()
               WHERE municipality_id = $1 AND provider = $2 AND ended_at IS NULL
                 AND CASE WHEN $3::text IS NOT NULL THEN provider_session = $3
                     ELSE account_id = (SELECT account_id FROM account_identity i WHERE i.municipality_id = $1
                                        AND i.provider = $2 AND i.subject = $4) END
               RETURNING id""",
            settings.municipality,
            provider,
            provider_session,
            subject,
        )
        await changed(f"session:{row['id']}" for row in rows)
    return len(rows)


async def list_sessions(settings: Settings, actor: Actor) -> list[SessionRow]:
    """Where the person is logged in, the latest seen first; at most 100. Raises Unauthenticated."""
    require(logged_in(actor, None))
    rows = await fetch(
        """SELECT id, provider, device, created_at, last_seen_at, expires_at, id = $3 AS is_current
           FROM account_session
           WHERE municipality_id = $1 AND account_id = $2 AND ended_at IS NULL AND expires_at > now()
             AND last_seen_at > now() - $4::interval
           ORDER BY last_seen_at DESC, id DESC LIMIT $5""",
        actor.municipality_id,
        actor.account_id,
        actor.session_id or 0,
        timedelta(seconds=settings.session_idle),
        LISTED_MAX,
    )
    return [SessionRow(*row.values()) for row in rows]


async def revoke_session(actor: Actor, session_id: int) -> None:
    """End one of the person's own sessions. Raises Unauthenticated, NotFound."""
    require(logged_in(actor, None))
    async with unit_of_work():
        ended = await fetch_value(
            """UPDATE account_session SET ended_at = now()
               WHERE municipality_id = $1 AND account_id = $2 AND id = $3 AND ended_at IS NULL
               RETURNING id""",
            actor.municipality_id,
            actor.account_id,
            session_id,
        )
        if ended is None:
            raise NotFound("session_not_found", "Økten finnes ikke, eller er avsluttet.")
        await changed([f"session:{session_id}"])


async def revoke_other_sessions(actor: Actor) -> int:
    """End all of the person's sessions but the one that asks; returns how many. Raises Unauthenticated."""
    require(logged_in(actor, None))
    async with unit_of_work():
        rows = await fetch(
            """UPDATE account_session SET ended_at = now()
               WHERE municipality_id = $1 AND account_id = $2 AND id <> $3 AND ended_at IS NULL
               RETURNING id""",
            actor.municipality_id,
            actor.account_id,
            actor.session_id or 0,
        )
        await changed(f"session:{row['id']}" for row in rows)
    return len(rows)
