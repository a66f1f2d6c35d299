"""One site and one Chromium for all browser tests; for each visitor a browser profile of their own."""

from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Any

import pytest
from playwright.async_api import Browser, async_playwright

from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.site import Site, running_site
from tests.browser.visitor import visiting


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The platform, with its demo content."""
    with running_site() as running:
        yield running


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield started
        await started.close()


@pytest.fixture
def visit(browser: Browser, site: Site) -> Any:
    """`async with visit("Ordentlig Fiolin", …) as her:` somebody's browser, logged in when a name is given.

    What violates the page's policy, or fails in a script, fails the test.
    """
    return partial(visiting, browser, site)


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def javascript(request: pytest.FixtureRequest) -> bool:
    """Every journey is made both ways."""
    return bool(request.param)
