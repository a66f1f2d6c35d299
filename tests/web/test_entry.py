"""The choice of ways to log in, the first visit, and being led on to where one was going."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from api.node_ids import to_global_id
from backend.platform.authz import Actor
from backend.platform.database import fetch_row, fetch_value
from backend.platform.settings import ProviderSettings, Settings
from tests.fixtures.server import Served, serving

OURS = {"sec-fetch-site": "same-origin"}
PROVIDERS = (
    ProviderSettings("idporten", "idporten", "https://idp.example", "us", "secret", "ID-porten"),
    ProviderSettings("entra", "entra", "https://entra.example", "us", "secret", "Ansatt"),
)


@pytest.fixture
async def site(fresh: Settings) -> AsyncIterator[Served]:
    async with serving(fresh, providers=PROVIDERS) as running:
        yield running


@pytest.fixture
async def newcomer(served: Served, person: Any, session_cookie: Any) -> Actor:
    actor: Actor = await person(name="Innbygger 4711")
    served.http.cookies.update(await session_cookie(actor))
    return actor


async def test_the_ways_to_log_in(site: Served) -> None:
    page = await site.http.get("/nb/logg-inn?til=/nb/forslag/7")
    assert page.text.count("return_to=/nb/forslag/7") == 2
    assert "Fødselsnummeret selv lagrer vi aldri" in page.text
    for elsewhere in ("https://evil.example", "//evil.example", "/\\evil.example", "/logout"):
        page = await site.http.get("/nb/logg-inn", params={"til": elsewhere})
        assert "return_to=/nb/" in page.text
        assert "return_to=https" not in page.text


async def test_whoever_is_logged_in_goes_on(served: Served, newcomer: Actor) -> None:
    led = await served.http.get("/nb/logg-inn?til=/nb/tema")
    assert (led.status_code, led.headers["location"]) == (303, "/nb/tema")
    assert (await served.http.get("/nb/logg-inn/ferdig")).status_code == 200


async def test_the_first_visit(served: Served, newcomer: Actor) -> None:
    page = await served.http.get("/nb/velkommen?til=/nb/forslag/7")
    assert 'href="/nb/forslag/7"' in page.text
    assert "Innbygger 4711" not in page.text.split("<main")[1]
    place = to_global_id("Place", await fetch_value("SELECT id FROM place ORDER BY id LIMIT 1"))
    form = {"csrf": "", "steg": "1", "til": "/nb/forslag/7", "kind": "FIRST", "name": "Fiolin"}
    chosen = {**form, "language": "nn", "homePlace": place}
    answer = await served.http.post("/nb/velkommen", data=chosen, headers=OURS)
    assert answer.headers["location"] == "/nn/velkommen?steg=2&til=%2Fnn%2Fforslag%2F7"
    assert served.http.cookies["samskap-sprak"] == "nn"
    second = await served.http.get(answer.headers["location"])
    assert second.text.count('type="checkbox"') >= 8
    form = {
        "csrf": "",
        "steg": "2",
        "til": "/nn/forslag/7",
        "email": "ny@example.no",
        "varsel": ["ANSWERED"],
    }
    done = await served.http.post("/nn/velkommen", data=form, headers=OURS)
    assert (done.status_code, done.headers["location"]) == (303, "/nn/forslag/7")
    row = await fetch_row("SELECT * FROM account WHERE id = $1", newcomer.account_id)
    assert (row["display_name"], row["language"], row["pending_email"]) == ("Fiolin", "nn", "ny@example.no")
    by_mail = await fetch_row(
        """SELECT array_agg(kind) FILTER (WHERE wanted) AS wanted, count(*) FILTER (WHERE NOT wanted) AS unwanted
           FROM notification_preference WHERE account_id = $1 AND channel = 'email'""",
        newcomer.account_id,
    )
    assert by_mail["wanted"] == ["answered"]
    assert by_mail["unwanted"] >= 7


async def test_answers_that_do_not_do(served: Served, newcomer: Actor) -> None:
    form = {"csrf": "", "steg": "1", "til": "/nb/tema", "kind": "REAL", "language": "nb"}
    for name in ("", "x", "Kommunen svarer", "912 34 567 Kari", "y" * 100):
        answer = await served.http.post("/nb/velkommen", data={**form, "name": name}, headers=OURS)
        assert (answer.status_code, 'href="#name"' in answer.text) == (400, True)
    for wrong in ({"language": "xx"}, {"homePlace": "tull"}):
        answer = await served.http.post(
            "/nb/velkommen", data={**form, "name": "Fiolin", **wrong}, headers=OURS
        )
        assert (answer.status_code, 'value="Fiolin"' in answer.text) == (400, True)
    letters = {"csrf": "", "steg": "2", "til": "//evil.example", "email": "ikke en adresse"}
    answer = await served.http.post("/nb/velkommen", data=letters, headers=OURS)
    assert (answer.status_code, "evil" in answer.text) == (400, False)
    elsewhere = {"sec-fetch-site": "cross-site"}
    answer = await served.http.post("/nb/velkommen", data={**form, "name": "Fiolin"}, headers=elsewhere)
    assert answer.status_code == 403
    stranger = await fetch_row("SELECT welcomed_at FROM account WHERE id = $1", newcomer.account_id)
    assert stranger["welcomed_at"] is None


async def test_a_stranger_is_prompted_to_log_in_first(served: Served) -> None:
    led = await served.http.get("/nb/velkommen?til=/nb/tema")
    assert led.headers["location"] == "/nb/logg-inn?til=%2Fnb%2Fvelkommen%3Ftil%3D%2Fnb%2Ftema"


async def test_logging_out_is_shown_on_the_front_page(served: Served, newcomer: Actor) -> None:
    out = await served.http.post("/logout", headers={"origin": served.url})
    assert out.headers["location"] == "/"
    page = await served.http.get("/", follow_redirects=True)
    assert "Du er logget ut." in page.text
    assert "Du er logget ut." not in (await served.http.get("/nb/")).text


async def test_a_login_that_fails_is_shown_in_the_visitors_language(site: Served) -> None:
    failed = await site.http.get("/login/idporten/callback?state=hemmelig", headers={"accept-language": "en"})
    assert failed.status_code == 401
    assert '<html lang="en"' in failed.text
    assert "/login/idporten" in failed.text
    assert "hemmelig" not in failed.text
