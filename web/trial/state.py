"""What one issuer remembers, in memory only: codes, access tokens and who is logged in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from secrets import token_urlsafe

from web.trial.people import Person

CODE_SECONDS = 60
ACCESS_TOKEN_SECONDS = 600
SESSION_SECONDS = 8 * 3600


@dataclass(slots=True)
class Session:
    """A browser's login at this issuer; `clients` are those that were told of it."""

    sid: str
    person: Person
    started: float
    clients: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Login:
    """One answer to one authorization request."""

    session: Session
    acr: str
    faults: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code and what it is bound to. The methods are what Authlib asks for."""

    code: str
    client_id: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    locale: str
    login: Login
    issued: float

    def get_redirect_uri(self) -> str:
        """The address the code was sent to."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """The granted scope, words with spaces between."""
        return self.scope


@dataclass(slots=True)
class AccessToken:
    """An opaque access token for userinfo. The methods are what Authlib asks for."""

    token: str
    code: Code
    expired: Callable[[], bool]
    revoked: bool = False

    def get_scope(self) -> str:
        """The granted scope."""
        return self.code.scope

    def is_expired(self) -> bool:
        """Whether its time is over."""
        return self.expired()

    def is_revoked(self) -> bool:
        """Whether its code was used twice or its session has ended."""
        return self.revoked


class Memory:
    """All state of one issuer. `clock` gives seconds since 1970."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._codes: dict[str, Code] = {}
        self._spent: dict[str, Code] = {}
        self._tokens: dict[str, AccessToken] = {}
        self._sessions: dict[str, Session] = {}

    def add_code(self, code: Code) -> None:
        """Remember a new code."""
        self._forget_old()
        self._codes[code.code] = code

    def take_code(self, value: str, client_id: str) -> Code | None:
        """The code, once: whatever comes of this attempt, the next one is refused.

        None when it is unknown, too old, spent, or another client's. A spent one also revokes what it gave.
        """
        spent = self._spent.get(value)
        if spent is not None:
            self._revoke(lambda token: token.code is spent)
            return None
        code = self._codes.get(value)
        if code is None or code.client_id != client_id:
            return None
        self._spent[value] = self._codes.pop(value)
        return code if self.clock() - code.issued < CODE_SECONDS else None

    def add_token(self, value: str, code: Code) -> None:
        """Remember a new access token."""
        ends = self.clock() + ACCESS_TOKEN_SECONDS
        self._tokens[value] = AccessToken(value, code, lambda: self.clock() >= ends)

    def find_token(self, value: str) -> AccessToken | None:
        """The access token, also when it is expired or revoked."""
        return self._tokens.get(value)

    def session(self, cookie: str | None) -> Session | None:
        """The session of a browser, or None."""
        found = self._sessions.get(cookie or "")
        if found is None or self.clock() - found.started >= SESSION_SECONDS:
            return None
        return found

    def start_session(self, person: Person) -> tuple[str, Session]:
        """A new session and the secret value of its cookie."""
        cookie, session = token_urlsafe(32), Session(token_urlsafe(16), person, self.clock())
        self._sessions[cookie] = session
        return cookie, session

    def end_session(self, cookie: str | None, sid: str | None) -> Session | None:
        """End the session of this cookie, else the one with this `sid`; the ended one, or None."""
        cookies = [key for key, session in self._sessions.items() if key == cookie] or [
            key for key, session in self._sessions.items() if session.sid == sid
        ]
        if not cookies:
            return None
        session = self._sessions.pop(cookies[0])
        self._revoke(lambda token: token.code.login.session is session)
        return session

    def _revoke(self, chosen: Callable[[AccessToken], bool]) -> None:
        for token in self._tokens.values():
            if chosen(token):
                token.revoked = True

    def _forget_old(self) -> None:
        limit = self.clock() - ACCESS_TOKEN_SECONDS
        self._codes = {key: code for key, code in self._codes.items() if code.issued > limit}
        self._spent = {key: code for key, code in self._spent.items() if code.issued > limit}
        self._tokens = {key: token for key, token in self._tokens.items() if not token.is_expired()}
        self._sessions = {key: found for key, found in self._sessions.items() if self.session(key)}
