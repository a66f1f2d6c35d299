"""This site's login routes, really served, and browsers that log in through the trial provider."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
import uvicorn

from backend.accounts.actors import actor_for_session
from backend.platform.authz import Actor
from backend.platform.settings import Settings
from tests.fixtures.provider import TrialProvider
from web.app import create_app


@dataclass
class Browser:
    """A browser with cookies of its own that follows nothing by itself."""

    http: httpx.AsyncClient
    settings: Settings

    async def begin(self, provider: str = "idporten", **query: str) -> str:
        """The provider's address that a login leads to."""
        answer = await self.http.get(f"{self.settings.base_url}/login/{provider}", params=query)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    async def choose(self, address: str, person: str, fault: str = "") -> str:
        """Choose a person at the provider; the address with its answer."""
        answer = await self.http.get(f"{address}&person={person}&fault={fault}")
        assert answer.status_code == 302, answer.text
        return str(answer.headers["location"])

    async def log_in(
        self, person: str = "fiolin", provider: str = "idporten", fault: str = "", **query: str
    ) -> httpx.Response:
        """The whole way; the answer to the callback."""
        address = await self.begin(provider, **query)
        return await self.http.get(await self.choose(address, person, fault))

    @property
    def token(self) -> str | None:
        """The session's token."""
        return self.http.cookies.get("samskap", domain="127.0.0.1")

    async def actor(self) -> Actor:
        """Whom the site takes this browser's owner for."""
        return await actor_for_session(self.settings, self.token)

    async def entered(self, person: str = "fiolin", provider: str = "idporten", fault: str = "") -> Actor:
        """Log in, and be somebody."""
        answer = await self.log_in(person, provider, fault)
        assert answer.status_code == 303, reason(answer)
        return await self.actor()


def answer_of(address: str) -> dict[str, str]:
    """The provider's answer in the address it sends the browser to."""
    return dict(parse_qsl(urlsplit(address).query))


def reason(answer: httpx.Response) -> str:
    """What an error page says."""
    return unescape(answer.text.split('id="grunn">')[1].split("</p>")[0])


@pytest.fixture
async def site(fresh: Settings, trial_provider: TrialProvider) -> AsyncIterator[Settings]:
    """The login routes, served where the provider expects them, on this test's database."""
    # All browsers of a run come from one address.
    settings = replace(trial_provider.configured(fresh), rate_limits={"address.login": "100000/minute"})
    app = create_app(settings)
    config = uvicorn.Config(app, log_level="warning", ws="none", lifespan="off")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve([trial_provider.site_socket.dup()]))
    while not server.started:  # noqa: ASYNC110 - the server has no event to wait for
        await asyncio.sleep(0.005)
    yield settings
    server.should_exit = True
    await running
    await app.state.rates.close()


@pytest.fixture
async def new_browser(site: Settings) -> AsyncIterator[object]:
    """Make browsers."""
    async with AsyncExitStack() as stack:

        async def make(**headers: str) -> Browser:
            client = httpx.AsyncClient(trust_env=False, headers=headers, timeout=20)
            return Browser(await stack.enter_async_context(client), site)

        yield make


@pytest.fixture
async def browser(new_browser) -> Browser:  # type: ignore[no-untyped-def]
    """One browser."""
    made: Browser = await new_browser()
    return made
