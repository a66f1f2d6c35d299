"""What a well-behaved client gets, and what the provider does wrong when asked to."""

import base64
import json
import re
import time
from datetime import date

import httpx
import pytest
from joserfc.errors import BadSignatureError, InvalidKeyIdError

from tests.accounts.trial.support import OTHER, Flow, Provider, returned
from web.trial.people import synthetic_identity_number


def test_metadata_promises_what_is_preserved(flow: Flow) -> None:
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


def test_code_flow_at_idporten(flow: Flow) -> None:
    page = flow.ask(acr_values="idporten-loa-substantial")
    assert page.status_code == 200
    back = returned(flow.choose("kari"))
    assert back["state"] == flow.arguments["state"]
    assert back["iss"] == flow.issuer
    answer = flow.exchange(back["code"])
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert set(answer.json()) == {"access_token", "token_type", "expires_in", "scope", "id_token"}
    claims = flow.claims(answer.json()["id_token"])
    assert claims["iss"] == flow.issuer
    assert claims["aud"] == "samskap"
    assert claims["nonce"] == flow.arguments["nonce"]
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


def test_what_is_requested_decides_level_language_and_pid(flow: Flow) -> None:
    arguments = {"acr_values": "idporten-loa-high", "ui_locales": "fr nn-NO", "scope": "openid no_pid"}
    claims = flow.claims(flow.tokens(**arguments)["id_token"])
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


def test_cancelling_is_shown_to_the_client(flow: Flow) -> None:
    back = returned(flow.choose(None, cancel="1"))
    assert back["error"] == "access_denied"
    assert back["state"] == flow.arguments["state"]


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
    assert back["state"] != flow.arguments["state"]
    tokens = flow.exchange(back["code"]).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    userinfo = flow.browser.get(flow.metadata["userinfo_endpoint"], headers=bearer).json()
    assert userinfo["sub"] != flow.claims(tokens["id_token"])["sub"]
