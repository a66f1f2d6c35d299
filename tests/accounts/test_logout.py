"""Logging out here, at the provider, and by the provider's frame and post."""

import time
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from backend.accounts import actors, documents
from backend.accounts.sessions import end_provider_session
from backend.platform.database import execute, fetch_value
from web.trial.keys import SigningKey

EVENT = "http://schemas.openid.net/event/backchannel-logout"


async def _open_sessions() -> int:
    return int(await fetch_value("SELECT count(*) FROM account_session WHERE ended_at IS NULL"))


async def _sid() -> str:
    return str(await fetch_value("SELECT provider_session FROM account_session ORDER BY id DESC LIMIT 1"))


async def test_logging_out_ends_both_sessions(site, browser) -> None:
    await browser.entered("fiolin")
    token = browser.token
    answer = await browser.http.post(f"{site.base_url}/logout", headers={"Origin": site.base_url})
    assert answer.status_code == 303
    parameters = parse_qs(urlsplit(answer.headers["location"]).query)
    assert parameters == {"client_id": ["site"], "post_logout_redirect_uri": [f"{site.base_url}/"]}
    assert browser.token is None
    assert await _open_sessions() == 0
    onward = await browser.http.get(answer.headers["location"])
    assert (onward.status_code, onward.headers["location"]) == (302, f"{site.base_url}/")
    actors._cache.clear()
    assert (await actors.actor_for_session(site, token)).is_anonymous
    assert (
        "login_required"
        in (await browser.http.get(f"{await browser.begin()}&prompt=none")).headers["location"]
    )


async def test_logging_out_without_a_session_or_a_provider(site, browser, trial_provider) -> None:
    answer = await browser.http.post(f"{site.base_url}/logout")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    await browser.entered("fiolin")
    await execute("UPDATE account_session SET provider = 'gone'")
    answer = await browser.http.post(f"{site.base_url}/logout")
    assert answer.headers["location"] == "/"
    assert await _open_sessions() == 0


async def test_another_site_cannot_log_anybody_out(site, browser) -> None:
    await browser.entered("fiolin")
    for origin in ("https://evil.example", "null", f"{site.base_url}.evil.example"):
        answer = await browser.http.post(f"{site.base_url}/logout", headers={"Origin": origin})
        assert answer.status_code == 403
    assert (await browser.http.get(f"{site.base_url}/logout")).status_code == 405
    assert await _open_sessions() == 1


async def test_the_providers_frame_ends_its_session_without_cookies(site, browser, new_browser) -> None:
    await browser.entered("fiolin")
    sid = await _sid()
    await (await new_browser()).entered("fiolin")
    async with httpx.AsyncClient(trust_env=False) as frame:
        address = f"{site.base_url}/logout/front/idporten"
        for wrong in (
            {"iss": "https://evil.example", "sid": sid},
            {"sid": sid},
            {"iss": site.providers[0].issuer},
        ):
            assert (await frame.get(address, params=wrong)).status_code == 400
        assert await _open_sessions() == 2
        answer = await frame.get(address, params={"iss": site.providers[0].issuer, "sid": sid})
    assert answer.status_code == 200
    assert await _open_sessions() == 1
    origin = site.providers[0].issuer.removesuffix("/idporten")
    assert answer.headers["content-security-policy"] == f"default-src 'none'; frame-ancestors {origin}"
    assert "x-frame-options" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


async def test_a_logout_elsewhere_reaches_this_site(site, browser, trial_provider) -> None:
    await browser.entered("fiolin")
    async with httpx.AsyncClient(trust_env=False, cookies=None) as elsewhere:
        elsewhere.cookies = browser.http.cookies
        end = f"{trial_provider.base}/idporten/logout"
        assert (await elsewhere.get(end)).status_code == 200
    assert await _open_sessions() == 0


def _logout_token(site, trial_provider, named: str, **changes: object) -> str:
    now = int(time.time())
    claims = {
        "iss": site.providers[0].issuer,
        "aud": "site",
        "iat": now,
        "exp": now + 100,
        "jti": "j",
        "sid": named,
        "events": {EVENT: {}},
    }
    claims = {name: value for name, value in (claims | changes).items() if value is not None}
    return trial_provider.trial.issuers["idporten"].parts.key.sign(claims, typ="logout+jwt")


async def _post(site, token: str, provider: str = "idporten") -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as http:
        return await http.post(f"{site.base_url}/logout/back/{provider}", data={"logout_token": token})


async def test_the_providers_post_is_quick_and_may_come_twice(site, browser, trial_provider) -> None:
    await browser.entered("fiolin")
    token = _logout_token(site, trial_provider, await _sid())
    answer = await _post(site, token)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert await _open_sessions() == 0
    assert (await _post(site, token)).status_code == 200


async def test_a_post_about_a_subject_ends_all_of_its_sessions(
    site, browser, new_browser, trial_provider
) -> None:
    await browser.entered("fiolin")
    await (await new_browser()).entered("fiolin")
    await (await new_browser()).entered("lykt")
    subject = await fetch_value(
        """SELECT i.subject FROM account_identity i JOIN account_session s USING (account_id)
           ORDER BY s.id LIMIT 1"""
    )
    token = _logout_token(site, trial_provider, "", sid=None, sub=subject)
    assert (await _post(site, token)).status_code == 200
    assert await _open_sessions() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another"},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"jti": None},
        {"events": None},
        {"events": {}},
        {"events": "x"},
        {"nonce": "n"},
        {"sid": None},
        {"sid": 7},
    ],
)
async def test_a_logout_token_that_does_not_hold(site, browser, trial_provider, changes) -> None:
    await browser.entered("fiolin")
    token = _logout_token(site, trial_provider, await _sid(), **changes)
    assert (await _post(site, token)).status_code == 400
    assert await _open_sessions() == 1


async def test_posts_that_are_no_logout_tokens(site, browser, trial_provider) -> None:
    await browser.entered("fiolin")
    sid = await _sid()
    good = _logout_token(site, trial_provider, sid)
    header, payload, signature = good.split(".")
    stranger = SigningKey.generate().sign({"sid": sid}, typ="logout+jwt")
    for wrong in (
        "",
        "x",
        "a.b.c",
        f"{header}.{payload}.",
        f"{header}.{payload}.{signature[:-4]}AAAA",
        stranger,
    ):
        assert (await _post(site, wrong)).status_code == 400
    assert (await _post(site, good, "nobody")).status_code == 404
    assert (await _post(site, good, "entra")).status_code == 400
    async with httpx.AsyncClient(trust_env=False) as http:
        for body in (b"", b"\xff", b"logout_token=a&logout_token=b", b"x" * 100_000):
            answer = await http.post(f"{site.base_url}/logout/back/idporten", content=body)
            assert answer.status_code == 400
    assert await _open_sessions() == 1


async def test_a_new_key_of_the_provider_is_found(
    site, browser, new_browser, trial_provider, monkeypatch
) -> None:
    # The keys are fetched now, by the first who logs in, and no test after this one finds the wrong ones.
    monkeypatch.setattr(documents, "_held", {})
    monkeypatch.setattr(documents, "REFRESH_SECONDS", 3600)
    await browser.entered("fiolin")
    parts = trial_provider.trial.issuers["idporten"].parts
    old = parts.key
    object.__setattr__(parts, "key", SigningKey.generate())
    try:
        other = await new_browser()
        # Keys are not asked for again at once: anybody can send a token with an invented key id.
        assert (await other.log_in("lykt")).status_code == 401
        monkeypatch.setattr(documents, "REFRESH_SECONDS", 0)
        assert (await other.log_in("lykt")).status_code == 303
    finally:
        object.__setattr__(parts, "key", old)
    assert (await (await new_browser()).log_in("lykt")).status_code == 303


async def test_a_session_of_another_municipality_is_not_ended(site, browser) -> None:
    await browser.entered("fiolin")
    other = replace(site, municipality=301)
    assert await end_provider_session(other, "idporten", provider_session=await _sid()) == 0
