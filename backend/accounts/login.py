"""Logging in: from this site to the provider and back, once, in one and the same browser."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from backend.accounts.addresses import local_path
from backend.accounts.claims import LoginClaims, read_claims
from backend.accounts.identities import account_for
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
from backend.database import execute, fetch_row, unit_of_work
from backend.errors import Unauthenticated
from backend.settings import ProviderSettings, Settings

ATTEMPT_SECONDS = 600
_MAX_PARAMETER = 4096


@dataclass(frozen=True, slots=True)
class LoginStart:
    """Where to send the browser, and the cookie value that ties the answer to this browser."""

    url: str
    binding: str


@dataclass(frozen=True, slots=True)
class LoginResult:
    """A finished login: the session's token for the cookie, and where the person was going."""

    token: str
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


async def begin_login(
    settings: Settings, provider_key: str, *, return_to: str | None = None, binding: str | None = None
) -> LoginStart:
    """Start a login. `binding` is the browser's from an earlier start: two tabs may log in at once.

    Raises NotFound for an unknown provider, Unavailable when it does not answer.
    """
    provider = provider_of(settings, provider_key)
    metadata = await metadata_of(settings, provider)
    state, nonce, verifier = new_secret(), new_secret(), new_secret()
    binding = binding if binding and len(binding) == len(state) else new_secret()
    await execute(
        """INSERT INTO login_attempt (municipality_id, state_hash, browser_hash, provider, nonce,
                                      code_verifier, return_to, expires_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, now() + $8)""",
        settings.municipality,
        secret_hash(state),
        secret_hash(binding),
        provider.key,
        nonce,
        verifier,
        local_path(return_to),
        timedelta(seconds=ATTEMPT_SECONDS),
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
    that failed, Unavailable, NotFound (provider).
    """
    provider = provider_of(settings, provider_key)
    attempt = await _use_attempt(settings, provider, answer.get("state"), binding)
    metadata = await metadata_of(settings, provider)
    code = _code(metadata, answer)
    tokens = await exchange(settings, provider, metadata, code=code, verifier=attempt.code_verifier)
    claims = read_claims(provider, await id_token_claims(provider, metadata, tokens, nonce=attempt.nonce))
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
               RETURNING nonce, code_verifier, return_to""",
            settings.municipality,
            secret_hash(state),
            secret_hash(binding),
            provider.key,
        )
    if row is None:
        raise Unauthenticated(
            "login_attempt",
            "Innloggingen er alt brukt, har stått for lenge, eller ble startet i en annen nettleser. "
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
