"""Machines of other organisations: access tokens from Maskinporten, and which organisations may use them.

https://docs.digdir.no/docs/Maskinporten/maskinporten_protocol_token
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.accounts.jwt import TokenError, check_claims, verified
from backend.accounts.roles import GRANTABLE
from backend.accounts.tokens import SCOPES
from backend.platform.authz import Role
from backend.platform.database import execute, fetch_value, unit_of_work
from backend.platform.errors import Invalid, NotFound, Unauthenticated
from backend.platform.settings import Settings
from backend.platform.tags import changed
from backend.text.clean import clean_text

_AUTHORITY = "iso6523-actorid-upis"
_CONSUMER = re.compile(r"0192:([0-9]{9})")
_ORGANISATION = re.compile(r"[0-9]{9}")
_NAME_MAX = 80


@dataclass(frozen=True, slots=True)
class MachineToken:
    """What a believed access token says: which organisation calls, and Maskinporten's own scope names."""

    organisation: str
    scopes: frozenset[str]


def refused(check: str) -> Unauthenticated:
    """The refusal of a bearer token; `check` names what failed."""
    return Unauthenticated("bearer_refused", "Nøkkelen gjelder ikke ({check}).", check=check)


async def machine_token(settings: Settings, token: str) -> MachineToken:
    """Check a token's signature, issuer, audience, times, scope and consumer.

    Raises Unauthenticated naming the check, Unavailable when the issuer's keys cannot be had.
    """
    issuer = settings.machine_issuer
    if issuer is None:
        raise refused("iss")
    try:
        claims = (await verified(token, issuer.jwks_uri)).claims
        check_claims(claims, {"iss": issuer.issuer, "aud": issuer.audience}, needed=("scope", "consumer"))
        return MachineToken(_consumer(claims), _scopes(claims))
    except TokenError as error:
        raise refused(error.check) from None


def _consumer(claims: Mapping[str, Any]) -> str:
    consumer = claims["consumer"]
    if not isinstance(consumer, dict) or consumer.get("authority") != _AUTHORITY:
        raise TokenError("consumer")
    found = _CONSUMER.fullmatch(str(consumer.get("ID")))
    if found is None:
        raise TokenError("consumer")
    return found[1]


def _scopes(claims: Mapping[str, Any]) -> frozenset[str]:
    if not isinstance(claims["scope"], str):
        raise TokenError("scope")
    return frozenset(claims["scope"].split())


def own_scope(name: str) -> str | None:
    """What a scope of Maskinporten's (`prefix:samskap.read`) covers here: its last word; None for others."""
    word = re.split(r"[:./]", name)[-1]
    return word if word in SCOPES else None


def covered(given: Iterable[str], registered: Iterable[str]) -> frozenset[str]:
    """What a token may be used for: scopes in it that are registered for its organisation, by full name.

    A prefix belongs to one owner in Maskinporten, so another organisation's scope of like ending is not ours.
    """
    return frozenset(word for name in set(given) & set(registered) if (word := own_scope(name)))


def full_scopes(settings: Settings, scopes: Iterable[str]) -> list[str]:
    """Maskinporten's names of scopes, some of which may be given by their last word (`read`)."""
    prefix = settings.machine_issuer.scope_prefix if settings.machine_issuer else ""
    return sorted({f"{prefix}{scope}" if scope in SCOPES else scope for scope in scopes})


async def register_machine_client(
    municipality_id: int, organisation: str, name: str, scopes: Iterable[str], roles: Iterable[Role] = ()
) -> int:
    """Let an organisation's machines in with these scopes (Maskinporten's names); returns the account's id.

    For whoever has the server's command line. Again for the same organisation, it sets name and scopes anew and
    lets in again what was shut out. `roles` are given for all topics. Raises Invalid.
    """
    chosen = sorted(set(scopes))
    name = clean_text(name, multiline=False)
    if not _ORGANISATION.fullmatch(organisation):
        raise Invalid("organisation_number", "Et organisasjonsnummer har ni sifre.", field="organisation")
    if not chosen or any(own_scope(scope) is None for scope in chosen):
        raise Invalid("machine_scopes", "Hver adgang må ende på en som finnes her.", field="scopes")
    if not 1 <= len(name) <= _NAME_MAX:
        raise Invalid("name_length", "Navnet må ha mellom {least} og {most} tegn.", least=1, most=_NAME_MAX)
    async with unit_of_work():
        # One at a time: the account is made before the row that could say it is there already.
        await execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"machine:{organisation}")
        account_id = await _account_of(municipality_id, organisation, name)
        await execute(
            """INSERT INTO machine_client (municipality_id, account_id, organisation, scopes)
               VALUES ($1, $2, $3, $4)
               ON CONFLICT (municipality_id, organisation)
               DO UPDATE SET scopes = excluded.scopes, ended_at = NULL""",
            municipality_id,
            account_id,
            organisation,
            chosen,
        )
        for role in {Role.SERVICE, *roles} & {Role.SERVICE, *GRANTABLE}:
            await execute(
                """INSERT INTO role_grant (municipality_id, account_id, role)
                   VALUES ($1, $2, $3) ON CONFLICT DO NOTHING""",
                municipality_id,
                account_id,
                role.value,
            )
        await changed([f"account:{account_id}"])
    return account_id


async def _account_of(municipality_id: int, organisation: str, name: str) -> int:
    known: int | None = await fetch_value(
        """UPDATE account SET display_name = $3 WHERE municipality_id = $1 AND id = (
               SELECT account_id FROM machine_client WHERE municipality_id = $1 AND organisation = $2)
           RETURNING id""",
        municipality_id,
        organisation,
        name,
    )
    if known is not None:
        return known
    made: int = await fetch_value(
        """INSERT INTO account (municipality_id, kind, display_name, name_kind)
           VALUES ($1, 'service', $2, 'real') RETURNING id""",
        municipality_id,
        name,
    )
    return made


async def end_machine_client(municipality_id: int, organisation: str) -> None:
    """Shut an organisation's machines out; for whoever has the server's command line. Raises NotFound."""
    async with unit_of_work():
        account_id = await fetch_value(
            """UPDATE machine_client SET ended_at = now()
               WHERE municipality_id = $1 AND organisation = $2 AND ended_at IS NULL RETURNING account_id""",
            municipality_id,
            organisation,
        )
        if account_id is None:
            raise NotFound("machine_client_not_found", "Maskinklienten finnes ikke, eller er stengt ute.")
        await changed([f"account:{account_id}"])
