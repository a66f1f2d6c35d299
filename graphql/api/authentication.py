"""Who sends a request: the session in the cookie, or the bearer of a token."""

from collections.abc import Mapping, MutableMapping
from typing import Any

from api.rates import RateLimiter
from backend.accounts.actors import actor_for_bearer, actor_for_session
from backend.accounts.sessions import cookie_name
from backend.platform.authz import Actor
from backend.platform.errors import Unauthenticated
from backend.platform.settings import Settings


def bears_credentials(headers: Mapping[bytes, bytes]) -> bool:
    """Whether the request shows a cookie or a token at all."""
    return b"authorization" in headers or b"cookie" in headers


async def authenticate(
    settings: Settings, headers: Mapping[bytes, bytes], *, is_activity: bool = True
) -> Actor:
    """The actor of a request; a stranger without credentials, or with a session that has ended.

    Without `is_activity` the session grows idle all the same.
    Raises Unauthenticated for a token that is not valid: a script should hear of it.
    """
    authorization = headers.get(b"authorization")
    if authorization is not None:
        return await actor_for_bearer(settings, authorization.decode("latin-1"))
    token = _cookie(headers.get(b"cookie", b""), cookie_name(settings).encode())
    if token is not None:
        return await actor_for_session(settings, token.decode("latin-1"), is_activity=is_activity)
    return Actor(municipality_id=settings.municipality)


async def authenticate_request(
    settings: Settings, rates: RateLimiter, scope: MutableMapping[str, Any], *, is_activity: bool = True
) -> Actor:
    """As `authenticate`; tokens that are not valid are counted by address.

    Raises LimitExceeded, for any token from an address that has sent too many of them.
    """
    headers = dict(scope["headers"])
    if b"authorization" not in headers:
        return await authenticate(settings, headers, is_activity=is_activity)
    rates.require_bearers_heard(scope)
    try:
        return await authenticate(settings, headers, is_activity=is_activity)
    except Unauthenticated:
        await rates.count_refused_bearer(scope)
        raise


def _cookie(header: bytes, name: bytes) -> bytes | None:
    for part in header.split(b";"):
        key, _, value = part.strip().partition(b"=")
        if key == name:
            return value
    return None
