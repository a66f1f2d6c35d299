"""From a credential to the Actor behind it: a browser's session, a personal token or a machine's token."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import asyncpg
import orjson
import structlog

from backend.accounts.actor_cache import ActorCache
from backend.accounts.machine import covered, machine_token, refused
from backend.accounts.sessions import secret_hash
from backend.accounts.tokens import PREFIX
from backend.platform.authz import Actor, Grant, Role
from backend.platform.batcher import Batcher
from backend.platform.database import DATABASE_UNABLE, execute, fetch, fetch_row
from backend.platform.settings import Settings

log = structlog.get_logger("accounts")
_SEEN_EVERY = timedelta(minutes=1)
_MAX_SECRET = 200
_cache = ActorCache()

forget_actors = _cache.forget
"""Drop cached actors by tags (`session:7`, `token:7`, `account:7`): for every tag that is announced."""

forget_all_actors = _cache.clear
"""Drop all cached actors: when announcements may have been missed."""

_ACTOR = """
    a.id AS account_id, a.birth_year, a.home_municipality, a.residence_source, a.language,
    EXISTS (SELECT FROM account_identity n WHERE n.municipality_id = a.municipality_id AND n.account_id = a.id
        AND n.number_hash IS NOT NULL) AS has_national_number,
    (SELECT b.resident_id + b.employee_id - a.id FROM account_binding b
     WHERE b.municipality_id = a.municipality_id AND a.id IN (b.resident_id, b.employee_id)) AS bound_account_id,
    (SELECT coalesce(jsonb_agg(jsonb_build_array(g.role, g.topic_id)), '[]')::text FROM role_grant g
     WHERE g.municipality_id = a.municipality_id AND g.account_id = a.id AND g.ended_at IS NULL) AS grants
"""


def anonymous(settings: Settings, language: str = "nb") -> Actor:
    """Nobody in particular, who reads in this language."""
    return Actor(municipality_id=settings.municipality, language=language)


@dataclass(frozen=True, slots=True)
class _SessionLookup:
    """A session's hash, and whether the person did something."""

    settings: Settings
    key: bytes
    is_activity: bool


# One plan suits any number of asks, so it hides the arrays: PostgreSQL would plan anew for each length.
# When a session was seen belongs to the same statement. It is not waited for on the disk, nor where somebody else
# holds the row: a minute more or less does not matter.
_FOUND = f"""
    WITH found AS (
        SELECT s.token_hash, s.id AS session_id, k.is_activity AND s.last_seen_at < now() - $5::interval AS is_stale,
            {_ACTOR}
        FROM (SELECT key, bool_or(is_activity) AS is_activity
              FROM unnest((SELECT $2::bytea[]), (SELECT $3::boolean[])) asked (key, is_activity) GROUP BY key) k
        JOIN account_session s ON s.municipality_id = $1 AND s.token_hash = k.key
        JOIN account a ON a.municipality_id = s.municipality_id AND a.id = s.account_id
        WHERE s.ended_at IS NULL AND s.expires_at > now() AND s.last_seen_at > now() - $4::interval
          AND a.deleted_at IS NULL AND a.suspended_at IS NULL
    )
"""
_SESSIONS = f"""{_FOUND}, seen AS (
        UPDATE account_session SET last_seen_at = now() WHERE municipality_id = $1 AND id IN (
            SELECT id FROM account_session
            WHERE municipality_id = $1 AND id = ANY(ARRAY(SELECT session_id FROM found WHERE is_stale))
              AND last_seen_at < now() - $5::interval
            FOR NO KEY UPDATE SKIP LOCKED)
          AND (SELECT set_config('synchronous_commit', 'off', true)) = 'off'
    )
    SELECT * FROM found
"""
_SESSIONS_ONLY = f"{_FOUND} SELECT * FROM found"
"""The same without a note of when they were seen, for a database that takes none."""


async def _session_rows(lookups: Sequence[_SessionLookup]) -> list[asyncpg.Record | None]:
    """The open sessions with these hashes: a crowd that arrives at once is looked up in one statement."""
    settings = lookups[0].settings
    values = (
        settings.municipality,
        [lookup.key for lookup in lookups],
        [lookup.is_activity for lookup in lookups],
        timedelta(seconds=settings.session_idle),
        _SEEN_EVERY,
    )
    try:
        rows = await fetch(_SESSIONS, *values)
    except DATABASE_UNABLE as error:
        log.warning("sessions are read without noting that they were seen", error=type(error).__name__)
        rows = await fetch(_SESSIONS_ONLY, *values)
    found = {bytes(row["token_hash"]): row for row in rows}
    return [found.get(lookup.key) for lookup in lookups]


_session_row: Batcher[_SessionLookup, asyncpg.Record | None] = Batcher(_session_rows)


async def actor_for_session(settings: Settings, token: str | None, *, is_activity: bool = True) -> Actor:
    """Who is logged in with this cookie; anonymous when the session has ended or there is none.

    `is_activity` tells whether the person did something: what a page does by itself keeps no session alive.
    """
    if not token or len(token) > _MAX_SECRET:
        return anonymous(settings)
    key = secret_hash(token)
    if (cached := _cache.get(key)) is not None:
        return cached
    row = await _session_row(_SessionLookup(settings, key, is_activity))
    if row is None:
        return anonymous(settings)
    actor = _actor(settings, row, session_id=row["session_id"])
    _cache.put(key, actor, (f"session:{row['session_id']}", f"account:{row['account_id']}"))
    return actor


async def actor_for_bearer(settings: Settings, authorization: str) -> Actor:
    """Who calls with this Authorization header: the bearer of a personal token or of one from Maskinporten.

    Raises Unauthenticated when it does not hold, Unavailable when that cannot be found out now.
    """
    scheme, _, token = authorization.strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise refused("scheme")
    # Another purpose than a cookie's hash, so that neither credential passes for the other.
    key = hashlib.sha256(b"bearer\0" + token.encode("utf-8", "surrogatepass")).digest()
    if (cached := _cache.get(key)) is not None:
        return cached
    resolve = _personal if token.startswith(PREFIX) else _machine
    actor, tags = await resolve(settings, token)
    _cache.put(key, actor, tags)
    return actor


async def _personal(settings: Settings, token: str) -> tuple[Actor, tuple[str, ...]]:
    row = None
    if len(token) <= _MAX_SECRET:
        row = await fetch_row(
            f"""SELECT t.id AS token_id, t.scopes,
                       coalesce(t.last_used_at < now() - $3::interval, true) AS is_stale, {_ACTOR}
                FROM access_token t
                JOIN account a ON a.municipality_id = t.municipality_id AND a.id = t.account_id
                WHERE t.municipality_id = $1 AND t.token_hash = $2 AND t.ended_at IS NULL
                  AND t.expires_at > now() AND a.deleted_at IS NULL AND a.suspended_at IS NULL
                  AND EXISTS (SELECT FROM account_identity l WHERE l.municipality_id = a.municipality_id
                      AND l.account_id = a.id AND l.last_login_at > now() - $4::interval)""",
            settings.municipality,
            secret_hash(token),
            _SEEN_EVERY,
            timedelta(days=settings.access_lapse_days),
        )
    if row is None:
        raise refused("token")
    if row["is_stale"]:
        await _note_use(settings, row["token_id"])
    actor = _actor(settings, row, scopes=frozenset(row["scopes"]))
    return actor, (f"token:{row['token_id']}", f"account:{row['account_id']}")


async def _note_use(settings: Settings, token_id: int) -> None:
    try:
        await execute(
            "UPDATE access_token SET last_used_at = now() WHERE municipality_id = $1 AND id = $2",
            settings.municipality,
            token_id,
        )
    except DATABASE_UNABLE as error:
        log.warning("a key's use is not noted", error=type(error).__name__)


async def _machine(settings: Settings, token: str) -> tuple[Actor, tuple[str, ...]]:
    believed = await machine_token(settings, token)
    row = await fetch_row(
        f"""SELECT m.scopes, {_ACTOR} FROM machine_client m
            JOIN account a ON a.municipality_id = m.municipality_id AND a.id = m.account_id
            WHERE m.municipality_id = $1 AND m.organisation = $2 AND m.ended_at IS NULL
              AND a.deleted_at IS NULL""",
        settings.municipality,
        believed.organisation,
    )
    if row is None:
        raise refused("consumer")
    scopes = covered(believed.scopes, row["scopes"])
    if not scopes:
        raise refused("scope")
    return _actor(settings, row, scopes=scopes), (f"account:{row['account_id']}",)


def _actor(
    settings: Settings,
    row: asyncpg.Record,
    *,
    session_id: int | None = None,
    scopes: frozenset[str] | None = None,
) -> Actor:
    return Actor(
        municipality_id=settings.municipality,
        account_id=row["account_id"],
        grants=frozenset(Grant(Role(role), topic_id) for role, topic_id in orjson.loads(row["grants"])),
        birth_year=row["birth_year"],
        home_municipality=row["home_municipality"],
        language=row["language"],
        session_id=session_id,
        scopes=scopes,
        bound_account_id=row["bound_account_id"],
        has_national_number=row["has_national_number"],
        is_residence_declared=row["residence_source"] == "declared",
    )
