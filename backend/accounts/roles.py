"""Roles as grants: rows with who gave them and when, ended but never deleted.

Administrators give and end them; a provider's groups give and end those of their own; the command line gives
the first one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from backend.platform.authz import ROLE_MISSING, Actor, Role, administer, logged_in, require
from backend.platform.database import execute, fetch, fetch_row, fetch_value, unit_of_work
from backend.platform.errors import Conflict, Invalid, NotFound
from backend.platform.locks import Lock
from backend.platform.settings import ProviderSettings, Settings
from backend.platform.tags import changed
from backend.platform.validation import all_checked

log = structlog.get_logger("roles")

GRANTABLE = (Role.PLANNER, Role.MODERATOR, Role.ADMIN)
TOPICAL = (Role.PLANNER, Role.MODERATOR)
"""Roles that may be limited to one topic."""

_LISTED_MAX = 100


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A role of an account: for one topic or (None) for all, from whom, and whether it has ended.

    `source` is `person` or `provider`; `granted_by_id` is None for the provider and the command line.
    """

    id: int
    account_id: int
    role: Role
    topic_id: int | None
    source: str
    granted_by_id: int | None
    created_at: datetime
    ended_at: datetime | None
    ended_by_id: int | None


def parse_role(text: str) -> Role:
    """The role people can be given by this name. Raises Invalid."""
    if text not in GRANTABLE:
        raise Invalid("role_unknown", "Rollen er planner, moderator eller admin.", field="role")
    return Role(text)


async def grant_role(actor: Actor, account_id: int, role: Role, topic_id: int | None = None) -> int:
    """Give an account a role; returns the grant's id, also when it has the role already.

    Raises Unauthenticated, Forbidden, NotFound (account, topic), Invalid.
    """
    require(administer(actor, None))
    return await _grant(actor.municipality_id, account_id, parse_role(role), topic_id, actor.account_id)


async def grant_as_operator(municipality_id: int, account_id: int, role: Role, topic_id: int | None) -> int:
    """As `grant_role`, for whoever has the server's command line: so the first administrator comes."""
    return await _grant(municipality_id, account_id, parse_role(role), topic_id, None)


def _require_found(there: bool, code: str, message: str, field: str) -> None:
    if not there:
        raise NotFound(code, message, field=field)


async def _grant(
    municipality_id: int, account_id: int, role: Role, topic_id: int | None, granted_by_id: int | None
) -> int:
    if topic_id is not None and role not in TOPICAL:
        raise Invalid("role_without_topics", "Denne rollen gjelder alltid alle temaer.", field="topic")
    async with unit_of_work():
        kind = await fetch_value(
            """SELECT kind FROM account
               WHERE municipality_id = $1 AND id = $2 AND deleted_at IS NULL FOR SHARE""",
            municipality_id,
            account_id,
        )
        has_topic = topic_id is None or await fetch_value(
            "SELECT EXISTS (SELECT FROM topic WHERE municipality_id = $1 AND id = $2)",
            municipality_id,
            topic_id,
        )
        with all_checked() as check:
            check(_require_found, kind == "person", "account_not_found", "Kontoen finnes ikke.", "account")
            check(_require_found, has_topic, "topic_not_found", "Temaet finnes ikke.", "topic")
        await _insert(municipality_id, account_id, role, topic_id, "person", granted_by_id)
        grant_id: int = await fetch_value(
            """SELECT id FROM role_grant WHERE municipality_id = $1 AND account_id = $2 AND role = $3
               AND topic_id IS NOT DISTINCT FROM $4 AND ended_at IS NULL""",
            municipality_id,
            account_id,
            role.value,
            topic_id,
        )
        await changed([f"account:{account_id}"])
    return grant_id


async def _insert(
    municipality_id: int,
    account_id: int,
    role: Role,
    topic_id: int | None,
    source: str,
    granted_by_id: int | None,
) -> bool:
    row_id = await fetch_value(
        """INSERT INTO role_grant (municipality_id, account_id, role, topic_id, source, granted_by_id)
           VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING id""",
        municipality_id,
        account_id,
        role.value,
        topic_id,
        source,
        granted_by_id,
    )
    return row_id is not None


async def end_grant(actor: Actor, grant_id: int) -> None:
    """Take a role back. The last administrator stays one.

    Raises Unauthenticated, Forbidden, NotFound, Conflict (`last_admin`).
    """
    require(administer(actor, None))
    async with unit_of_work():
        row = await fetch_row(
            """SELECT account_id, role FROM role_grant
               WHERE municipality_id = $1 AND id = $2 AND ended_at IS NULL FOR UPDATE""",
            actor.municipality_id,
            grant_id,
        )
        if row is None:
            raise NotFound("grant_not_found", "Rollen finnes ikke, eller er avsluttet.")
        if row["role"] == Role.ADMIN:
            await require_another_admin(actor.municipality_id, row["account_id"])
        await execute(
            """UPDATE role_grant SET ended_at = now(), ended_by_id = $3
               WHERE municipality_id = $1 AND id = $2""",
            actor.municipality_id,
            grant_id,
            actor.account_id,
        )
        await changed([f"account:{row['account_id']}"])


async def require_another_admin(municipality_id: int, account_id: int) -> None:
    """Raise Conflict when no other account is administrator; until the unit of work ends, none can leave."""
    await execute("SELECT pg_advisory_xact_lock($1, $2)", Lock.LAST_ADMINISTRATOR, municipality_id)
    if not await fetch_value(
        """SELECT EXISTS (SELECT FROM role_grant g
               JOIN account a ON a.municipality_id = g.municipality_id AND a.id = g.account_id
               WHERE g.municipality_id = $1 AND g.role = 'admin' AND g.ended_at IS NULL AND g.account_id <> $2
                 AND a.deleted_at IS NULL AND a.suspended_at IS NULL)""",
        municipality_id,
        account_id,
    ):
        raise Conflict("last_admin", "Dette er den siste administratoren. Gi rollen til en annen først.")


async def is_admin(municipality_id: int, account_id: int) -> bool:
    """Whether the account is administrator now."""
    return bool(
        await fetch_value(
            """SELECT EXISTS (SELECT FROM role_grant WHERE municipality_id = $1 AND account_id = $2
                   AND role = 'admin' AND ended_at IS NULL)""",
            municipality_id,
            account_id,
        )
    )


async def grants_of(actor: Actor, account_id: int) -> list[GrantRow]:
    """An account's roles, those that have ended too, newest first, at most 100.

    For administrators, and for the person's own. Raises Unauthenticated, Forbidden.
    """
    return (await grants_of_accounts(actor, [account_id]))[account_id]


async def grants_of_accounts(actor: Actor, account_ids: Sequence[int]) -> dict[int, list[GrantRow]]:
    """As `grants_of`, for many accounts in one statement."""
    require(logged_in(actor, None))
    if any(account_id != actor.account_id for account_id in account_ids) and not actor.has_role(Role.ADMIN):
        raise ROLE_MISSING.as_error()
    rows = await fetch(
        """SELECT g.* FROM unnest($2::bigint[]) AS a(id) CROSS JOIN LATERAL (
               SELECT id, account_id, role, topic_id, source, granted_by_id, created_at, ended_at, ended_by_id
               FROM role_grant WHERE municipality_id = $1 AND account_id = a.id ORDER BY id DESC LIMIT $3) g
           ORDER BY g.id DESC""",
        actor.municipality_id,
        account_ids,
        _LISTED_MAX,
    )
    found: dict[int, list[GrantRow]] = {account_id: [] for account_id in account_ids}
    for row in rows:
        found[row["account_id"]].append(GrantRow(**{**dict(row), "role": Role(row["role"])}))
    return found


async def grant_by_id(actor: Actor, grant_id: int) -> GrantRow:
    """A role, also one that has ended; for administrators. Raises Unauthenticated, Forbidden, NotFound."""
    require(administer(actor, None))
    row = await fetch_row(
        """SELECT id, account_id, role, topic_id, source, granted_by_id, created_at, ended_at, ended_by_id
           FROM role_grant WHERE municipality_id = $1 AND id = $2""",
        actor.municipality_id,
        grant_id,
    )
    if row is None:
        raise NotFound("grant_not_found", "Rollen finnes ikke, eller er avsluttet.")
    return GrantRow(**{**dict(row), "role": Role(row["role"])})


async def list_grants(
    actor: Actor, *, active_only: bool, before: int | None, limit: int, role: Role | None = None
) -> list[GrantRow]:
    """Everybody's roles, or only one of them, newest first; `before` is the id to go on from.

    For administrators. Raises Unauthenticated, Forbidden.
    """
    require(administer(actor, None))
    rows = await fetch(
        """SELECT id, account_id, role, topic_id, source, granted_by_id, created_at, ended_at, ended_by_id
           FROM role_grant
           WHERE municipality_id = $1 AND ($2::bigint IS NULL OR id < $2) AND NOT ($3 AND ended_at IS NOT NULL)
             AND ($5::text IS NULL OR role = $5)
           ORDER BY id DESC LIMIT $4""",
        actor.municipality_id,
        before,
        active_only,
        limit,
        None if role is None else role.value,
    )
    return [GrantRow(**{**dict(row), "role": Role(row["role"])}) for row in rows]


async def sync_provider_roles(
    settings: Settings, account_id: int, provider: ProviderSettings, groups: Iterable[str]
) -> None:
    """Make the roles that come from a provider those that its groups give; part of the login's unit of work.

    `group_roles` maps a group to `role` or `role:topic-slug`. The provider is obeyed also where it takes the
    last administrator away: the command line brings one back.
    """
    granted = await _provider_roles(settings, provider, groups)
    rows = await fetch(
        """SELECT id, role, topic_id FROM role_grant
           WHERE municipality_id = $1 AND account_id = $2 AND source = 'provider' AND ended_at IS NULL""",
        settings.municipality,
        account_id,
    )
    gone = [row["id"] for row in rows if (row["role"], row["topic_id"]) not in granted]
    if gone:
        await execute(
            "UPDATE role_grant SET ended_at = now() WHERE municipality_id = $1 AND id = ANY($2)",
            settings.municipality,
            gone,
        )
    added = [
        await _insert(settings.municipality, account_id, Role(role), topic_id, "provider", None)
        for role, topic_id in sorted(granted, key=str)
    ]
    if gone or any(added):
        await changed([f"account:{account_id}"])


async def _provider_roles(
    settings: Settings, provider: ProviderSettings, groups: Iterable[str]
) -> set[tuple[str, int | None]]:
    granted: set[tuple[str, int | None]] = set()
    for group in sorted(groups):
        if group not in provider.group_roles:
            continue
        role, _, slug = provider.group_roles[group].partition(":")
        topic_id = await topic_by_slug(settings.municipality, slug) if slug else None
        if role not in GRANTABLE or (slug and (topic_id is None or role not in TOPICAL)):
            # A mistake in the configuration gives nobody a role, and keeps nobody out.
            log.error("a group's role cannot be given", provider=provider.key, role=role, topic=slug)
            continue
        granted.add((role, topic_id))
    return granted


async def topic_by_slug(municipality_id: int, slug: str) -> int | None:
    """The topic's id, or None."""
    found: int | None = await fetch_value(
        "SELECT id FROM topic WHERE municipality_id = $1 AND slug = $2", municipality_id, slug
    )
    return found
