"""Who is at the other end of a socket: asked anew at every event, by the credential the socket came with."""

from collections.abc import Mapping, MutableMapping
from typing import Any

from api.authentication import authenticate, authenticate_request
from api.context import Context
from api.rates import RateLimiter
from backend.platform.authz import Actor
from backend.platform.errors import Unauthenticated
from backend.platform.settings import Settings

_CREDENTIALS = (b"authorization", b"cookie")


class SocketViewer:
    """One socket's credential and language, and the actor that it stood for when the socket was acknowledged."""

    def __init__(
        self, settings: Settings, rates: RateLimiter, scope: MutableMapping[str, Any], language: str
    ) -> None:
        self.scope = scope
        self.headers: Mapping[bytes, bytes] = dict(scope["headers"])
        self._settings = settings
        self._rates = rates
        self._credential = {name: self.headers[name] for name in _CREDENTIALS if name in self.headers}
        self.language = language
        # What came with connection_init; Strawberry's handler puts it here.
        self.connection_params: Mapping[str, Any] = {}
        self.actor = Actor(municipality_id=settings.municipality, language=language)

    async def begin(self) -> None:
        """Find out who it is; `authorization` in connection_init counts before the handshake's own.

        Raises Unauthenticated for a credential that does not hold, LimitExceeded when too many did not.
        """
        given = self.connection_params.get("authorization")
        if given is not None:
            if not isinstance(given, str) or not given.isascii():
                raise Unauthenticated("token_invalid", "Nøkkelen gjelder ikke.")
            self._credential = {b"authorization": given.encode()}
        self.actor = await authenticate_request(
            self._settings, self._rates, {**self.scope, "headers": [*self._credential.items()]}
        )
        if b"accept-language" not in self.headers and not self.actor.is_anonymous:
            self.language = self.actor.language

    async def who(self) -> Actor:
        """The actor as of now; raises Unauthenticated when the one who began has logged out or lost the token."""
        actor = await authenticate(self._settings, self._credential, is_activity=False)
        if actor.account_id != self.actor.account_id:
            raise Unauthenticated("session_ended", "Du er logget ut. Logg inn igjen for å følge med.")
        return actor

    async def context(self) -> Context:
        """A context of its own for one event; raises as `who`."""
        return Context(
            actor=await self.who(),
            settings=self._settings,
            language=self.language,
            request_id=self.scope.get("request_id", ""),
        )

    @property
    def tags(self) -> frozenset[str]:
        """What is announced when something about the session or the account changes."""
        names = (("session", self.actor.session_id), ("account", self.actor.account_id))
        return frozenset(f"{name}:{number}" for name, number in names if number is not None)
