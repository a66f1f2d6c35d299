"""Where a person lives, as the National Population Register has it: asked once at a login, when the person agrees.

Only the municipality's number leaves this module. The national identity number travels in a request's body, never in
an address: https://skatteetaten.github.io/folkeregisteret-api-dokumentasjon/oppslag (bulkoppslag). The access token is
Maskinporten's: https://docs.digdir.no/docs/Maskinporten/maskinporten_protocol_jwtgrant
"""

import re
import time
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import httpx
import structlog
from joserfc import jwt
from joserfc.jwk import RSAKey

from backend.accounts.documents import http_client
from backend.accounts.identity_hash import NationalNumber
from backend.platform.errors import Unavailable
from backend.platform.settings import PopulationRegister

_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
# Maskinporten takes assertions of at most 120 seconds.
_ASSERTION_SECONDS = 60
_MUNICIPALITY = re.compile(r"[0-9]{4}")
_PATHS = (
    ("vegadresse", "kommunenummer"),
    ("matrikkeladresse", "matrikkelnummer", "kommunenummer"),
    ("ukjentBosted", "bostedskommune"),
)
log = structlog.get_logger("register")


async def municipality_of(register: PopulationRegister, number: NationalNumber) -> str | None:
    """The number of the municipality where the person is registered as living now.

    None where the register knows none, or keeps the address from others: where somebody under protection lives is
    stored nowhere. Raises Unavailable when the register does not answer as documented.
    """
    try:
        async with http_client() as http:
            token = await _access_token(http, register)
            answer = await http.post(
                f"{register.url}/personer/bulkoppslag/",
                params={"part": "bostedsadresse"},
                headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
                json=number.in_body("foedselsEllerDNummer"),
            )
        answer.raise_for_status()
        return _municipality(answer.json())
    except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
        # Neither the request nor the answer is told of: both hold the number.
        log.warning("the population register did not answer", error=type(error).__name__)
        raise Unavailable("register_unavailable", "Folkeregisteret svarer ikke akkurat nå.") from None


async def _access_token(http: httpx.AsyncClient, register: PopulationRegister) -> str:
    key, now = RSAKey.import_key(dict(register.key)), int(time.time())
    claims = {
        "aud": register.issuer,
        "iss": register.client_id,
        "scope": register.scope,
        "iat": now,
        "exp": now + _ASSERTION_SECONDS,
        "jti": str(uuid4()),
    }
    assertion = jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)
    answer = await http.post(register.token_url, data={"grant_type": _GRANT, "assertion": assertion})
    answer.raise_for_status()
    token: str = answer.json()["access_token"]
    return token


def _municipality(found: Mapping[str, Any]) -> str | None:
    """From the answer to a look-up of one person."""
    (person,) = found["oppslag"]
    addresses = person.get("folkeregisterperson", {}).get("bostedsadresse", [])
    current = [address for address in addresses if address.get("erGjeldende")]
    if not current or any(str(each.get("adressegradering")).lower() != "ugradert" for each in current):
        return None
    for path in _PATHS:
        value: Any = current[0]
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        if isinstance(value, str) and _MUNICIPALITY.fullmatch(value):
            return value
    return None
