"""Logging out: started by a client or here, told to the other clients by frames and by signed POSTs.

As ID-porten does it: the client that started the logout gets no frame, since it has ended its own session;
every client of the session with a back-channel address gets one POST, with 2 s to connect and 5 s to answer.
https://docs.digdir.no/docs/idporten/oidc/oidc_protocol_logout.html
"""

import asyncio
import logging
from secrets import token_urlsafe
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import httpx
from authlib.oauth2 import OAuth2Error
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from backend.accounts.trial_people import pairwise_subject
from web.trial.clients import TrialClient
from web.trial.forms import ProtocolRequest, read_form, read_pairs
from web.trial.pages import page
from web.trial.protocol import IssuerParts, ProtocolServer
from web.trial.state import Session

_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_LOGOUT_TOKEN_SECONDS = 120
_TIMEOUT = httpx.Timeout(5, connect=2)

_log = logging.getLogger(__name__)


class Logout:
    """The end-session endpoint of one issuer, and its cookie."""

    def __init__(self, parts: IssuerParts, server: ProtocolServer) -> None:
        self._parts = parts
        self._server = server
        # Cookies know no ports, and another program on this machine may well use a plain name.
        self.cookie_name = f"trial_{parts.profile.name}"
        self._path = urlsplit(parts.url).path

    def set_cookie(self, response: Response, value: str) -> None:
        """Let the browser remember its session here."""
        secure = self._parts.url.startswith("https:")
        response.set_cookie(
            self.cookie_name, value, path=self._path, httponly=True, samesite="lax", secure=secure
        )

    async def end_session(self, request: Request) -> Response:
        """End the session, tell the clients, and go to the registered address or show a page."""
        pairs = read_pairs(request.url.query) + await read_form(request)
        parsed = ProtocolRequest(request, self._parts.url + self._parts.profile.paths["end_session"], pairs)
        try:
            wish = self._server.validate_endpoint_request("end_session", parsed)
        except OAuth2Error as error:
            return page(
                "error.html", status=400, error=error.error, description=error.get_error_description()
            )
        hint = wish.id_token_claims or {}
        session = self._parts.memory.end_session(request.cookies.get(self.cookie_name), hint.get("sid"))
        frames: list[tuple[str, str]] = []
        if session is not None:
            clients = [self._parts.clients[name] for name in sorted(session.clients)]
            await self._tell_by_post(clients, session)
            frames = self._frames([client for client in clients if client != wish.client], session)
        response = self._next(frames, wish.redirect_uri)
        response.delete_cookie(self.cookie_name, path=self._path)
        return response

    def _next(self, frames: list[tuple[str, str]], onward: str | None) -> Response:
        if onward and not frames:
            return RedirectResponse(onward, 302, {"Cache-Control": "no-store"})
        return page(
            "logged_out.html",
            show=[address for _, address in frames],
            frames=frames,
            onward=onward,
            title=self._parts.profile.title,
        )

    def _frames(self, clients: list[TrialClient], session: Session) -> list[tuple[str, str]]:
        return [
            (client.client_id, self._frame_address(client.frontchannel_logout_uri, session))
            for client in clients
            if client.frontchannel_logout_uri
        ]

    def _frame_address(self, uri: str, session: Session) -> str:
        parts = urlsplit(uri)
        query = [*parse_qsl(parts.query), ("iss", self._parts.url), ("sid", session.sid)]
        return urlunsplit(parts._replace(query=urlencode(query)))

    async def _tell_by_post(self, clients: list[TrialClient], session: Session) -> None:
        notified = [client for client in clients if client.backchannel_logout_uri]
        if not notified:
            return
        async with httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False) as http:
            await asyncio.gather(*(self._post(http, client, session) for client in notified))

    async def _post(self, http: httpx.AsyncClient, client: TrialClient, session: Session) -> None:
        try:
            answer = await http.post(
                client.backchannel_logout_uri, data={"logout_token": self.logout_token(client, session)}
            )
        except httpx.HTTPError as error:
            _log.warning("Back-channel logout of %s failed: %s", client.client_id, type(error).__name__)
            return
        _log.info("Back-channel logout of %s was answered with %s", client.client_id, answer.status_code)

    def logout_token(self, client: TrialClient, session: Session) -> str:
        """A signed logout token (OpenID Connect Back-Channel Logout 1.0 § 2.4)."""
        now = int(self._parts.memory.clock())
        claims = {
            "iss": self._parts.url,
            "sub": pairwise_subject(self._parts.profile.name, client.client_id, session.person),
            "aud": client.client_id,
            "iat": now,
            "exp": now + _LOGOUT_TOKEN_SECONDS,
            "jti": token_urlsafe(16),
            "sid": session.sid,
            "events": {_EVENT: {}},
        }
        return self._parts.key.sign(claims, typ="logout+jwt")
