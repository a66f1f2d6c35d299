"""A small Maskinporten: machine clients trade a signed assertion for an access token (RFC 7523).

https://docs.digdir.no/docs/Maskinporten/maskinporten_protocol_token. The token has `aud` only when the
assertion names a `resource`, as with the real one.
"""

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationServer, InvalidGrantError, InvalidScopeError
from authlib.oauth2.rfc7523 import JWTBearerGrant
from joserfc.jwk import KeySet, RSAKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from web.trial.faults import read_faults, sign_with_faults
from web.trial.forms import ProtocolRequest, read_form, read_pairs
from web.trial.keys import ALGORITHM, SigningKey
from web.trial.protocol import refuse_strange

_LONGEST_ASSERTION = 120
_TOKEN_SECONDS = 120
_AUTHORITY = "iso6523-actorid-upis"
_NORWEGIAN_ORGANISATION = "0192"
_GRANT_TYPE = JWTBearerGrant.GRANT_TYPE

TRIAL_ORGANISATION = "310000426"
"""A synthetic organisation number: real ones begin with 8 or 9."""


@dataclass(frozen=True, slots=True)
class MachineClient:
    """One machine client. It may ask for any scope that begins with `scope_prefix`."""

    client_id: str
    organisation: str
    public_key: RSAKey
    scope_prefix: str = ""

    def check_grant_type(self, grant_type: str) -> bool:
        """Only assertions."""
        return bool(grant_type == _GRANT_TYPE)


def load_machine_key(path: Path) -> RSAKey:
    """The private key in this file, made and written there (for its owner only) at the first start."""
    try:
        return RSAKey.import_key(json.loads(path.read_text()))
    except FileNotFoundError:
        key = RSAKey.generate_key(2048, {"use": "sig", "alg": ALGORITHM}, private=True, auto_kid=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(key.as_dict(private=True), file)
    return key


class _Server(AuthorizationServer):  # type: ignore[misc]  # Authlib has no types
    def __init__(self, machines: "Maskinporten") -> None:
        super().__init__()
        self.machines = machines
        self.register_grant(_AssertionGrant)

    def create_oauth2_request(self, request: ProtocolRequest) -> ProtocolRequest:
        return request

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Response:
        return JSONResponse(body, status, dict(headers))

    def save_token(self, token: dict[str, Any], request: ProtocolRequest) -> None:
        """The token speaks for itself."""


class _AssertionGrant(JWTBearerGrant):  # type: ignore[misc]  # Authlib has no types
    LEEWAY = 10

    def resolve_issuer_client(self, issuer: str) -> MachineClient | None:
        machines: Maskinporten = self.server.machines
        return machines.clients.get(issuer)

    def resolve_client_public_key(self, client: MachineClient) -> KeySet:
        return KeySet([client.public_key])

    def get_audiences(self) -> list[str]:
        return [self.server.machines.url]

    def process_assertion_claims(self, assertion: str) -> dict[str, Any]:
        claims: dict[str, Any] = super().process_assertion_claims(assertion)
        issued, expires = claims.get("iat"), claims.get("exp")
        if (
            not isinstance(issued, int)
            or not isinstance(expires, int)
            or expires - issued > _LONGEST_ASSERTION
        ):
            raise InvalidGrantError(f"The assertion needs iat, and may live {_LONGEST_ASSERTION} seconds.")
        if not self.server.machines.use_once(claims.get("jti"), expires + self.LEEWAY):
            raise InvalidGrantError("The assertion needs a jti that was not used before.")
        self.request.credential = claims
        # The organisation itself is the subject; Authlib would look for a person.
        return {name: value for name, value in claims.items() if name != "sub"}

    def validate_requested_scope(self) -> None:
        scope = self.request.credential.get("scope")
        prefix = self.request.client.scope_prefix
        if not isinstance(scope, str) or not scope.split():
            raise InvalidScopeError()
        if not all(word.startswith(prefix) for word in scope.split()):
            raise InvalidScopeError()

    def create_token_response(self) -> tuple[int, dict[str, Any], Any]:
        claims = self.request.credential
        faults = read_faults([self.request.args.get("fault", "")])
        token = self.server.machines.access_token(self.request.client, claims, faults)
        body = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": _TOKEN_SECONDS - 1,
            "scope": claims["scope"],
        }
        return 200, body, self.TOKEN_RESPONSE_HEADER


class Maskinporten:
    """The endpoints of the trial Maskinporten at `url`."""

    def __init__(
        self, url: str, machines: Iterable[MachineClient], key: SigningKey, clock: Callable[[], float]
    ) -> None:
        self.url = url
        self.clients = {machine.client_id: machine for machine in machines}
        self.key = key
        self._clock = clock
        self._used: dict[str, float] = {}
        self._server = _Server(self)

    @property
    def routes(self) -> list[Route]:
        """The routes, below the issuer's own path."""
        return [
            Route("/.well-known/oauth-authorization-server", self.metadata, methods=["GET"]),
            Route("/jwk", self._jwks, methods=["GET"]),
            Route("/token", self._token, methods=["POST"]),
        ]

    async def metadata(self, request: Request) -> Response:
        """RFC 8414."""
        return JSONResponse(
            {
                "issuer": self.url,
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/jwk",
                "grant_types_supported": [_GRANT_TYPE],
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
                "token_endpoint_auth_signing_alg_values_supported": [ALGORITHM],
            }
        )

    async def _jwks(self, request: Request) -> Response:
        return JSONResponse(self.key.jwks)

    async def _token(self, request: Request) -> Response:
        # `fault` may also stand in the address: most clients cannot add a field to this form.
        faults = [pair for pair in read_pairs(request.url.query) if pair[0] == "fault"]
        parsed = ProtocolRequest(request, f"{self.url}/token", await read_form(request) + faults)
        try:
            refuse_strange(parsed.args)
        except OAuth2Error as error:
            return self._server.handle_response(*error())
        response: Response = self._server.create_token_response(parsed)
        return response

    def use_once(self, jti: object, until: float) -> bool:
        """Whether this assertion id is new; it is remembered until then (seconds since 1970)."""
        now = self._clock()
        self._used = {known: end for known, end in self._used.items() if end > now}
        if not isinstance(jti, str) or not jti or jti in self._used:
            return False
        self._used[jti] = until
        return True

    def access_token(self, client: MachineClient, assertion: dict[str, Any], faults: frozenset[str]) -> str:
        """A signed access token for this client, spoiled as asked."""
        now = int(self._clock())
        claims = {
            "iss": self.url,
            "client_id": client.client_id,
            "client_amr": "private_key_jwt",
            "token_type": "Bearer",
            "scope": assertion["scope"],
            "consumer": {
                "authority": _AUTHORITY,
                "ID": f"{_NORWEGIAN_ORGANISATION}:{client.organisation}",
            },
            "iat": now,
            "exp": now + _TOKEN_SECONDS,
            "jti": token_urlsafe(16),
        }
        if resource := assertion.get("resource"):
            claims["aud"] = resource
        return sign_with_faults(self.key, claims, faults)
