"""One OpenID Connect issuer: metadata, keys, login, tokens and userinfo."""

from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AccessDeniedError, InvalidRequestError, ResourceProtector
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.accounts.trial_people import pairwise_subject
from web.trial.faults import FAULTS, read_faults
from web.trial.forms import Pairs, ProtocolRequest, read_form, read_pairs
from web.trial.keys import ALGORITHM
from web.trial.logout import Logout
from web.trial.pages import page
from web.trial.people import Person
from web.trial.profiles import granted_acr
from web.trial.protocol import IssuerParts, ProtocolServer, UserinfoTokens, refuse_strange
from web.trial.state import Login, Session

_OWN_FIELDS = ("person", "cancel", "fault")


class Issuer:
    """The endpoints of one issuer. `parts.key` may be used by tests to sign what the issuer would not."""

    def __init__(self, parts: IssuerParts, people: Iterable[Person]) -> None:
        self.parts = parts
        self.people = {person.key: person for person in people if parts.profile.may_log_in(person)}
        self._server = ProtocolServer(parts)
        self._logout = Logout(parts, self._server)
        self._userinfo_tokens = ResourceProtector()
        self._userinfo_tokens.register_token_validator(UserinfoTokens(parts.memory.find_token))

    @property
    def routes(self) -> list[Route]:
        """The routes, below the issuer's own path."""
        paths = self.parts.profile.paths
        return [
            Route("/.well-known/openid-configuration", self._metadata, methods=["GET"]),
            Route(paths["jwks"], self._jwks, methods=["GET"]),
            Route(paths["authorization"], self._authorize, methods=["GET", "POST"]),
            Route(paths["token"], self._token, methods=["POST"]),
            Route(paths["userinfo"], self._userinfo, methods=["GET", "POST"]),
            Route(paths["end_session"], self._logout.end_session, methods=["GET", "POST"]),
        ]

    def address(self, endpoint: str) -> str:
        """The full address of an endpoint, by its name in the profile's `paths`."""
        return self.parts.url + self.parts.profile.paths[endpoint]

    async def _metadata(self, request: Request) -> Response:
        document = {
            "issuer": self.parts.url,
            "authorization_endpoint": self.address("authorization"),
            "token_endpoint": self.address("token"),
            "userinfo_endpoint": self.address("userinfo"),
            "jwks_uri": self.address("jwks"),
            "end_session_endpoint": self.address("end_session"),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "request_parameter_supported": False,
            "request_uri_parameter_supported": False,
            "frontchannel_logout_supported": True,
            "frontchannel_logout_session_supported": True,
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
        }
        return JSONResponse(document | dict(self.parts.profile.metadata))

    async def _jwks(self, request: Request) -> Response:
        return JSONResponse(self.parts.key.jwks)

    async def _authorize(self, request: Request) -> Response:
        pairs = read_pairs(request.url.query) + await read_form(request)
        own = [(name, value) for name, value in pairs if name in _OWN_FIELDS]
        parsed = ProtocolRequest(
            request, self.address("authorization"), [pair for pair in pairs if pair[0] not in _OWN_FIELDS]
        )
        cookie = request.cookies.get(self._logout.cookie_name)
        session = self.parts.memory.session(cookie)
        try:
            refuse_strange(parsed.args)
            grant = self._server.get_consent_grant(parsed, end_user=session)
            if any(name == "cancel" for name, _ in own):
                raise AccessDeniedError(redirect_uri=grant.redirect_uri, state=parsed.args.get("state"))
        except OAuth2Error as error:
            return self._refuse(error)
        faults = read_faults(value for name, value in own if name == "fault")
        person = self.people.get(next((value for name, value in own if name == "person"), ""))
        if session is not None and parsed.args.get("prompt") == "none":
            person = session.person
        elif person is None:
            return self._choose(parsed, own, session, faults)
        return self._answer(parsed, grant, person, (cookie, session), faults)

    def _refuse(self, error: OAuth2Error) -> Response:
        # Only an address that is known to be the client's own gets the error (RFC 6749 § 4.1.2.1).
        if error.redirect_uri:
            return self._name_itself(self._server.handle_response(*error()))
        return page("error.html", status=400, error=error.error, description=error.get_error_description())

    def _choose(
        self, parsed: ProtocolRequest, own: Pairs, session: Session | None, faults: frozenset[str]
    ) -> Response:
        chose_nobody_known = any(name == "person" for name, _ in own)
        return page(
            "choose.html",
            status=400 if chose_nobody_known else 200,
            forms_to=[parsed.args["redirect_uri"]],
            title=self.parts.profile.title,
            client_id=parsed.args["client_id"],
            action=self.address("authorization"),
            fields=list(parsed.args.items()),
            people=list(self.people.values()),
            current=session.person.key if session else "",
            faults=FAULTS,
            chosen=faults,
        )

    def _answer(
        self,
        parsed: ProtocolRequest,
        grant: object,
        person: Person,
        before: tuple[str | None, Session | None],
        faults: frozenset[str],
    ) -> Response:
        cookie, session = before
        if session is None or session.person != person:
            cookie, session = self.parts.memory.start_session(person)
        login = Login(session, granted_acr(parsed.args.get("acr_values", "")), faults)
        response: Response = self._server.create_authorization_response(parsed, grant_user=login, grant=grant)
        if "wrong_state" in faults:
            _change_query(response, {"state": "a-state-nobody-sent"})
        self._logout.set_cookie(response, cookie or "")
        return self._name_itself(response)

    def _name_itself(self, response: Response) -> Response:
        if self.parts.profile.names_itself:
            _change_query(response, {"iss": self.parts.url})
        response.headers["Cache-Control"] = "no-store"
        return response

    async def _token(self, request: Request) -> Response:
        parsed = ProtocolRequest(request, self.address("token"), await read_form(request))
        try:
            _refuse_repeated(parsed)
            refuse_strange(parsed.args)
        except OAuth2Error as error:
            return self._server.handle_response(*error())
        response: Response = self._server.create_token_response(parsed)
        return response

    async def _userinfo(self, request: Request) -> Response:
        parsed = ProtocolRequest(request, self.address("userinfo"), [])
        try:
            token = self._userinfo_tokens.validate_request(["openid"], parsed)
        except OAuth2Error as error:
            return self._server.handle_response(*error())
        code = token.code
        claims = self.parts.profile.userinfo(code.login.session.person, code)
        if "other_sub" in code.login.faults:
            stranger = Person(key="stranger", name="")
            claims["sub"] = pairwise_subject(self.parts.profile.name, code.client_id, stranger)
        return JSONResponse(claims, headers={"Cache-Control": "no-store"})


def _change_query(response: Response, changes: dict[str, str]) -> None:
    parts = urlsplit(response.headers["location"])
    unchanged = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in changes]
    query = [*unchanged, *changes.items()]
    response.headers["location"] = urlunsplit(parts._replace(query=urlencode(query)))


def _refuse_repeated(parsed: ProtocolRequest) -> None:
    for name, values in parsed.payload.datalist.items():
        if len(values) > 1:
            raise InvalidRequestError(f"Multiple '{name}' in request.")
