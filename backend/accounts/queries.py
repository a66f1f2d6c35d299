"""Reads of accounts: what a person sees of their own, and what administrators find people by."""

import re
from dataclasses import dataclass
from datetime import datetime

from backend.accounts.authors import IS_STAFF
from backend.platform.authz import LOGIN_NEEDED, Actor, administer, logged_in, require
from backend.platform.database import fetch, fetch_row
from backend.platform.errors import Invalid, NotFound

_FOUND_MAX = 2
_LONGEST_SEARCH = 254
_WORD = re.compile(r"\w+")
_COLUMNS = f"""
    id, kind, display_name, name_kind, language, birth_year, home_municipality, residence_source, home_place_id, email,
    CASE WHEN email_expires_at > now() THEN pending_email END AS pending_email, welcomed_at, created_at,
    deleted_at IS NOT NULL AS is_deleted, {IS_STAFF} AS is_staff, public_id
"""


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as its own person sees it. `welcomed_at` is None until they have chosen a name.

    `pending_email` is an address that they have yet to confirm, while they can.
    """

    id: int
    kind: str
    display_name: str
    name_kind: str
    language: str
    birth_year: int | None
    home_municipality: str | None
    residence_source: str | None
    home_place_id: int | None
    email: str | None
    pending_email: str | None
    welcomed_at: datetime | None
    created_at: datetime
    is_deleted: bool
    is_staff: bool
    public_id: int


async def own_account(actor: Actor) -> AccountRow:
    """The actor's own account. Raises Unauthenticated, also when it was deleted meanwhile."""
    require(logged_in(actor, None))
    row = await fetch_row(
        f"SELECT {_COLUMNS} FROM account a WHERE municipality_id = $1 AND id = $2 AND deleted_at IS NULL",
        actor.municipality_id,
        actor.account_id,
    )
    if row is None:
        raise LOGIN_NEEDED.as_error()
    return AccountRow(*row.values())


async def account_for_admin(actor: Actor, account_id: int) -> AccountRow:
    """Anybody's account, also one that was deleted; for administrators.

    Raises Unauthenticated, Forbidden, NotFound.
    """
    require(administer(actor, None))
    row = await fetch_row(
        f"SELECT {_COLUMNS} FROM account a WHERE municipality_id = $1 AND id = $2",
        actor.municipality_id,
        account_id,
    )
    if row is None:
        raise NotFound("account_not_found", "Kontoen finnes ikke.")
    return AccountRow(*row.values())


async def search_accounts(actor: Actor, search: str, *, before: int | None, limit: int) -> list[AccountRow]:
    """People by their name's words, each begun at least, or by their whole address; the newest first.

    An empty search finds everybody. Machines and deleted accounts are not found. For administrators. Raises
    Unauthenticated, Forbidden, Invalid.
    """
    require(administer(actor, None))
    condition, value = _search_condition(search.strip())
    rows = await fetch(
        f"""SELECT {_COLUMNS} FROM account a
            WHERE municipality_id = $1 AND kind = 'person' AND deleted_at IS NULL AND {condition}
              AND ($3::bigint IS NULL OR id < $3)
            ORDER BY id DESC LIMIT $4""",
        actor.municipality_id,
        value,
        before,
        limit,
    )
    return [AccountRow(*row.values()) for row in rows]


def _search_condition(search: str) -> tuple[str, str]:
    """The condition on $2, and its value."""
    if len(search) > _LONGEST_SEARCH:
        raise Invalid("search_long", "Søket kan ha høyst {most} tegn.", field="search", most=_LONGEST_SEARCH)
    if "@" in search:
        return "lower(email) = lower($2)", search
    words = _WORD.findall(search)
    if search and not words:
        return "$2 = '' AND false", ""
    query = " & ".join(f"'{word}':*" for word in words)
    return ("to_tsvector('simple', display_name) @@ to_tsquery('simple', $2)" if words else "$2 = ''"), query


async def accounts_by_email(municipality_id: int, email: str) -> list[int]:
    """Ids of the accounts with this address, whatever its case; at most two, since two are too many."""
    rows = await fetch(
        """SELECT id FROM account
           WHERE municipality_id = $1 AND lower(email) = lower($2) AND deleted_at IS NULL
           ORDER BY id LIMIT $3""",
        municipality_id,
        email,
        _FOUND_MAX,
    )
    return [row["id"] for row in rows]
