"""Machine clients trade an assertion for a token."""

import secrets
import time
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet, RSAKey

from tests.accounts.trial.support import MACHINE_KEY, Provider


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
