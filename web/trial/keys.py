"""An RS256 key pair, made at the start and gone at the end."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey
from joserfc.util import urlsafe_b64encode

ALGORITHM = "RS256"
_KEY_BITS = 2048


@dataclass(frozen=True, slots=True)
class SigningKey:
    """What one issuer signs with."""

    key: RSAKey

    @classmethod
    def generate(cls) -> "SigningKey":
        """A new key whose `kid` is its RFC 7638 thumbprint."""
        key = RSAKey.generate_key(_KEY_BITS, {"use": "sig", "alg": ALGORITHM}, private=True, auto_kid=True)
        return cls(key)

    @property
    def jwks(self) -> dict[str, Any]:
        """The public half as a JSON Web Key Set."""
        return {"keys": [self.key.as_dict(private=False)]}

    def sign(self, claims: Mapping[str, Any], *, typ: str = "JWT") -> str:
        """A compact JWT."""
        header = {"alg": ALGORITHM, "kid": self.key.kid, "typ": typ}
        return jwt.encode(header, dict(claims), self.key, [ALGORITHM])


def spoil_signature(token: str) -> str:
    """The same JWT with a signature of the right length that verifies with no key."""
    content, _, signature = token.rpartition(".")
    first = "A" if signature[0] != "A" else "B"
    return f"{content}.{first}{signature[1:]}"


def strip_signature(token: str) -> str:
    """The same claims as an unsigned JWT (`alg` none), which every client must refuse."""
    header, payload, _ = token.split(".")
    changed = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4))) | {"alg": "none"}
    return f"{urlsafe_b64encode(json.dumps(changed).encode()).decode()}.{payload}."
