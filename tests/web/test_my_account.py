"""One's own account over HTTP: name, language and address, devices, keys, taking one's data along, leaving."""

from typing import Any

import pytest

from backend.accounts.sessions import cookie_name
from backend.platform.authz import Role
from backend.platform.database import execute, fetch, fetch_row, fetch_value
from tests.fixtures.databases import execute_as_owner
from tests.web.own_browser import Browser, run_jobs


@pytest.fixture
async def me(served, person, session_cookie) -> Browser:
    actor = await person(name="Ordentlig Fiolin")
    served.http.cookies.update(await session_cookie(actor))
    return Browser(served, actor)


@pytest.fixture
async def employee(served, person, session_cookie) -> Browser:
    actor = await person(name="Solveig Planlegger", role=Role.PLANNER)
    served.http.cookies.update(await session_cookie(actor))
    return Browser(served, actor)


async def _account(me: Browser) -> Any:
    return await fetch_row("SELECT * FROM account WHERE id = $1", me.actor.account_id)


async def test_a_new_name_and_the_names_before(me: Browser) -> None:
    for name in ("Fiolin", "Blåklokke"):
        answer = await me.post("/profil/navn", navnetype="PSEUDONYM", navn=name)
        assert answer.headers["location"] == "/nb/min-side/profil"
    page = (await me.get("/profil")).text
    assert "Navnet er endret" in page
    assert "Fiolin, fra" in page
    assert (await _account(me))["name_kind"] == "pseudonym"


@pytest.mark.parametrize(
    ("tail", "fields", "shown"),
    [
        ("/navn", {"navnetype": "REAL", "navn": "a" * 61}, "2 og 60 tegn"),
        ("/navn", {"navnetype": "TULL", "navn": "Fiolin"}, "Velg hva slags navn"),
        ("/navn", {"navnetype": "REAL", "navn": "Ring 21 22 23 24"}, "<mark>"),
        ("/sprak", {"sprak": "se", "sted": ""}, "Språket er ikke"),
        ("/sprak", {"sprak": "nb", "sted": "tull"}, "viser ikke til noe"),
        ("/epost", {"epost": "a@b"}, "ser ikke riktig ut"),
        ("/epost", {"epost": " "}, "Skriv e-postadressen"),
    ],
)
async def test_what_is_wrong_stands_at_its_field(me: Browser, tail: str, fields: Any, shown: str) -> None:
    answer = await me.post(f"/profil{tail}", **fields)
    assert answer.status_code == 400
    assert shown in answer.text
    assert "ds-error-summary" in answer.text
    assert (await _account(me))["display_name"] == "Ordentlig Fiolin"


async def test_what_was_typed_outlives_the_session(me: Browser) -> None:
    me.log_out()
    answer = await me.post("/profil/navn", navnetype="PSEUDONYM", navn="Blåklokke")
    assert answer.status_code == 401
    assert "Logg inn i en ny fane" in answer.text
    assert 'value="Blåklokke"' in answer.text
    assert 'name="epost"' not in answer.text
    address = await me.post("/profil/epost", epost="a@example.invalid")
    assert (address.status_code, 'value="a@example.invalid"' in address.text) == (401, True)


async def test_another_language_is_gone_on_in(me: Browser) -> None:
    answer = await me.post("/profil/sprak", sprak="nn", sted="")
    assert answer.headers["location"] == "/sprak/nn?til=/nb/min-side/profil"
    assert (await _account(me))["language"] == "nn"
    same = await me.post("/profil/sprak", sprak="nb", sted="")
    assert same.headers["location"] == "/nb/min-side/profil"


async def test_an_address_waits_until_it_is_confirmed(me: Browser) -> None:
    await me.post("/profil/epost", epost="a@example.invalid")
    page = (await me.get("/profil")).text
    assert "Vi har sendt en e-post til a@example.invalid" in page
    assert (await _account(me))["email"] is None
    await execute("UPDATE account SET email = pending_email, pending_email = NULL, email_expires_at = NULL")
    assert "Bekreftet" in (await me.get("/profil")).text
    await me.post("/profil/epost", slutt="ja")
    assert "Du får ikke e-post fra oss" in (await me.get("/profil")).text


async def test_roles_are_shown_to_their_holder(employee: Browser) -> None:
    page = (await employee.get("/profil")).text
    assert "Rollene dine" in page
    assert "Saksbehandler</strong> – alle temaer" in page


async def test_devices_are_logged_out(me: Browser, session_cookie, person) -> None:
    for _ in range(2):
        await session_cookie(me.actor)
    theirs = await session_cookie(await person())
    page = (await me.get("/okter")).text
    assert page.count("Denne enheten") == 1
    number = page.split('name="okt" value="')[1].split('"')[0]
    assert (await me.post("/okter/slutt", okt=number)).status_code == 303
    assert (await me.post("/okter/slutt", okt=number)).status_code == 404
    assert (await me.post("/okter/slutt")).status_code == 303
    assert (await me.get("/okter")).text.count('id="okt-') == 1
    # Nobody else was logged out, and nobody ends another's.
    me.served.http.cookies.update(theirs)
    assert (await me.get("")).status_code == 200
    own = await fetch_value("SELECT max(id) FROM account_session WHERE account_id = $1", me.actor.account_id)
    assert (await me.post("/okter/slutt", okt=own)).status_code == 404


async def test_a_key_is_shown_once_and_ended(employee: Browser) -> None:
    made = await employee.post("/nokler", navn="Ukesrapport", adgang=["read", "export"], dager="30")
    assert made.status_code == 200
    assert made.headers["cache-control"] == "private, no-store"
    secret = made.text.split('id="ny-nokkel" value="')[1].split('"')[0]
    assert secret.startswith("smsk_")
    page = (await employee.get("/nokler")).text
    assert secret not in page
    number = page.split('name="nokkel" value="')[1].split('"')[0]
    assert (await employee.post("/nokler/slutt", nokkel=number)).status_code == 303
    assert "Nøkkelen er avsluttet" in (await employee.get("/nokler")).text
    assert (await employee.post("/nokler/slutt", nokkel=number)).status_code == 404


async def test_keys_are_refused_with_the_reason(employee: Browser, person, session_cookie) -> None:
    for fields in ({"navn": "x", "dager": "30"}, {"navn": "", "adgang": "read", "dager": "7"}):
        assert (await employee.post("/nokler", **fields)).status_code == 400
    for days in ("0", "9" * 30, "tull"):
        refused = await employee.post("/nokler", navn="Rapport", adgang="read", dager=days)
        assert refused.status_code == 400
        assert 'value="Rapport"' in refused.text
    employee.served.http.cookies.update(await session_cookie(await person()))
    assert "for ansatte" in (await employee.get("/nokler")).text
    assert (await employee.post("/nokler", navn="x", adgang="read", dager="7")).status_code == 400
    assert await fetch_value("SELECT count(*) FROM access_token") == 0


async def test_ones_data_are_gathered_and_fetched(me: Browser) -> None:
    for _ in range(2):
        assert (await me.post("/data")).status_code == 303
    assert await fetch_value("SELECT count(*) FROM data_request") == 1
    waiting = (await me.get("/data/fremdrift", **{"hx-request": "true"})).text
    assert 'hx-trigger="every 2s"' in waiting
    assert "<html" not in waiting
    await run_jobs("export_my_data")
    done = (await me.get("/data/fremdrift")).text
    assert "hx-trigger" not in done
    address = done.split('href="')[1].split('"')[0]
    assert (await me.served.http.get(address)).content[:2] == b"PK"
    me.log_out()
    led = await me.get("/data/fremdrift", **{"hx-request": "true"})
    assert (led.status_code, led.headers["hx-redirect"].startswith("/nb/logg-inn")) == (204, True)


async def test_leaving_asks_for_a_choice_and_a_word(me: Browser) -> None:
    for fields in ({}, {"skrevet": "slett", "bekreft": "ja"}, {"skrevet": "tull", "bekreft": "slett"}):
        assert (await me.post("/data/slett", **fields)).status_code == 400
    assert (
        await me.post("/data/slett", {"sec-fetch-site": "cross-site"}, skrevet="slett")
    ).status_code == 403
    assert await fetch_value("SELECT count(*) FROM data_request") == 0
    me.log_out()
    refused_form = await me.post("/data/slett", skrevet="behold", bekreft="slett")
    assert refused_form.status_code == 401
    assert 'value="behold" checked' in refused_form.text


async def test_leaving_ends_logged_out(me: Browser) -> None:
    assert (await me.get("/data/sletting")).headers["location"] == "/nb/min-side/data"
    for _ in range(2):
        answer_again = await me.post("/data/slett", skrevet="slett", bekreft=" Slett ")
        assert answer_again.headers["location"] == "/nb/min-side/data/sletting"
    assert "Kontoen din slettes" in (await me.get("/data/sletting")).text
    part = await me.get("/data/sletting", **{"hx-request": "true"})
    assert "<html" not in part.text
    await run_jobs("erase_account")
    (row,) = await fetch("SELECT state, keep_content FROM data_request")
    assert tuple(row.values()) == ("done", False)
    led = await me.get("/data/sletting", **{"hx-request": "true"})
    assert led.headers["hx-redirect"] == "/nb/min-side/slettet"
    gone = await me.get("/data/sletting")
    assert gone.headers["location"] == "/nb/min-side/slettet"
    assert gone.headers["set-cookie"].startswith(f'{cookie_name(me.served.settings)}=""; ')
    assert "Max-Age=0" in gone.headers["set-cookie"]
    assert "Kontoen er slettet" in (await me.get("/slettet")).text


async def test_the_last_administrator_stays(served, person, session_cookie) -> None:
    await execute_as_owner("DELETE FROM role_grant")
    admin = await person(role=Role.ADMIN)
    served.http.cookies.update(await session_cookie(admin))
    answer = await Browser(served, admin).post("/data/slett", skrevet="behold", bekreft="slett")
    assert answer.status_code == 400
    assert "administrator" in answer.text


async def test_one_says_where_one_lives_where_nobody_else_has(served, person, session_cookie) -> None:
    somebody = await person(home=None)
    served.http.cookies.update(await session_cookie(somebody))
    page = (await served.http.get("/nb/min-side/profil")).text
    assert "Bor du i Bærum?" in page
    own = {"sec-fetch-site": "same-origin"}
    empty = await served.http.post("/nb/min-side/profil/bosted", data={"csrf": ""}, headers=own)
    assert empty.status_code == 400
    assert "Svar ja eller nei." in empty.text
    done = await served.http.post(
        "/nb/min-side/profil/bosted", data={"csrf": "", "bosted": "ja"}, headers=own
    )
    assert done.status_code == 303
    assert (
        await fetch_value("SELECT residence_source FROM account WHERE id = $1", somebody.account_id)
        == "declared"
    )
    served.http.cookies.clear()
    served.http.cookies.update(await session_cookie(await person(home="3201")))
    assert "Bor du i Bærum?" not in (await served.http.get("/nb/min-side/profil")).text
