"""Whoever is refused has a way on: as a page and as JSON, in their language, with a time where time helps."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from backend.platform.settings import Settings
from tests.fixtures.provider import TrialProvider
from tests.fixtures.server import Served, serving


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
async def test_a_page_that_is_not_there_offers_a_search(served: Served, language: str) -> None:
    page = await served.http.get(f"/{language}/finnes-ikke")
    assert page.status_code == 404
    assert f'action="/{language}/forslag"' in page.text
    assert 'name="sok"' in page.text
    title, reason = page.text.split("<h1")[1].split("</p>")[0].split("</h1>")
    assert reason.split(">")[-1] not in title


async def test_what_is_not_done_here_is_shown_as_a_page(served: Served) -> None:
    page = await served.http.post("/nn/tema", headers={"sec-fetch-site": "same-origin"})
    assert page.status_code == 405
    assert page.headers["allow"]
    assert '<html lang="nn"' in page.text
    assert 'href="/nn/"' in page.text


async def test_keys_that_do_not_hold_are_counted(fresh: Settings, person: Any) -> None:
    async with serving(fresh, rate_limits={"address.bearer": "3/hour"}) as served:
        bad = [
            await served.ask("{ __typename }", authorization=f"Bearer samskap_{number}")
            for number in range(5)
        ]
        assert [answer.status_code for answer in bad] == [401, 401, 401, 429, 429]
        assert bad[0].headers["www-authenticate"] == "Bearer"
        assert bad[0].json()["errors"][0]["extensions"]["loginUrl"] == f"{served.url}/nb/logg-inn"
        late = bad[-1].json()["errors"][0]["extensions"]
        assert 3500 < late["retryAfter"] == int(bad[-1].headers["retry-after"]) <= 3601
        page = await served.http.get("/nb/", headers={"authorization": "Bearer samskap_x"})
        assert page.status_code == 429
        assert int(page.headers["retry-after"]) > 3500
        # Whoever shows no key is not stopped by those who do.
        assert (await served.ask("{ __typename }")).status_code == 200


async def test_a_school_class_logs_in_from_one_address(
    fresh: Settings, trial_provider: TrialProvider
) -> None:
    settings = replace(trial_provider.configured(fresh), base_url="http://testserver")
    async with serving(settings) as served:
        codes = []
        for _ in range(40):
            async with httpx.AsyncClient(base_url=served.url) as browser:
                codes.append((await browser.get("/login/idporten")).status_code)
        assert codes == [303] * 40
        async with httpx.AsyncClient(base_url=served.url) as browser:
            again = [await browser.get("/login/idporten") for _ in range(22)]
        assert [answer.status_code for answer in again] == [303] * 21 + [429]
        assert 1 <= int(again[-1].headers["retry-after"]) <= 60


async def test_every_429_and_503_says_when_to_come_back(fresh: Settings) -> None:
    limits = {"address.query": "1/hour", "address.free": "1/hour"}
    async with serving(fresh, rate_limits=limits) as served:
        await served.ask("{ __typename }")
        await served.http.get("/nb/tema")
        refused = [await served.ask("{ __typename }"), await served.http.get("/nb/tema?alle=ja")]
    async with serving(fresh, maintenance=True) as resting:
        refused += [await resting.http.get("/nb/"), await resting.ask("{ __typename }")]
    assert [answer.status_code for answer in refused] == [429, 429, 503, 503]
    assert all(int(answer.headers["retry-after"]) > 0 for answer in refused)


async def test_a_change_of_language_keeps_a_long_address(served: Served) -> None:
    tail = "/forslag?sok=" + "%C3%B8" * 300
    changed = await served.http.get("/sprak/nn", params={"til": f"/nb{tail}"})
    assert changed.headers["location"] == f"/nn{tail}"
