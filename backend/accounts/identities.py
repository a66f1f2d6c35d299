"""From a login to an account: one person, one account, however many providers and however simultaneous."""

import secrets

from backend.accounts.claims import LoginClaims
from backend.accounts.identity_hash import NumberHashes, hashes_of, lock_number
from backend.accounts.names import GIVEN_NAME_KIND, remember_name, usable_name
from backend.accounts.reserved_names import check_not_staffs
from backend.platform.authz import Refusal
from backend.platform.database import execute, fetch, fetch_value, unit_of_work
from backend.platform.errors import Invalid
from backend.platform.settings import ProviderSettings, Settings

_PSEUDONYM_DIGITS = 10_000
SUSPENDED = Refusal(
    "account_suspended", "Kontoen er stengt av kommunen. Ta kontakt med kommunen hvis du mener det er feil."
)


async def account_for(
    settings: Settings, provider: ProviderSettings, claims: LoginClaims
) -> tuple[int, bool]:
    """The account of the person who logged in, and whether it was made now.

    The national identity number decides where there is one; else the provider's subject. The hash is renewed
    with the newest pepper. Two logins of one person take turns, on locks that end with the unit of work. Raises
    Forbidden when the account is suspended.
    """
    hashes = hashes_of(claims.number, settings.peppers) if claims.number else None
    async with unit_of_work():
        subject_lock = lock_number(f"{provider.key}\0{claims.subject}".encode())
        # In one order always, or two logins could wait for each other.
        for lock in sorted({subject_lock, *([hashes.lock] if hashes else [])}):
            await execute("SELECT pg_advisory_xact_lock($1)", lock)
        account_id = await _known(settings, provider, claims, hashes)
        is_new = account_id is None
        if account_id is None:
            account_id = await _create(settings, claims)
        await _remember(settings, provider, claims, hashes, account_id)
        await _refresh_facts(settings, claims, account_id)
    return account_id, is_new


async def _known(
    settings: Settings, provider: ProviderSettings, claims: LoginClaims, hashes: NumberHashes | None
) -> int | None:
    # The account's row is locked, so that an account being deleted is not logged in to.
    rows = await fetch(
        """SELECT i.account_id, i.number_hash = ANY($4::bytea[]) AS same_number, a.suspended_at
           FROM account_identity i
           JOIN account a ON a.municipality_id = i.municipality_id AND a.id = i.account_id
           WHERE i.municipality_id = $1 AND a.deleted_at IS NULL
             AND ((i.provider = $2 AND i.subject = $3) OR i.number_hash = ANY($4::bytea[]))
           ORDER BY i.id FOR NO KEY UPDATE OF a""",
        settings.municipality,
        provider.key,
        claims.subject,
        list(hashes.every) if hashes else [],
    )
    ordered = sorted(rows, key=lambda row: not row["same_number"])
    if ordered and ordered[0]["suspended_at"] is not None:
        raise SUSPENDED.as_error()
    return int(ordered[0]["account_id"]) if ordered else None


async def _create(settings: Settings, claims: LoginClaims) -> int:
    given = await _given_name(settings, claims)
    # Until the person has chosen a name, nobody learns who they are from it.
    name = given or f"Innbygger {secrets.randbelow(_PSEUDONYM_DIGITS):04}"
    kind = GIVEN_NAME_KIND if given else "pseudonym"
    account_id: int = await fetch_value(
        """INSERT INTO account (municipality_id, display_name, name_kind, language)
           VALUES ($1, $2, $3, $4) RETURNING id""",
        settings.municipality,
        name,
        kind,
        claims.language,
    )
    await remember_name(settings.municipality, account_id, name, kind)
    return account_id


async def _given_name(settings: Settings, claims: LoginClaims) -> str | None:
    """The name the provider gave, if it may be shown here."""
    name = usable_name(claims.name)
    # Two employees may have one name: a provider that tells groups is the municipality's own.
    if name is None or claims.groups is not None:
        return name
    try:
        await check_not_staffs(settings.municipality, name)
    except Invalid:
        return None
    return name


async def _remember(
    settings: Settings,
    provider: ProviderSettings,
    claims: LoginClaims,
    hashes: NumberHashes | None,
    account_id: int,
) -> None:
    """Keep how the provider knows the person: one row each, the hash under the newest pepper."""
    if hashes is not None:
        await execute(
            """DELETE FROM account_identity WHERE municipality_id = $1 AND provider = $2 AND subject <> $3
               AND number_hash = ANY($4::bytea[])""",
            settings.municipality,
            provider.key,
            claims.subject,
            list(hashes.every),
        )
        await execute(
            """UPDATE account_identity SET number_hash = $2, pepper_version = $3
               WHERE municipality_id = $1 AND number_hash = ANY($4::bytea[]) AND number_hash <> $2""",
            settings.municipality,
            hashes.current,
            hashes.version,
            list(hashes.every),
        )
    await execute(
        """INSERT INTO account_identity AS i
               (municipality_id, account_id, provider, subject, number_hash, pepper_version)
           VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (municipality_id, provider, subject) DO UPDATE SET
               account_id = excluded.account_id, last_login_at = now(),
               number_hash = coalesce(excluded.number_hash, i.number_hash),
               pepper_version = coalesce(excluded.pepper_version, i.pepper_version)""",
        settings.municipality,
        account_id,
        provider.key,
        claims.subject,
        hashes.current if hashes else None,
        hashes.version if hashes else None,
    )


async def _refresh_facts(settings: Settings, claims: LoginClaims, account_id: int) -> None:
    await execute(
        """UPDATE account SET birth_year = coalesce($3, birth_year),
               home_municipality = coalesce($4, home_municipality),
               residence_source = CASE WHEN $4 IS NULL THEN residence_source ELSE $6 END,
               residence_at = CASE WHEN $4 IS NULL THEN residence_at ELSE now() END,
               email = coalesce(email, $5)
           WHERE municipality_id = $1 AND id = $2""",
        settings.municipality,
        account_id,
        claims.birth_year,
        claims.home_municipality,
        claims.email,
        claims.residence_source,
    )
