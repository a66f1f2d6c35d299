"""The trial provider refuses what a real one refuses: proved over HTTP, with the flow done by hand."""

import base64
import hashlib
import json
import os
import re
import secrets
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlsplit

import httpx
import pytest
import uvicorn
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError
from joserfc.jwk import KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.trial import (
    ClientsError,
    MachineClient,
    PeopleError,
    Person,
    TrialRefusedError,
    create_trial_provider,
    load_people,
    read_clients,
)
from web.trial.people import read_person, synthetic_identity_number

CALLBACK = "http://127.0.0.1:9/logget-inn"
AFTER_LOGOUT = "http://127.0.0.1:9/ute"
FRONT = "http://127.0.0.1:9/frontkanal?fra=proeve"
BASIC = ("samskap", "en hemmelighet: æ/+%")
OTHER = ("nabo", "en annen")
MACHINE_KEY = RSAKey.generate_key(2048, private=True, auto_kid=True)
PEOPLE = (
    Person("kari", "Kari Kandis", date(1984, 3, 17), 113, "3201", "Bærum", "sandvika"),
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
def served(app: Starlette, bound: socket.socket) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none", lifespan="off"))
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


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    clock = Clock()
    bound, base = listening()
    receiving, address = listening()
    receiver = Receiver(f"{address}/bakkanal")
    machine = MachineClient(
        "maskin", "310000426", RSAKey.import_key(MACHINE_KEY.as_dict(private=False)), "sam:"
    )
    app = create_trial_provider(clients(receiver.address), base, PEOPLE, machines=[machine], clock=clock)
    receiving_app = Starlette(routes=[Route("/bakkanal", receiver.receive, methods=["POST"])])
    with served(app, bound), served(receiving_app, receiving):
        yield Provider(base, clock, receiver, app)


@pytest.fixture
def browser(provider: Provider) -> Iterator[httpx.Client]:
    provider.receiver.tokens.clear()
    provider.receiver.status = 200
    with httpx.Client(trust_env=False) as client:
        yield client
    provider.clock.ahead = 0


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


class Flow:
    """One login, step by step, as a careful client does it."""

    def __init__(self, browser: httpx.Client, issuer: str, client: tuple[str, str] = BASIC) -> None:
        self.browser, self.issuer, self.client = browser, issuer, client
        self.metadata = browser.get(f"{issuer}/.well-known/openid-configuration").json()
        self.verifier = secrets.token_urlsafe(48)
        self.asked = {
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
        parameters = {name: value for name, value in {**self.asked, **changes}.items() if value is not None}
        return self.browser.get(self.metadata["authorization_endpoint"], params=parameters)

    def choose(self, person: str | None = "kari", **more: Any) -> httpx.Response:
        form = {**self.asked, **more} | ({"person": person} if person else {})
        return self.browser.post(self.metadata["authorization_endpoint"], data=form)

    def code(self, person: str = "kari", **more: Any) -> str:
        return returned(self.choose(person, **more))["code"]

    def exchange(self, code: str, *, post: bool = False, **changes: str | None) -> httpx.Response:
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


@pytest.fixture
def flow(provider: Provider, browser: httpx.Client) -> Flow:
    return Flow(browser, provider.idporten)


def frames_of(answer: httpx.Response) -> list[dict[str, str]]:
    addresses = [unescape(found) for found in re.findall(r'<iframe src="([^"]+)"', answer.text)]
    return [dict(parse_qsl(urlsplit(address).query)) for address in addresses]


# What it tells about itself


def test_metadata_promises_what_is_kept(flow: Flow) -> None:
    metadata = flow.metadata
    assert metadata["issuer"] == flow.issuer
    assert metadata["response_types_supported"] == ["code"]
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    assert all(metadata[name].startswith(flow.issuer) for name in metadata if name.endswith("_endpoint"))
    (key,) = flow.browser.get(metadata["jwks_uri"]).json()["keys"]
    assert (key["kty"], key["alg"], key["use"]) == ("RSA", "RS256", "sig")
    assert not {"d", "p", "q"} & set(key)


def test_issuers_do_not_share_keys(provider: Provider, flow: Flow) -> None:
    token = flow.tokens()["id_token"]
    with pytest.raises(InvalidKeyIdError):
        Flow(flow.browser, provider.entra).claims(token)


# The whole flow


def test_code_flow_at_idporten(flow: Flow) -> None:
    page = flow.ask(acr_values="idporten-loa-substantial")
    assert page.status_code == 200
    back = returned(flow.choose("kari"))
    assert back["state"] == flow.asked["state"]
    assert back["iss"] == flow.issuer
    answer = flow.exchange(back["code"])
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert set(answer.json()) == {"access_token", "token_type", "expires_in", "scope", "id_token"}
    claims = flow.claims(answer.json()["id_token"])
    assert claims["iss"] == flow.issuer
    assert claims["aud"] == "samskap"
    assert claims["nonce"] == flow.asked["nonce"]
    assert claims["acr"] == "idporten-loa-substantial"
    assert claims["amr"] == ["TestID"]
    assert claims["locale"] == "nb"
    assert claims["pid"] == synthetic_identity_number(date(1984, 3, 17), 113)
    assert (claims["birthdate"], claims["municipality"]) == ("1984-03-17", "3201")
    assert claims["municipality_name"] == "Bærum"
    assert claims["exp"] - claims["iat"] == 120
    assert {"sub", "sid", "jti", "auth_time", "at_hash"} <= set(claims)
    assert not {"name", "email", "oid", "groups"} & set(claims)
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    userinfo = flow.browser.get(flow.metadata["userinfo_endpoint"], headers=bearer)
    names = ("sub", "pid", "locale", "birthdate", "municipality", "municipality_name")
    assert userinfo.json() == {name: claims[name] for name in names}


def test_code_flow_at_entra(provider: Provider, browser: httpx.Client) -> None:
    flow = Flow(browser, provider.entra)
    back = returned(flow.choose("sol"))
    assert set(back) == {"code", "state"}
    claims = flow.claims(flow.exchange(back["code"], post=True).json()["id_token"])
    assert claims["iss"] == provider.entra
    assert claims["name"] == "Sol Saksbehandler"
    assert claims["preferred_username"] == "sol@example.invalid"
    assert claims["groups"] == ["planner"]
    assert {"oid", "tid", "sid", "sub"} <= set(claims)
    assert not {"pid", "acr", "birthdate"} & set(claims)


def test_only_employees_log_in_at_entra(provider: Provider, browser: httpx.Client) -> None:
    flow = Flow(browser, provider.entra)
    assert "Kari Kandis" not in flow.ask().text
    refused = flow.choose("kari")
    assert refused.status_code == 400
    assert "location" not in refused.headers


def test_subject_is_pairwise_and_lasting(provider: Provider, browser: httpx.Client) -> None:
    mine, again = (Flow(browser, provider.idporten) for _ in range(2))
    neighbour = Flow(browser, provider.idporten, OTHER)
    subjects = [flow.claims(flow.tokens()["id_token"])["sub"] for flow in (mine, again, neighbour)]
    assert subjects[0] == subjects[1] != subjects[2]


def test_what_is_asked_for_decides_level_language_and_pid(flow: Flow) -> None:
    asked = {"acr_values": "idporten-loa-high", "ui_locales": "fr nn-NO", "scope": "openid no_pid"}
    claims = flow.claims(flow.tokens(**asked)["id_token"])
    assert claims["acr"] == "idporten-loa-high"
    assert claims["locale"] == "nn"
    assert "pid" not in claims


def test_a_person_without_number_has_no_pid(flow: Flow) -> None:
    claims = flow.claims(flow.tokens("tom")["id_token"])
    assert "pid" not in claims
    assert "municipality" not in claims


def test_login_is_remembered_for_prompt_none(flow: Flow) -> None:
    first = flow.claims(flow.tokens("nils")["id_token"])
    again = flow.claims(flow.exchange(returned(flow.ask(prompt="none"))["code"]).json()["id_token"])
    assert (again["sid"], again["sub"]) == (first["sid"], first["sub"])
    other = flow.claims(flow.tokens("kari")["id_token"])
    assert other["sid"] != first["sid"]


def test_cancelling_is_told_to_the_client(flow: Flow) -> None:
    back = returned(flow.choose(None, cancel="1"))
    assert back["error"] == "access_denied"
    assert back["state"] == flow.asked["state"]


# The page


def test_page_is_plain_and_lists_everybody(flow: Flow) -> None:
    page = flow.ask(fault="low_acr")
    assert '<html lang="nb">' in page.text
    assert "<script" not in page.text
    assert "Nils &lt;Nypete&gt;" in page.text
    assert re.findall(r'name="person" value="(\w+)"', page.text) == ["kari", "nils", "tom"]
    assert 'value="low_acr" checked' in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert not re.search(r"\b\d{11}\b", page.text)


def test_home_page_links_to_metadata(provider: Provider, browser: httpx.Client) -> None:
    page = browser.get(f"{provider.base}/")
    links = re.findall(r'href="([^"]+)"', page.text)
    assert all(browser.get(link).status_code == 200 for link in links)
    assert len(links) == 5


# Refusals at the authorization endpoint


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"nonce": None}, "invalid_request"),
        ({"nonce": ""}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": "openid alt"}, "invalid_scope"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"request": "eyJ"}, "request_not_supported"),
        ({"prompt": "none"}, "login_required"),
        ({"prompt": "none login"}, "invalid_request"),
    ],
)
def test_wrong_request_goes_back_with_an_error(
    flow: Flow, changes: dict[str, str | None], error: str
) -> None:
    back = returned(flow.ask(**changes))
    assert back["error"] == error
    assert back["state"] == flow.asked["state"]
    assert back["iss"] == flow.issuer
    assert "code" not in back


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None},
        {"client_id": "ukjent"},
        {"client_id": "ukjent", "response_type": "token"},
        {"redirect_uri": None},
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": CALLBACK + "?a=b"},
        {"redirect_uri": CALLBACK.replace("127.0.0.1", "localhost")},
        {"redirect_uri": 'http://127.0.0.1:9/æ"<\\'},
        {"redirect_uri": "https://evil.example/", "nonce": None},
        {"response_type": 'co"de'},
    ],
)
def test_wrong_client_or_address_stays_here(flow: Flow, changes: dict[str, str | None]) -> None:
    answer = flow.ask(**changes)
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "Feilkode" in answer.text


def test_repeated_parameters_are_refused(flow: Flow) -> None:
    for name in ("redirect_uri", "client_id", "state", "code_challenge"):
        pairs = httpx.QueryParams([*flow.asked.items(), (name, flow.asked[name])])
        answer = flow.browser.get(flow.metadata["authorization_endpoint"], params=pairs)
        location = answer.headers.get("location", "")
        assert answer.status_code == 400 or "error=invalid_request" in location


@pytest.mark.parametrize("body", [b"client_id=%ff%fe", b"\xff\xfe", b"&".join([b"a=b"] * 300)])
def test_unreadable_forms_are_refused(flow: Flow, body: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for endpoint in ("authorization_endpoint", "token_endpoint", "end_session_endpoint"):
        assert flow.browser.post(flow.metadata[endpoint], content=body, headers=headers).status_code == 400


def test_large_forms_are_refused(flow: Flow) -> None:
    answer = flow.browser.post(flow.metadata["token_endpoint"], data={"code": "x" * 100_000})
    assert answer.status_code == 413


# Refusals at the token endpoint


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": secrets.token_urlsafe(48)}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_request"),
        ({"code_verifier": "short"}, "invalid_request"),
        ({"redirect_uri": CALLBACK + "/"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_grant"),
        ({"code": "made-up"}, "invalid_grant"),
        ({"code": None}, "invalid_request"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, "unsupported_grant_type"),
        ({"grant_type": None}, "unsupported_grant_type"),
        ({"client_secret": BASIC[1]}, "invalid_request"),
    ],
)
def test_wrong_exchange_gives_no_token(flow: Flow, changes: dict[str, str | None], error: str) -> None:
    code = flow.code()
    answer = flow.exchange(code, **changes)
    assert answer.status_code == 400
    assert answer.json()["error"] == error
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        basic((BASIC[0], "feil")),
        basic(("ukjent", BASIC[1])),
        "Basic " + base64.b64encode(b"\xff\xfe:x").decode(),
        "Basic ø".encode(),
        "Basic ===",
        "Bearer x",
    ],
)
def test_wrong_client_authentication(flow: Flow, authorization: str | bytes | None) -> None:
    form = {"grant_type": "authorization_code", "code": flow.code(), "code_verifier": flow.verifier}
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = flow.browser.post(flow.metadata["token_endpoint"], data=form, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"
    assert answer.headers["www-authenticate"].startswith("Basic ")


def test_wrong_posted_secret(flow: Flow) -> None:
    answer = flow.exchange(flow.code(), post=True, client_secret="feil")
    assert answer.json()["error"] == "invalid_client"


def test_failed_attempt_spends_the_code(flow: Flow) -> None:
    code = flow.code()
    assert flow.exchange(code, code_verifier=secrets.token_urlsafe(48)).status_code == 400
    assert flow.exchange(code).json()["error"] == "invalid_grant"


def test_reused_code_is_refused_and_takes_its_token_back(flow: Flow) -> None:
    code = flow.code()
    bearer = {"Authorization": f"Bearer {flow.exchange(code).json()['access_token']}"}
    assert flow.browser.get(flow.metadata["userinfo_endpoint"], headers=bearer).status_code == 200
    assert flow.exchange(code).json()["error"] == "invalid_grant"
    assert flow.browser.get(flow.metadata["userinfo_endpoint"], headers=bearer).status_code == 401


def test_of_many_simultaneous_exchanges_one_succeeds(flow: Flow) -> None:
    code = flow.code()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: flow.exchange(code).status_code, range(8)))
    assert sorted(answers) == [200] + [400] * 7


@pytest.mark.parametrize(("age", "status"), [(58, 200), (61, 400)])
def test_code_lives_for_a_minute(provider: Provider, flow: Flow, age: int, status: int) -> None:
    code = flow.code()
    provider.clock.ahead = age
    assert flow.exchange(code).status_code == status


def test_another_client_cannot_use_or_spend_the_code(provider: Provider, flow: Flow) -> None:
    code = flow.code()
    thief = Flow(flow.browser, provider.idporten, OTHER)
    assert thief.exchange(code, code_verifier=flow.verifier).json()["error"] == "invalid_grant"
    assert flow.exchange(code).status_code == 200


def test_code_of_one_issuer_is_unknown_at_the_other(provider: Provider, flow: Flow) -> None:
    there = Flow(flow.browser, provider.entra)
    assert there.exchange(flow.code(), code_verifier=flow.verifier).json()["error"] == "invalid_grant"


def test_token_endpoint_takes_no_get_and_no_query(flow: Flow) -> None:
    assert flow.browser.get(flow.metadata["token_endpoint"]).status_code == 405
    query = {"grant_type": "authorization_code", "code": flow.code(), "code_verifier": flow.verifier}
    headers = {"Authorization": basic(BASIC)}
    answer = flow.browser.post(flow.metadata["token_endpoint"], params=query, headers=headers)
    assert answer.json()["error"] == "unsupported_grant_type"


def test_userinfo_wants_a_living_token(provider: Provider, flow: Flow) -> None:
    address = flow.metadata["userinfo_endpoint"]
    bearer = {"Authorization": f"Bearer {flow.tokens()['access_token']}"}
    for headers in ({}, {"Authorization": "Bearer nei"}, {"Authorization": "Bearer"}):
        refused = flow.browser.get(address, headers=headers)
        assert refused.status_code == 401
        assert "www-authenticate" in refused.headers
    provider.clock.ahead = 601
    assert flow.browser.get(address, headers=bearer).json()["error"] == "invalid_token"


# Faults on demand


@pytest.mark.parametrize(
    ("fault", "name", "expected"),
    [
        ("no_pid", "pid", None),
        ("bare", "birthdate", None),
        ("bare", "municipality", None),
        ("low_acr", "acr", "idporten-loa-low"),
        ("no_acr", "acr", None),
        ("wrong_nonce", "nonce", "a-nonce-nobody-sent"),
        ("no_nonce", "nonce", None),
        ("wrong_issuer", "iss", "https://stranger.example"),
        ("wrong_audience", "aud", "another-client"),
    ],
)
def test_faults_in_claims(flow: Flow, fault: str, name: str, expected: str | None) -> None:
    assert flow.claims(flow.tokens(fault=fault)["id_token"]).get(name) == expected


def test_faults_of_time_and_signature(flow: Flow) -> None:
    now = time.time()
    assert flow.claims(flow.tokens(fault="expired")["id_token"])["exp"] < now - 3600
    assert flow.claims(flow.tokens(fault="not_yet")["id_token"])["iat"] > now + 3600
    with pytest.raises(BadSignatureError):
        flow.claims(flow.tokens(fault="bad_signature")["id_token"])
    header, payload, signature = flow.tokens(fault="unsigned")["id_token"].split(".")
    assert json.loads(base64.urlsafe_b64decode(header + "=="))["alg"] == "none"
    assert signature == ""
    assert json.loads(base64.urlsafe_b64decode(payload + "=="))["iss"] == flow.issuer


def test_faults_outside_the_id_token(flow: Flow) -> None:
    back = returned(flow.choose(fault=["wrong_state", "other_sub"]))
    assert back["state"] != flow.asked["state"]
    tokens = flow.exchange(back["code"]).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    userinfo = flow.browser.get(flow.metadata["userinfo_endpoint"], headers=bearer).json()
    assert userinfo["sub"] != flow.claims(tokens["id_token"])["sub"]


# Logging out


def end_session(flow: Flow, **asked: str) -> httpx.Response:
    return flow.browser.get(flow.metadata["end_session_endpoint"], params=asked)


def test_logout_with_client_id_goes_to_the_registered_address(flow: Flow) -> None:
    flow.tokens()
    answer = end_session(flow, client_id="samskap", post_logout_redirect_uri=AFTER_LOGOUT, state="s1")
    assert answer.status_code == 302
    assert answer.headers["location"] == AFTER_LOGOUT + "?state=s1"
    assert returned(flow.ask(prompt="none"))["error"] == "login_required"


def test_logout_with_hint_ends_the_session_without_cookies(flow: Flow) -> None:
    tokens = flow.tokens()
    with httpx.Client(trust_env=False) as elsewhere:
        asked = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": AFTER_LOGOUT}
        answer = elsewhere.post(flow.metadata["end_session_endpoint"], data=asked)
    assert answer.headers["location"] == AFTER_LOGOUT
    assert returned(flow.ask(prompt="none"))["error"] == "login_required"
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert flow.browser.get(flow.metadata["userinfo_endpoint"], headers=bearer).status_code == 401


@pytest.mark.parametrize(
    "asked",
    [
        {"client_id": "samskap", "post_logout_redirect_uri": AFTER_LOGOUT + "/"},
        {"client_id": "samskap", "post_logout_redirect_uri": "https://evil.example/"},
        {"client_id": "ukjent", "post_logout_redirect_uri": AFTER_LOGOUT},
        {"post_logout_redirect_uri": AFTER_LOGOUT},
    ],
)
def test_logout_never_leads_to_an_unregistered_address(flow: Flow, asked: dict[str, str]) -> None:
    flow.tokens()
    answer = end_session(flow, **asked)
    assert answer.status_code == 200
    assert "location" not in answer.headers
    assert "evil" not in answer.text


def test_logout_refuses_a_hint_that_is_not_its_own(provider: Provider, flow: Flow) -> None:
    own = flow.tokens()["id_token"]
    foreign = Flow(flow.browser, provider.entra).tokens("sol")["id_token"]
    for hint in (own[:-6], foreign, "æ.ø.å", "x"):
        answer = end_session(flow, id_token_hint=hint, post_logout_redirect_uri=AFTER_LOGOUT)
        assert answer.status_code == 400
        assert "location" not in answer.headers
    assert end_session(flow, id_token_hint=own, client_id=OTHER[0]).status_code == 400
    assert "code" in returned(flow.ask(prompt="none"))


def test_front_channel_reaches_the_other_clients(provider: Provider, flow: Flow) -> None:
    flow.tokens()
    sid = flow.claims(Flow(flow.browser, provider.idporten, OTHER).tokens()["id_token"])["sid"]
    answer = end_session(flow, client_id="samskap", post_logout_redirect_uri=AFTER_LOGOUT)
    assert answer.status_code == 200
    assert frames_of(answer) == [{"fra": "proeve", "iss": flow.issuer, "sid": sid}]
    assert f'href="{AFTER_LOGOUT}"' in answer.text
    assert "frame-src http://127.0.0.1:9" in answer.headers["content-security-policy"]


def test_logout_at_the_provider_reaches_every_client(provider: Provider, flow: Flow) -> None:
    flow.tokens()
    Flow(flow.browser, provider.idporten, OTHER).tokens()
    assert len(frames_of(end_session(flow))) == 2
    assert frames_of(end_session(flow)) == []


def test_back_channel_sends_one_signed_token(provider: Provider, flow: Flow) -> None:
    claims = flow.claims(flow.tokens()["id_token"])
    end_session(flow, client_id="samskap")
    (token,) = provider.receiver.tokens
    told = flow.claims(token)
    assert {name: told[name] for name in ("iss", "aud", "sub", "sid")} == {
        name: claims[name] for name in ("iss", "aud", "sub", "sid")
    }
    assert told["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert told["exp"] - told["iat"] == 120
    assert "jti" in told
    assert "nonce" not in told
    assert json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))["typ"] == "logout+jwt"


def test_back_channel_tries_once_and_failure_does_not_stop_the_logout(provider: Provider, flow: Flow) -> None:
    provider.receiver.status = 500
    flow.tokens()
    Flow(flow.browser, provider.idporten, OTHER).tokens()
    assert end_session(flow).status_code == 200
    assert len(provider.receiver.tokens) == 1


# Maskinporten


def assertion(provider: Provider, key: RSAKey = MACHINE_KEY, **changes: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": "maskin",
        "aud": f"{provider.base}/maskinporten",
        "scope": "sam:les sam:skriv",
        "resource": "https://samskap.example/api",
        "iat": now,
        "exp": now + 100,
        "jti": secrets.token_urlsafe(),
    }
    sent = {name: value for name, value in (claims | changes).items() if value is not None}
    return jwt.encode({"alg": "RS256", "kid": key.kid}, sent, key, ["RS256"])


def machine_token(provider: Provider, browser: httpx.Client, signed: str, **more: str) -> httpx.Response:
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": signed, **more}
    return browser.post(f"{provider.base}/maskinporten/token", data=form)


def test_machine_gets_a_token_for_its_organisation(provider: Provider, browser: httpx.Client) -> None:
    url = f"{provider.base}/maskinporten"
    metadata = browser.get(f"{url}/.well-known/oauth-authorization-server").json()
    assert (
        metadata == browser.get(f"{provider.base}/.well-known/oauth-authorization-server/maskinporten").json()
    )
    assert metadata["issuer"] == url
    answer = machine_token(provider, browser, assertion(provider))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    keys = KeySet.import_key_set(browser.get(metadata["jwks_uri"]).json())
    claims = jwt.decode(answer.json()["access_token"], keys, algorithms=["RS256"]).claims
    assert claims["iss"] == url
    assert claims["aud"] == "https://samskap.example/api"
    assert claims["scope"] == "sam:les sam:skriv"
    assert claims["consumer"] == {"authority": "iso6523-actorid-upis", "ID": "0192:310000426"}
    assert claims["exp"] - claims["iat"] == 120
    assert claims["jti"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"iss": "ukjent"}, "invalid_grant"),
        ({"iss": None}, "invalid_grant"),
        ({"aud": "https://example.com/"}, "invalid_grant"),
        ({"aud": None}, "invalid_grant"),
        ({"exp": int(time.time()) - 60}, "invalid_grant"),
        ({"exp": int(time.time()) + 9999}, "invalid_grant"),
        ({"exp": None}, "invalid_grant"),
        ({"iat": None}, "invalid_grant"),
        ({"jti": None}, "invalid_grant"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "sam:les andre:les"}, "invalid_scope"),
    ],
)
def test_wrong_assertion_is_refused(
    provider: Provider, browser: httpx.Client, changes: dict[str, Any], error: str
) -> None:
    answer = machine_token(provider, browser, assertion(provider, **changes))
    assert answer.status_code == 400
    assert answer.json()["error"] == error


def test_assertion_is_signed_by_its_client_and_used_once(provider: Provider, browser: httpx.Client) -> None:
    stranger = RSAKey.generate_key(2048, {"kid": MACHINE_KEY.kid or ""}, private=True)
    for wrong in (assertion(provider, stranger), "x.y.z", "x", "æ"):
        assert machine_token(provider, browser, wrong).json()["error"] == "invalid_grant"
    signed = assertion(provider)
    assert machine_token(provider, browser, signed).status_code == 200
    assert machine_token(provider, browser, signed).json()["error"] == "invalid_grant"


def test_machine_token_faults(provider: Provider, browser: httpx.Client) -> None:
    keys = KeySet.import_key_set(browser.get(f"{provider.base}/maskinporten/jwk").json())
    late = machine_token(provider, browser, assertion(provider), fault="expired").json()["access_token"]
    assert jwt.decode(late, keys, algorithms=["RS256"]).claims["exp"] < time.time()
    bad = machine_token(provider, browser, assertion(provider), fault="bad_signature").json()["access_token"]
    with pytest.raises(BadSignatureError):
        jwt.decode(bad, keys, algorithms=["RS256"])


# People


def test_seed_people_have_valid_synthetic_numbers() -> None:
    people = load_people()
    numbers = [person.national_identity_number for person in people if person.serial is not None]
    assert len(set(numbers)) == len(numbers) > 0
    for number in numbers:
        assert number is not None
        digits = [int(digit) for digit in number]
        assert 81 <= int(number[2:4]) <= 92
        assert sum(d * w for d, w in zip(digits, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1), strict=False)) % 11 == 0
        assert sum(d * w for d, w in zip(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1), strict=True)) % 11 == 0
    assert {person.kind for person in people} == {"resident", "employee"}


@pytest.mark.parametrize("serial", [500, 750, 899])
def test_serial_must_suit_the_century(serial: int) -> None:
    with pytest.raises(PeopleError, match="does not suit"):
        synthetic_identity_number(date(1984, 3, 17), serial)


def test_serial_without_check_digits_is_told_of() -> None:
    refused = 0
    for serial in range(100):
        try:
            assert len(synthetic_identity_number(date(1984, 3, 17), serial)) == 11
        except PeopleError:
            refused += 1
    assert 0 < refused < 50
    with pytest.raises(PeopleError, match="'per'"):
        read_person({"key": "per", "name": "Per", "birth_date": "1984-03-17", "serial": 800})


def test_person_with_municipality_as_an_object() -> None:
    person = read_person({"key": "a", "name": "A", "municipality": {"number": 301, "name": "Oslo"}})
    assert (person.municipality_number, person.municipality_name) == ("0301", "Oslo")


# Where it may run


@pytest.mark.parametrize("env", ["production", "", "Dev"])
def test_it_does_not_start_outside_dev_and_test(env: str, tmp_path: Path) -> None:
    environ = {**os.environ, "SAMSKAP_ENV": env, "SAMSKAP_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "web.trial", "--port", "0"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr == "The trial login starts only where SAMSKAP_ENV is dev or test.\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--host", "0.0.0.0"], "loopback"),
        (["--issuer", "http://login.example"], "https"),
        (["--clients", "{"], "not JSON"),
        (["--clients", '[{"issuer": "google"}]'], "idporten or entra"),
    ],
)
def test_it_does_not_start_with_unsafe_arguments(arguments: list[str], message: str, tmp_path: Path) -> None:
    environ = {**os.environ, "SAMSKAP_ENV": "test", "SAMSKAP_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "web.trial", *arguments]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_it_starts_in_dev_and_keeps_the_machine_key_private(tmp_path: Path) -> None:
    bound, base = listening()
    bound.close()
    environ = {
        **os.environ,
        "SAMSKAP_ENV": "dev",
        "SAMSKAP_HOME": str(tmp_path / "home"),
        "SAMSKAP_TRIAL_CLIENTS": json.dumps(clients("http://127.0.0.1:9/")),
    }
    port = base.rsplit(":", 1)[1]
    command = [sys.executable, "-m", "web.trial", "--port", port, "--issuer", f"{base}/"]
    process = subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL)
    try:
        assert answers(f"{base}/health") == 204
        metadata = httpx.get(f"{base}/idporten/.well-known/openid-configuration", trust_env=False).json()
        assert metadata["issuer"] == f"{base}/idporten"
        key = tmp_path / "home" / "trial-machine-key.json"
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        assert RSAKey.import_key(json.loads(key.read_text())).is_private
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def answers(address: str) -> int:
    for _ in range(200):
        try:
            return httpx.get(address, trust_env=False).status_code
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("it never answered")


def test_it_cannot_be_made_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMSKAP_ENV", "production")
    with pytest.raises(TrialRefusedError, match="production"):
        create_trial_provider([], "http://127.0.0.1:1", PEOPLE)


@pytest.mark.parametrize(
    "entries",
    [
        [{"client_id": "a", "issuer": "entra"}],
        [{"client_id": "a", "client_secret": "", "redirect_uris": ["x"], "issuer": "entra"}],
        [{"client_id": "a", "client_secret": "b", "redirect_uris": [], "issuer": "entra"}],
        [{"client_id": "a", "client_secret": "b", "redirect_uris": ["x"], "issuer": "entra", "odd": 1}],
        [{"client_id": "a", "client_secret": "b", "redirect_uris": ["x"], "issuer": "entra"}] * 2,
        ["a"],
        "{}",
    ],
)
def test_unusable_clients_are_told_of(entries: Any) -> None:
    with pytest.raises(ClientsError):
        read_clients(entries)
