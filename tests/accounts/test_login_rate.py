"""Logins begun from one address are counted, since each leaves a row behind."""

from dataclasses import replace
from uuid import uuid4

import httpx
import pytest

from backend.platform.database import fetch_value
from backend.platform.settings import Settings
from tests.fixtures.provider import TrialProvider
from tests.fixtures.server import serving


@pytest.fixture
def settings(fresh: Settings, trial_provider: TrialProvider) -> Settings:
    """A trusted proxy in front, so that each test can have an address of its own."""
    return replace(
        trial_provider.configured(fresh),
        rate_limits={"address.login": "3/minute"},
        trusted_proxies=("127.0.0.1",),
    )


def _address() -> dict[str, str]:
    return {"X-Forwarded-For": f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1"}


async def _begin(http: httpx.AsyncClient, address: dict[str, str]) -> httpx.Response:
    return await http.get("/login/idporten", headers=address)


async def test_too_many_logins_from_one_address_are_refused(settings: Settings) -> None:
    here, elsewhere = _address(), _address()
    async with serving(settings) as served:
        begun = [await _begin(served.http, here) for _ in range(5)]
        assert [answer.status_code for answer in begun] == [303, 303, 303, 429, 429]
        assert "no-store" in begun[-1].headers["cache-control"]
        assert "for mange ganger" in begun[-1].text
        assert await fetch_value("SELECT count(*) FROM login_attempt") == 3
        assert (await _begin(served.http, elsewhere)).status_code == 303


async def test_the_limit_holds_without_redis(settings: Settings) -> None:
    here = _address()
    async with serving(settings, redis_url="redis://127.0.0.1:1/0") as served:
        codes = [(await _begin(served.http, here)).status_code for _ in range(4)]
    assert codes == [303, 303, 303, 429]
