"""Logging out by redirect, by frames and by signed POSTs."""

import base64
import json
import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.accounts.trial.support import AFTER_LOGOUT, OTHER, Flow, Provider, returned


def frames_of(answer: httpx.Response) -> list[dict[str, str]]:
    addresses = [unescape(found) for found in re.findall(r'<iframe src="([^"]+)"', answer.text)]
    return [dict(parse_qsl(urlsplit(address).query)) for address in addresses]


def end_session(flow: Flow, **arguments: str) -> httpx.Response:
    return flow.browser.get(flow.metadata["end_session_endpoint"], params=arguments)


def test_logout_with_client_id_goes_to_the_registered_address(flow: Flow) -> None:
    flow.tokens()
    answer = end_session(flow, client_id="samskap", post_logout_redirect_uri=AFTER_LOGOUT, state="s1")
    assert answer.status_code == 302
    assert answer.headers["location"] == AFTER_LOGOUT + "?state=s1"
    assert returned(flow.ask(prompt="none"))["error"] == "login_required"


def test_logout_with_hint_ends_the_session_without_cookies(flow: Flow) -> None:
    tokens = flow.tokens()
    with httpx.Client(trust_env=False) as elsewhere:
        arguments = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": AFTER_LOGOUT}
        answer = elsewhere.post(flow.metadata["end_session_endpoint"], data=arguments)
    assert answer.headers["location"] == AFTER_LOGOUT
    assert returned(flow.ask(prompt="none"))["error"] == "login_required"
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert flow.browser.get(flow.metadata["userinfo_endpoint"], headers=bearer).status_code == 401


@pytest.mark.parametrize(
    "arguments",
    [
        {"client_id": "samskap", "post_logout_redirect_uri": AFTER_LOGOUT + "/"},
        {"client_id": "samskap", "post_logout_redirect_uri": "https://evil.example/"},
        {"client_id": "ukjent", "post_logout_redirect_uri": AFTER_LOGOUT},
        {"post_logout_redirect_uri": AFTER_LOGOUT},
    ],
)
def test_logout_never_leads_to_an_unregistered_address(flow: Flow, arguments: dict[str, str]) -> None:
    flow.tokens()
    answer = end_session(flow, **arguments)
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
    claims = flow.claims(token)
    assert {name: claims[name] for name in ("iss", "aud", "sub", "sid")} == {
        name: claims[name] for name in ("iss", "aud", "sub", "sid")
    }
    assert claims["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert claims["exp"] - claims["iat"] == 120
    assert "jti" in claims
    assert "nonce" not in claims
    assert json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))["typ"] == "logout+jwt"


def test_back_channel_tries_once_and_failure_does_not_stop_the_logout(provider: Provider, flow: Flow) -> None:
    provider.receiver.status = 500
    flow.tokens()
    Flow(flow.browser, provider.idporten, OTHER).tokens()
    assert end_session(flow).status_code == 200
    assert len(provider.receiver.tokens) == 1
