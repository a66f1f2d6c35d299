"""What a real provider refuses, this one refuses: at the authorization and token endpoints."""

import base64
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.accounts.trial.support import BASIC, CALLBACK, OTHER, Flow, Provider, basic, returned


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
    assert back["state"] == flow.arguments["state"]
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
    # Who asks and where the answer goes must be sure before anything is sent there.
    for name, status in (("redirect_uri", 400), ("client_id", 400), ("state", 400), ("code_challenge", 302)):
        pairs = httpx.QueryParams([*flow.arguments.items(), (name, flow.arguments[name])])
        answer = flow.browser.get(flow.metadata["authorization_endpoint"], params=pairs)
        location = answer.headers.get("location", "")
        assert answer.status_code == status, name
        assert ("error=invalid_request" in location) == (status == 302), name


@pytest.mark.parametrize("body", [b"client_id=%ff%fe", b"\xff\xfe", b"&".join([b"a=b"] * 300)])
def test_unreadable_forms_are_refused(flow: Flow, body: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for endpoint in ("authorization_endpoint", "token_endpoint", "end_session_endpoint"):
        assert flow.browser.post(flow.metadata[endpoint], content=body, headers=headers).status_code == 400


def test_large_forms_are_refused(flow: Flow) -> None:
    answer = flow.browser.post(flow.metadata["token_endpoint"], data={"code": "x" * 100_000})
    assert answer.status_code == 413


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
def test_wrong_exchange_gives_no_token(flow: Flow, changes: dict[str, Any], error: str) -> None:
    code = flow.code()
    answer = flow.exchange(code, **changes)
    assert answer.status_code == 400
    assert answer.json()["error"] == error
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        basic((BASIC[0], "feil")).encode(),
        basic(("ukjent", BASIC[1])).encode(),
        b"Basic " + base64.b64encode(b"\xff\xfe:x"),
        "Basic ø".encode(),
        b"Basic ===",
        b"Bearer x",
    ],
)
def test_wrong_client_authentication(flow: Flow, authorization: bytes | None) -> None:
    form = {"grant_type": "authorization_code", "code": flow.code(), "code_verifier": flow.verifier}
    headers = httpx.Headers({} if authorization is None else {b"Authorization": authorization})
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
