"""Planners' pages: who gets in, what they find, and taking many up at once."""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from backend.platform.authz import Role
from backend.platform.database import execute, fetch_value
from backend.proposals.statistics import count_figures
from tests.fixtures.server import Served
from tests.proposals.support import OTHER_WORDS
from tests.proposals.support import published as publish

OURS = {"sec-fetch-site": "same-origin"}


@dataclass
class Planner:
    """Somebody who plans one topic, in their browser, and a proposal there and one elsewhere."""

    http: httpx.AsyncClient
    mine: int
    other: int

    async def get(self, tail: str = "") -> httpx.Response:
        return await self.http.get(f"/nb/saksbehandling{tail}")

    async def post(self, tail: str, headers: dict[str, str] = OURS, **fields: Any) -> httpx.Response:
        return await self.http.post(f"/nb/saksbehandling{tail}", data={"csrf": "", **fields}, headers=headers)


@pytest.fixture
async def planner(served: Served, person: Any, session_cookie: Any, topic_id: Any) -> Planner:
    here, there, author = await topic_id(), await topic_id("klimastrategi-2030"), await person()
    mine, other = await publish(author, here), await publish(author, there, OTHER_WORDS)
    await execute("UPDATE proposal SET published_at = now() - interval '2 years' WHERE id = $1", mine)
    await count_figures(3201)
    served.http.cookies.update(await session_cookie(await person(role=Role.PLANNER, topic_id=here)))
    return Planner(served.http, mine, other)


async def state(number: int) -> str:
    found: str = await fetch_value("SELECT state FROM proposal WHERE id = $1", number)
    return found


PAGES = ("", "/forslag", "/forslag/{}", "/svar?ids={}", "/vurdering?ids={}", "/import")


async def test_the_pages_are_for_planners_alone(
    served: Served, planner: Planner, person: Any, session_cookie: Any
) -> None:
    for page in PAGES:
        assert (await planner.get(page.format(planner.mine))).status_code == 200
    for role in (None, Role.MODERATOR, Role.ADMIN):
        served.http.cookies.clear()
        served.http.cookies.update(await session_cookie(await person(role=role)))
        for page in PAGES:
            answer = await planner.get(page.format(planner.mine))
            assert answer.status_code == 403, page
            assert "Dette er for saksbehandlere" in answer.text
    served.http.cookies.clear()
    for page in PAGES:
        answer = await planner.get(page.format(planner.mine))
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/nb/logg-inn?til=")


async def test_the_desk_tells_what_waits_in_the_planners_own_topics(planner: Planner) -> None:
    desk = (await planner.get()).text
    assert "1 forslag venter på svar" in desk
    assert "Over fristen" in desk
    assert "0 av 1 forslag er besvart" in desk
    assert f"/saksbehandling/forslag/{planner.mine}" in desk
    assert OTHER_WORDS.title not in desk
    assert "klimastrategi-2030" not in desk


async def test_the_list_is_narrowed_by_its_address(planner: Planner) -> None:
    title = "Sykkelvei langs Sandvikselva"
    for query in (
        "",
        "?frist=over",
        "?sok=sykkelvei",
        "?tema=mobilitetsstrategi&sorter=ventet",
        "?frist=tull",
    ):
        assert title in (await planner.get(f"/forslag{query}")).text, query
    for query in (
        "?frist=innen",
        "?utfall=ja",
        "?status=besvart",
        "?tema=klimastrategi-2030",
        "?sok=finnesikke",
    ):
        found = await planner.get(f"/forslag{query}")
        assert found.status_code == 200
        assert title not in found.text, query
        assert "Ingen forslag passer" in found.text
    whole = (await planner.get("/forslag")).text
    assert "/eksport/forslag.csv?tema=mobilitetsstrategi" in whole
    assert " checked" not in whole
    assert f'value="{planner.mine}" checked' in (await planner.get("/forslag?velg=alle")).text


async def test_those_chosen_are_taken_up_and_each_refusal_is_shown(planner: Planner) -> None:
    response = await planner.get(f"/vurdering?ids=&ids={planner.mine}&ids={planner.other}&ids=tull")
    assert response.status_code == 200
    assert f'name="ids" value="{planner.mine}" checked' in response.text
    assert f'name="ids" value="{planner.other}"' not in response.text
    answer = await planner.post("/vurdering", ids=[planner.mine, planner.other])
    assert answer.status_code == 200
    assert "Ikke alle kunne tas til vurdering" in answer.text
    assert (await state(planner.mine), await state(planner.other)) == ("assessment", "published")
    again = await planner.post("/vurdering", ids=planner.mine)
    assert "under vurdering" in again.text
    assert "Du har ikke valgt noen forslag" in (await planner.get("/vurdering?ids=")).text
    many = "&".join(f"ids={number}" for number in range(1, 102))
    assert (await planner.get(f"/vurdering?{many}")).status_code == 400


async def test_one_alone_leads_to_its_page(planner: Planner) -> None:
    done = await planner.post("/vurdering", ids=planner.mine)
    assert (done.status_code, done.headers["location"]) == (303, f"/nb/saksbehandling/forslag/{planner.mine}")


@pytest.mark.parametrize("tail", ["/vurdering", "/svar", "/import", "/forslag/1/status", "/forslag/1/notat"])
async def test_other_sites_send_nothing(planner: Planner, tail: str) -> None:
    sent = await planner.post(tail, {"sec-fetch-site": "cross-site"}, ids=planner.mine)
    assert sent.status_code == 403
    assert await state(planner.mine) == "published"
