"""Authlib's server side, set up as strictly as the real providers are.

Authlib's defaults differ in four ways that matter and are changed here: PKCE is optional for a client with a
secret, `plain` is allowed and even the default method, two ways of client authentication in one request are
accepted, and a code stays usable after a failed attempt.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any

from authlib.oauth2.base import invalid_error_characters
from authlib.oauth2.rfc6749 import AuthorizationServer, InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from authlib.oidc.core.grants.util import create_half_hash
from authlib.oidc.rpinitiated import EndSessionEndpoint
from joserfc.jwk import KeySet
from starlette.responses import JSONResponse, Response

from web.trial.clients import TrialClient
from web.trial.faults import sign_with_faults
from web.trial.forms import ProtocolRequest
from web.trial.keys import ALGORITHM, SigningKey
from web.trial.profiles import Profile, chosen_locale
from web.trial.state import ACCESS_TOKEN_SECONDS, AccessToken, Code, Login, Memory

_UNSUPPORTED = ("request", "request_uri", "registration")


@dataclass(frozen=True, slots=True)
class IssuerParts:
    """What one issuer is made of; `url` is its issuer identifier."""

    url: str
    profile: Profile
    clients: Mapping[str, TrialClient]
    key: SigningKey
    memory: Memory


class ProtocolServer(AuthorizationServer):  # type: ignore[misc]  # Authlib has no types
    """The protocol of one issuer. It is called with ProtocolRequest and answers with Starlette responses."""

    def __init__(self, parts: IssuerParts) -> None:
        super().__init__()
        self.parts = parts
        self.register_token_generator("default", _new_token)
        self.register_grant(_CodeGrant, [_StrictCodeChallenge(required=True), _IdToken(require_nonce=True)])
        self.register_endpoint(_EndSession)

    def query_client(self, client_id: str) -> TrialClient | None:
        """The client with this name at this issuer."""
        return self.parts.clients.get(client_id)

    def save_token(self, token: Mapping[str, Any], request: ProtocolRequest) -> None:
        """Remember an access token, for userinfo."""
        self.parts.memory.add_token(token["access_token"], request.authorization_code)

    def create_oauth2_request(self, request: ProtocolRequest) -> ProtocolRequest:
        """The request itself: it was made where the body could be awaited."""
        return request

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Response:
        """Authlib's answer as a response."""
        if isinstance(body, dict):
            return JSONResponse(body, status, dict(headers))
        return Response(body, status, dict(headers))

    def send_signal(self, name: str, *_args: Any, **_kwargs: Any) -> None:
        """Nobody listens."""


def _new_token(*, scope: str, **_: Any) -> dict[str, Any]:
    return {
        "access_token": token_urlsafe(32),
        "token_type": "Bearer",
        "expires_in": ACCESS_TOKEN_SECONDS,
        "scope": scope,
    }


def refuse_strange(parameters: Mapping[str, str]) -> None:
    """Raise InvalidRequestError for characters that Authlib could not put into its own error texts."""
    for name in ("client_id", "redirect_uri", "response_type", "grant_type"):
        if invalid_error_characters(parameters.get(name, "")):
            raise InvalidRequestError(f"Invalid characters in '{name}'.")


class _CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib has no types
    def authenticate_token_endpoint_client(self) -> TrialClient:
        if "Authorization" in self.request.headers and "client_secret" in self.request.form:
            raise InvalidRequestError("Two ways of client authentication in one request.")
        client: TrialClient = super().authenticate_token_endpoint_client()
        return client

    def validate_requested_scope(self) -> None:
        parameters = self.request.payload.data
        for name in _UNSUPPORTED:
            if name in parameters:
                raise InvalidRequestError(f"'{name}' is not supported.", error=f"{name}_not_supported")
        if parameters.get("response_mode", "query") != "query":
            raise InvalidRequestError("Only response_mode=query is supported.")
        super().validate_requested_scope()

    def save_authorization_code(self, code: str, request: ProtocolRequest) -> None:
        parameters: dict[str, str] = request.payload.data
        login: Login = request.user
        memory: Memory = self.server.parts.memory
        memory.add_code(
            Code(
                code=code,
                client_id=request.client.client_id,
                redirect_uri=parameters["redirect_uri"],
                scope=request.scope,
                nonce=parameters["nonce"],
                code_challenge=parameters["code_challenge"],
                code_challenge_method=parameters["code_challenge_method"],
                locale=chosen_locale(parameters.get("ui_locales", ""), login.session.person),
                login=login,
                issued=memory.clock(),
            )
        )
        login.session.clients.add(request.client.client_id)

    def query_authorization_code(self, code: str, client: TrialClient) -> Code | None:
        memory: Memory = self.server.parts.memory
        return memory.take_code(code, client.client_id)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """It was taken when it was looked up."""

    def authenticate_user(self, authorization_code: Code) -> Login:
        return authorization_code.login


class _StrictCodeChallenge(CodeChallenge):  # type: ignore[misc]  # Authlib has no types
    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]

    def validate_code_challenge(self, grant: _CodeGrant, redirect_uri: str | None) -> None:
        parameters = grant.request.payload.data
        if "code_challenge" not in parameters:
            raise InvalidRequestError("Missing 'code_challenge'.")
        if parameters.get("code_challenge_method") != "S256":
            raise InvalidRequestError("'code_challenge_method' is to be S256.")
        super().validate_code_challenge(grant, redirect_uri)


class _IdToken(OpenIDCode):  # type: ignore[misc]  # Authlib has no types
    def exists_nonce(self, nonce: str, request: ProtocolRequest) -> bool:
        # The real ones leave it to the client to see that a nonce is used once; so does this.
        return False

    def process_token(self, grant: _CodeGrant, response: tuple[int, dict[str, Any], Any]) -> None:
        token = response[1]
        token["id_token"] = _id_token(
            grant.server.parts, grant.request.authorization_code, token["access_token"]
        )


def _id_token(parts: IssuerParts, code: Code, access_token: str) -> str:
    now = int(parts.memory.clock())
    session = code.login.session
    claims = parts.profile.claims(session.person, code) | {
        "iss": parts.url,
        "aud": code.client_id,
        "iat": now,
        "nbf": now,
        "exp": now + parts.profile.token_seconds,
        "auth_time": int(session.started),
        "jti": token_urlsafe(16),
        "nonce": code.nonce,
        "sid": session.sid,
        "at_hash": create_half_hash(access_token, ALGORITHM).decode(),
    }
    return sign_with_faults(parts.key, claims, code.login.faults)


class _EndSession(EndSessionEndpoint):  # type: ignore[misc]  # Authlib has no types
    """Checks a logout request; ending the session is done by the caller, who knows the cookie."""

    def get_server_jwks(self) -> KeySet:
        return KeySet([self.server.parts.key.key])

    def get_algorithms(self) -> list[str]:
        return [ALGORITHM]

    def is_post_logout_redirect_uri_legitimate(self, *_: Any) -> bool:
        # ID-porten and Entra ID are content with a client_id and a registered address.
        return True


class UserinfoTokens(BearerTokenValidator):  # type: ignore[misc]  # Authlib has no types
    """Finds the access tokens of one issuer; `find` gives None for an unknown one."""

    def __init__(self, find: Callable[[str], AccessToken | None]) -> None:
        super().__init__()
        self._find = find

    def authenticate_token(self, token_string: str) -> AccessToken | None:
        """The token, also when it is expired or revoked: Authlib checks that next."""
        return self._find(token_string)
