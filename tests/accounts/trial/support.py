"""A careful client that takes each step of a login by hand, and what serves it."""

import base64
import hashlib
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlsplit

import httpx
import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from web.trial import (
    Person,
)

CALLBACK = "http://127.0.0.1:9/logget-inn"
AFTER_LOGOUT = "http://127.0.0.1:9/ute"
FRONT = "http://127.0.0.1:9/frontkanal?fra=proeve"
BASIC = ("samskap", "en hemmelighet: æ/+%")
OTHER = ("nabo", "en annen")
MACHINE_KEY = RSAKey.generate_key(2048, private=True, auto_kid=True)
PEOPLE = (
    Person("kari", "Kari Kandis", date(1984, 3, 17), 113, "3201", "Bærum"),
    Person("nils", "Nils <Nypete>", date(2001, 12, 3), 610, "0301", "Oslo", language="nn"),
    Person("tom", "Tom Tallløs", date(1990, 1, 2)),
    Person("sol", "Sol Saksbehandler", kind="employee", groups=("planner",), email="sol@example.invalid"),
)


@dataclass
class Clock:
    ahead: float = 0

    def __call__(self) -> float:
        return time.time() + self.ahead


@dataclass
class Receiver:
    """A client's real back-channel endpoint, and what reached it."""

    address: str
    tokens: list[str] = field(default_factory=list)
    status: int = 200

    async def receive(self, request: Request) -> Response:
        body = (await request.body()).decode()
        self.tokens += parse_qs(body)["logout_token"]
        return Response(status_code=self.status)


@dataclass
class Provider:
    base: str
    clock: Clock
    receiver: Receiver
    app: Starlette

    @property
    def idporten(self) -> str:
        return f"{self.base}/idporten"

    @property
    def entra(self) -> str:
        return f"{self.base}/entra"


def listening() -> tuple[socket.socket, str]:
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    return bound, f"http://127.0.0.1:{bound.getsockname()[1]}"


@contextmanager
def served(app: Starlette, bound: socket.socket, **more: Any) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none", lifespan="off", **more))
    thread = threading.Thread(target=server.run, args=([bound],))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield
    server.should_exit = True
    thread.join(10)
    bound.close()


def clients(receiver: str) -> list[dict[str, Any]]:
    def entry(name: tuple[str, str], **more: Any) -> dict[str, Any]:
        return {"client_id": name[0], "client_secret": name[1], "redirect_uris": [CALLBACK], **more}

    logout = {"post_logout_redirect_uris": [AFTER_LOGOUT], "frontchannel_logout_uri": FRONT}
    return [
        entry(BASIC, issuer="idporten", backchannel_logout_uri=receiver, **logout),
        entry(OTHER, issuer="idporten", backchannel_logout_uri="http://127.0.0.1:9/ingen", **logout),
        entry(BASIC, issuer="entra", **logout),
    ]


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


class Flow:
    """One login, step by step, as a careful client does it."""

    def __init__(self, browser: httpx.Client, issuer: str, client: tuple[str, str] = BASIC) -> None:
        self.browser, self.issuer, self.client = browser, issuer, client
        self.metadata = browser.get(f"{issuer}/.well-known/openid-configuration").json()
        self.verifier = secrets.token_urlsafe(48)
        self.arguments = {
            "response_type": "code",
            "client_id": client[0],
            "redirect_uri": CALLBACK,
            "scope": "openid profile",
            "state": secrets.token_urlsafe(),
            "nonce": secrets.token_urlsafe(),
            "code_challenge": challenge_of(self.verifier),
            "code_challenge_method": "S256",
        }

    def ask(self, **changes: str | None) -> httpx.Response:
        parameters = {
            name: value for name, value in {**self.arguments, **changes}.items() if value is not None
        }
        return self.browser.get(self.metadata["authorization_endpoint"], params=parameters)

    def choose(self, person: str | None = "kari", **more: Any) -> httpx.Response:
        form = {**self.arguments, **more} | ({"person": person} if person else {})
        return self.browser.post(self.metadata["authorization_endpoint"], data=form)

    def code(self, person: str = "kari", **more: Any) -> str:
        return returned(self.choose(person, **more))["code"]

    def exchange(self, code: str, /, *, post: bool = False, **changes: str | None) -> httpx.Response:
        form: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": self.verifier,
        }
        if post:
            form |= {"client_id": self.client[0], "client_secret": self.client[1]}
        sent = {name: value for name, value in (form | changes).items() if value is not None}
        headers = {} if post else {"Authorization": basic(self.client)}
        return self.browser.post(self.metadata["token_endpoint"], data=sent, headers=headers)

    def tokens(self, person: str = "kari", **more: Any) -> dict[str, str]:
        answer = self.exchange(self.code(person, **more))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def claims(self, id_token: str) -> dict[str, Any]:
        keys = KeySet.import_key_set(self.browser.get(self.metadata["jwks_uri"]).json())
        return dict(jwt.decode(id_token, keys, algorithms=["RS256"]).claims)


def basic(client: tuple[str, str]) -> str:
    # RFC 6749 § 2.3.1: both parts are form-encoded before they are joined.
    joined = f"{quote(client[0], safe='')}:{quote(client[1], safe='')}"
    return "Basic " + base64.b64encode(joined.encode()).decode()


def returned(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 302, answer.text
    assert answer.headers["location"].split("?")[0] == CALLBACK
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))
