"""Logging in: from this site to the provider and back, once, in one and the same browser."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from backend.accounts.actors import actor_for_session
from backend.accounts.addresses import local_path
from backend.accounts.binding import bind_accounts
from backend.accounts.claims import LoginClaims, read_claims
from backend.accounts.identities import account_for
from backend.accounts.population_register import municipality_of
from backend.accounts.providers import (
    Metadata,
    authorization_url,
    error_code,
    exchange,
    id_token_claims,
    metadata_of,
    provider_of,
    refused,
)
from backend.accounts.roles import sync_provider_roles
from backend.accounts.sessions import new_secret, secret_hash, start_session
from backend.platform.database import execute, fetch_row, unit_of_work
from backend.platform.errors import Unauthenticated, Unavailable
from backend.platform.settings import ProviderSettings, Settings

ATTEMPT_SECONDS = 600
_MAX_PARAMETER = 4096


@dataclass(frozen=True, slots=True)
class LoginStart:
    """Where to send the browser, and the cookie value that ties the answer to this browser."""

    url: str
    binding: str


@dataclass(frozen=True, slots=True)
class LoginResult:
    """A finished login: the session's token for the cookie, and where the person was going.

    There is no token where the login only bound two accounts: the session that was there goes on.
    """

    token: str | None
    return_to: str
    account_id: int
    is_new: bool

    def __repr__(self) -> str:
        return f"LoginResult(account_id={self.account_id}, is_new={self.is_new})"


@dataclass(frozen=True, slots=True)
class _Attempt:
    nonce: str
    code_verifier: str
    return_to: str
    binds_account_id: int | None
    reads_register: bool


async def begin_login(
    settings: Settings,
    provider_key: str,
    *,
    return_to: str | None = None,
    binding: str | None = None,
    binds_account_id: int | None = None,
    reads_register: bool = False,
) -> LoginStart:
    """Start a login. `binding` is the browser's from an earlier start: two tabs may log in at once.

    `binds_account_id` is the account that is logged in and to be bound to the one that this login finds.
    `reads_register` is the person's consent to look up where they live. Raises NotFound for an unknown
    provider, Unavailable when it does not answer.
    """
    provider = provider_of(settings, provider_key)
    metadata = await metadata_of(settings, provider)
    state, nonce, verifier = new_secret(), new_secret(), new_secret()
    binding = binding if binding and len(binding) == len(state) else new_secret()
    await execute(
        """INSERT INTO login_attempt (municipality_id, state_hash, browser_hash, provider, nonce,
                                      code_verifier, return_to, expires_at, binds_account_id, reads_register)
           VALUES ($1, $2, $3, $4, $5, $6, $7, now() + $8, $9, $10)""",
        settings.municipality,
        secret_hash(state),
        secret_hash(binding),
        provider.key,
        nonce,
        verifier,
        local_path(return_to),
        timedelta(seconds=ATTEMPT_SECONDS),
        binds_account_id,
        reads_register,
    )
    url = authorization_url(settings, provider, metadata, state=state, nonce=nonce, verifier=verifier)
    return LoginStart(url, binding)


async def finish_login(
    settings: Settings,
    provider_key: str,
    answer: Mapping[str, str],
    binding: str | None,
    *,
    device: str | None = None,
    replaces: str | None = None,
) -> LoginResult:
    """Check the provider's answer and start a session. `answer` is the query of the callback.

    An attempt is used up by the first answer, whatever comes of it. Raises Unauthenticated with the check
    that failed, Forbidden (suspended), Unavailable, NotFound (provider), Conflict (accounts that cannot be bound).
    """
    provider = provider_of(settings, provider_key)
    attempt = await _use_attempt(settings, provider, answer.get("state"), binding)
    metadata = await metadata_of(settings, provider)
    code = _code(metadata, answer)
    tokens = await exchange(settings, provider, metadata, code=code, verifier=attempt.code_verifier)
    claims = read_claims(provider, await id_token_claims(provider, metadata, tokens, nonce=attempt.nonce))
    if attempt.reads_register:
        claims = await _with_residence(settings, claims)
    if attempt.binds_account_id is not None:
        await _bind(settings, provider, claims, attempt.binds_account_id, replaces)
        return LoginResult(None, attempt.return_to, attempt.binds_account_id, is_new=False)
    account_id, is_new, token = await _enter(settings, provider, claims, device, replaces)
    return LoginResult(token, attempt.return_to, account_id, is_new)


async def _enter(
    settings: Settings,
    provider: ProviderSettings,
    claims: LoginClaims,
    device: str | None,
    replaces: str | None,
) -> tuple[int, bool, str]:
    async with unit_of_work():
        account_id, is_new = await account_for(settings, provider, claims)
        if claims.groups is not None:
            await sync_provider_roles(settings, account_id, provider, claims.groups)
        token = await start_session(
            settings, account_id, provider.key, claims, device=device, replaces=replaces
        )
    return account_id, is_new, token


async def _with_residence(settings: Settings, claims: LoginClaims) -> LoginClaims:
    """The claims with where the person lives, as the population register has it; it holds up no login."""
    if settings.population_register is None or claims.number is None:
        return claims
    try:
        home = await municipality_of(settings.population_register, claims.number)
    except Unavailable:
        return claims
    return replace(claims, home_municipality=home, residence_source="register") if home else claims


async def _bind(
    settings: Settings, provider: ProviderSettings, claims: LoginClaims, account_id: int, session: str | None
) -> None:
    """Bind the account that is logged in here to the one that this login finds; both or neither."""
    actor = await actor_for_session(settings, session)
    if actor.account_id != account_id:
        raise Unauthenticated(
            "binding_session", "Du ble logget ut underveis. Logg inn, og knytt kontoene sammen på nytt."
        )
    async with unit_of_work():
        other_id, _ = await account_for(settings, provider, claims)
        if claims.groups is not None:
            await sync_provider_roles(settings, other_id, provider, claims.groups)
        await bind_accounts(settings.municipality, account_id, other_id)


async def _use_attempt(
    settings: Settings, provider: ProviderSettings, state: str | None, binding: str | None
) -> _Attempt:
    # One statement, committed at once: of two answers with one state, only the first finds it unused.
    row = None
    if state and binding and len(state) <= _MAX_PARAMETER:
        row = await fetch_row(
            """UPDATE login_attempt SET used_at = now()
               WHERE municipality_id = $1 AND state_hash = $2 AND browser_hash = $3 AND provider = $4
                 AND used_at IS NULL AND expires_at > now()
               RETURNING nonce, code_verifier, return_to, binds_account_id, reads_register""",
            settings.municipality,
            secret_hash(state),
            secret_hash(binding),
            provider.key,
        )
    if row is None:
        raise Unauthenticated(
            "login_attempt",
            "Innloggingen er allerede brukt, har stått for lenge, eller ble startet i en annen nettleser. "
            "Logg inn på nytt.",
        )
    return _Attempt(*row.values())


def _code(metadata: Metadata, answer: Mapping[str, str]) -> str:
    """The code of an answer that is the provider's own and no refusal (RFC 6749 § 4.1.2, RFC 9207)."""
    issuer = answer.get("iss")
    if issuer != metadata.issuer and (issuer is not None or metadata.names_itself):
        raise refused("iss")
    if "error" in answer:
        code = error_code(answer["error"])
        if code == "access_denied":
            raise Unauthenticated("login_cancelled", "Innloggingen ble avbrutt.")
        raise refused(code)
    code = answer.get("code", "")
    if not 0 < len(code) <= _MAX_PARAMETER:
        raise refused("code")
    return code
