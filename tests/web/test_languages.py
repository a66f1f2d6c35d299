"""The language stands in the address, is remembered, and can be changed on every page."""

import pytest

from tests.fixtures.server import Served


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        (None, "nn-NO,nb;q=0.8", "nn"),
        (None, "en-GB", "en"),
        (None, "de", "nb"),
        ("en", "nn", "en"),
        ("xx", "nn", "nn"),
    ],
)
async def test_one_comes_in_by_the_language_one_reads(
    served: Served, cookie: str | None, accepted: str, language: str
) -> None:
    headers = {"accept-language": accepted, **({"cookie": f"samskap-sprak={cookie}"} if cookie else {})}
    entered = await served.http.get("/tema", headers=headers)
    assert (entered.status_code, entered.headers["location"]) == (302, f"/{language}/tema")


async def test_a_change_leads_to_the_same_page_and_is_remembered(served: Served) -> None:
    changed = await served.http.get("/sprak/nn", params={"til": "/nb/tema/mobilitetsstrategi?sok=sykkel"})
    assert changed.headers["location"] == "/nn/tema/mobilitetsstrategi?sok=sykkel"
    assert "samskap-sprak=nn" in changed.headers["set-cookie"]


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/x", "/\\evil.example", "/login/x"]
)
async def test_a_change_leads_nowhere_else(served: Served, elsewhere: str) -> None:
    changed = await served.http.get("/sprak/en", params={"til": elsewhere})
    assert changed.headers["location"] == "/en/"


async def test_each_page_names_its_language_and_the_others(served: Served) -> None:
    page = await served.http.get("/nn/tema")
    assert '<html lang="nn"' in page.text
    for other in ("nb", "nn", "en"):
        assert f'hreflang="{other}" href="{served.url}/{other}/tema"' in page.text


async def test_there_are_no_other_languages(served: Served) -> None:
    assert (await served.http.get("/de/tema")).status_code == 404
