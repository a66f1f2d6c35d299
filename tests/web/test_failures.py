"""What went wrong is told as a page, in the visitor's language, with a way on."""

from typing import Any

import asyncpg
import pytest

from backend.platform.settings import Settings
from tests.fixtures.server import Served, serving


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize("path", ["/finnes-ikke", "/tema/finnes-ikke"])
async def test_what_is_not_there(served: Served, language: str, path: str) -> None:
    page = await served.http.get(f"/{language}{path}")
    assert page.status_code == 404
    assert f'<html lang="{language}"' in page.text
    assert f'href="/{language}/"' in page.text


async def test_what_no_address_can_be(served: Served) -> None:
    assert (await served.http.get("/nb/tema/%00")).status_code == 400


async def test_a_fault_of_ours_is_shown_with_its_number(served: Served) -> None:
    async def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("a secret detail")

    served.app.state.executor.run = broken
    page = await served.http.get("/nb/tema")
    assert page.status_code == 500
    assert page.headers["x-request-id"] in page.text
    assert "secret detail" not in page.text


async def test_an_outage_of_the_database_is_shown_as_one(served: Served) -> None:
    async def away(*_: Any, **__: Any) -> Any:
        raise asyncpg.CannotConnectNowError("starting up")

    served.app.state.executor.run = away
    page = await served.http.get("/en/tema")
    assert page.status_code == 503
    assert page.headers["retry-after"] == "60"


async def test_too_much_is_shown_with_a_time_to_come_back(served: Served) -> None:
    limited = served.app.state.rates
    limited._items["address.query"] = type(limited._items["address.query"])(1, 1)
    await served.http.get("/nb/tema")
    page = await served.http.get("/nb/tema?alle=ja")
    assert page.status_code == 429
    assert "retry-after" in page.headers


async def test_at_rest_every_page_says_so(fresh: Settings) -> None:
    async with serving(fresh, maintenance=True) as resting:
        page = await resting.http.get("/nn/tema")
        alive = await resting.http.get("/health/live")
        api = await resting.ask("{ __typename }")
    assert (page.status_code, alive.status_code, api.status_code) == (503, 200, 503)
    assert '<html lang="nn"' in page.text


async def test_every_page_has_the_policy_and_is_framed_by_nobody(served: Served) -> None:
    for path in ("/nb/", "/nb/finnes-ikke"):
        policy = (await served.http.get(path)).headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy


async def test_files_for_browsers_are_preserved_for_good_and_nothing_else_is_served(served: Served) -> None:
    page = await served.http.get("/nb/")
    address = page.text.split('<link rel="stylesheet" href="')[1].split('"')[0]
    style = await served.http.get(address)
    assert style.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert style.headers["content-encoding"] == "br"
    for odd in ("manifest.json", "..%2fapp.py", "%2e%2e/app.py", "site.css"):
        assert (await served.http.get(f"/static/{odd}")).status_code == 404
