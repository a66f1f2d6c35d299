"""Signed tokens of others: whose keys, which algorithms, and errors that never quote the token."""

from collections.abc import Mapping
from typing import Any, cast

from joserfc import jwt
from joserfc.errors import ClaimError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from backend.accounts.documents import document

ALGORITHMS = ("RS256", "PS256", "ES256")
LEEWAY = 10
"""Seconds by which another machine's clock may differ."""

_MAX_TOKEN = 64 * 1024


class TokenError(Exception):
    """A token is not believed; `check` names what failed, and nothing of the token is in here."""

    def __init__(self, check: str) -> None:
        super().__init__(check)
        self.check = check


async def verified(token: str, jwks_uri: str) -> jwt.Token:
    """The token, its signature checked against the keys at `jwks_uri`; its claims are not checked yet.

    A key id that is not known is looked for once more in a fresh copy. Raises TokenError, Unavailable.
    """
    if len(token) > _MAX_TOKEN:
        raise TokenError("size")
    for refresh in (False, True):
        keys = _key_set(await document(jwks_uri, refresh=refresh))
        try:
            return jwt.decode(token, keys, algorithms=ALGORITHMS)
        except InvalidKeyIdError:
            continue
        except (JoseError, ValueError, KeyError, TypeError):
            raise TokenError("signature") from None
    raise TokenError("key")


def _key_set(found: dict[str, Any]) -> KeySet:
    try:
        return KeySet.import_key_set(cast(KeySetSerialization, found))
    except (JoseError, ValueError, KeyError, TypeError):
        raise TokenError("keys") from None


def check_claims(claims: Mapping[str, Any], expected: Mapping[str, str], *, needed: tuple[str, ...]) -> None:
    """Hold claims against the expected values, and times against the clock; `exp` and `iat` must be there.

    Raises TokenError naming the claim.
    """
    options: dict[str, Any] = {name: {"essential": True} for name in ("exp", "iat", *needed)}
    options |= {name: {"essential": True, "value": value} for name, value in expected.items()}
    try:
        jwt.JWTClaimsRegistry(None, LEEWAY, **options).validate(dict(claims))
    except ClaimError as error:
        raise TokenError(error.claim) from None
