"""OpenID Connect as a relying party: metadata, the way to the provider, the code's exchange, its tokens.

The protocol is Authlib's and joserfc's; here is only what travels over HTTP and which checks are asked for.
Authlib's httpx client is not used, since it wants another HTTP library than the one we have.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc.errors import ClaimError, JoseError

from backend.accounts.addresses import callback_address
from backend.accounts.documents import document, http_client, is_safe_address, provider_down
from backend.accounts.jwt import LEEWAY, TokenError, check_claims, verified
from backend.platform.errors import NotFound, Unauthenticated
from backend.platform.settings import ProviderSettings, Settings

SUBSTANTIAL = ("idporten-loa-substantial", "idporten-loa-high")
_SCOPES = {"idporten": "openid profile", "entra": "openid profile email"}
_LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_ERROR_CODE = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True, slots=True)
class Metadata:
    """Where a provider's endpoints are. `names_itself`: its answers carry `iss` (RFC 9207)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None
    names_itself: bool


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a code was exchanged for; kept only until the ID token is checked."""

    id_token: str
    access_token: str

    def __repr__(self) -> str:
        return "Tokens(…)"


@dataclass(frozen=True, slots=True)
class LogoutNotice:
    """Whose sessions a provider ended: one of its sessions, or all of a subject's."""

    provider_session: str | None
    subject: str | None


def provider_of(settings: Settings, key: str) -> ProviderSettings:
    """The provider configured under this key. Raises NotFound."""
    for provider in settings.providers:
        if provider.key == key:
            return provider
    raise NotFound("provider_unknown", "Denne innloggingen finnes ikke.")


def refused(check: str) -> Unauthenticated:
    """The refusal of an answer that failed a check; `check` is the protocol's own name for it."""
    return Unauthenticated(
        f"login_{check}",
        "Innloggingen kunne ikke bekreftes ({check}). Prøv å logge inn på nytt.",
        check=check,
    )


async def metadata_of(settings: Settings, provider: ProviderSettings) -> Metadata:
    """The provider's own description of itself (OpenID Connect Discovery 1.0), kept for an hour.

    Raises Unavailable when it cannot be had, or names another issuer or an address without encryption.
    """
    found = await document(f"{provider.issuer}/.well-known/openid-configuration")
    metadata = Metadata(
        issuer=found.get("issuer", ""),
        authorization_endpoint=found.get("authorization_endpoint", ""),
        token_endpoint=found.get("token_endpoint", ""),
        jwks_uri=found.get("jwks_uri", ""),
        end_session_endpoint=found.get("end_session_endpoint"),
        names_itself=found.get("authorization_response_iss_parameter_supported") is True,
    )
    addresses = [metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri]
    addresses += [metadata.end_session_endpoint] if metadata.end_session_endpoint else []
    if metadata.issuer != provider.issuer or not all(
        is_safe_address(address, allow_http=settings.is_trial) for address in addresses
    ):
        raise provider_down()
    return metadata


def accepted_levels(provider: ProviderSettings) -> tuple[str, ...]:
    """The `acr` values that are good enough, the least first; none where the profile has no levels."""
    return provider.acr or (SUBSTANTIAL if provider.profile == "idporten" else ())


def authorization_url(
    settings: Settings,
    provider: ProviderSettings,
    metadata: Metadata,
    *,
    state: str,
    nonce: str,
    verifier: str,
) -> str:
    """Where the browser goes to log in."""
    levels = accepted_levels(provider)
    return str(
        prepare_grant_uri(
            metadata.authorization_endpoint,
            client_id=provider.client_id,
            response_type="code",
            redirect_uri=callback_address(settings, provider.key),
            scope=_SCOPES[provider.profile],
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
            acr_values=levels[0] if levels else None,
        )
    )


async def exchange(
    settings: Settings, provider: ProviderSettings, metadata: Metadata, *, code: str, verifier: str
) -> Tokens:
    """Trade the code for tokens. Raises Unauthenticated when it is refused, Unavailable without an answer.

    The secret travels in the body: servers differ in how they read special characters in a Basic header.
    """
    body = prepare_token_request(
        "authorization_code",
        redirect_uri=callback_address(settings, provider.key),
        code=code,
        code_verifier=verifier,
        client_id=provider.client_id,
        client_secret=provider.client_secret,
    )
    headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
    try:
        async with http_client() as http:
            answer = await http.post(metadata.token_endpoint, content=body, headers=headers)
        found = answer.json()
    except (httpx.HTTPError, ValueError):
        raise provider_down() from None
    if answer.status_code >= 500 or not isinstance(found, dict):
        raise provider_down()
    if answer.status_code != 200:
        raise refused(error_code(found.get("error")))
    tokens = found.get("id_token"), found.get("access_token")
    if not isinstance(tokens[0], str) or not isinstance(tokens[1], str):
        raise refused("id_token")
    return Tokens(tokens[0], tokens[1])


def error_code(given: object) -> str:
    """A provider's error code when it looks like one, else `error`; its description is never repeated."""
    return given if isinstance(given, str) and _ERROR_CODE.fullmatch(given) else "error"


async def id_token_claims(
    provider: ProviderSettings, metadata: Metadata, tokens: Tokens, *, nonce: str
) -> Mapping[str, Any]:
    """The claims of a checked ID token (OpenID Connect Core 1.0 § 3.1.3.7).

    Checked are the signature with an allowed algorithm, issuer, audience, authorised party, times, nonce, the
    access token's hash, and the level of assurance. Raises Unauthenticated naming the claim that failed,
    Unavailable when the keys cannot be had.
    """
    expected = {"iss": metadata.issuer, "aud": provider.client_id, "nonce": nonce}
    try:
        token = await verified(tokens.id_token, metadata.jwks_uri)
        claims = CodeIDToken(
            token.claims,
            token.header,
            options={name: {"essential": True, "value": value} for name, value in expected.items()},
            params={"nonce": nonce, "client_id": provider.client_id, "access_token": tokens.access_token},
        )
        claims.validate(leeway=LEEWAY)
    except TokenError as error:
        raise refused(error.check) from None
    except ClaimError as error:
        raise refused(error.claim) from None
    except (JoseError, ValueError, TypeError):
        raise refused("id_token") from None
    levels = accepted_levels(provider)
    if levels and claims.get("acr") not in levels:
        raise Unauthenticated(
            "login_acr", "Du må logge inn på et høyere sikkerhetsnivå, for eksempel med BankID. Prøv igjen."
        )
    return dict(claims)


async def logout_notice(settings: Settings, provider: ProviderSettings, logout_token: str) -> LogoutNotice:
    """What a logout token says (OpenID Connect Back-Channel Logout 1.0 § 2.6).

    Raises TokenError, Unavailable.
    """
    metadata = await metadata_of(settings, provider)
    claims = (await verified(logout_token, metadata.jwks_uri)).claims
    check_claims(claims, {"iss": metadata.issuer, "aud": provider.client_id}, needed=("jti", "events"))
    events = claims["events"]
    if not isinstance(events, dict) or _LOGOUT_EVENT not in events or "nonce" in claims:
        raise TokenError("events")
    named = {name: claims.get(name) for name in ("sid", "sub")}
    texts = {name: value for name, value in named.items() if isinstance(value, str) and value}
    if not texts:
        raise TokenError("sid")
    return LogoutNotice(texts.get("sid"), texts.get("sub"))


async def end_session_url(settings: Settings, provider: ProviderSettings) -> str | None:
    """Where the browser goes to end the provider's session too; None when it has no such place.

    No `id_token_hint`: it would have to be kept, and it may hold the national identity number.
    """
    metadata = await metadata_of(settings, provider)
    if metadata.end_session_endpoint is None:
        return None
    query = {"client_id": provider.client_id, "post_logout_redirect_uri": f"{settings.base_url}/"}
    joint = "&" if "?" in metadata.end_session_endpoint else "?"
    return f"{metadata.end_session_endpoint}{joint}{urlencode(query)}"
