"""Administrators' pages over HTTP: topics, places, roles, the log, settings and health; and who may not."""

import asyncio
from typing import Any

import pytest

from backend.accounts.roles import grant_role
from backend.moderation.decisions import Decision, Ruling, decide
from backend.moderation.reasons import ReasonCode
from backend.platform.authz import Role
from backend.platform.database import execute, fetch, fetch_row, fetch_value
from tests.fixtures.databases import execute_as_owner
from tests.fixtures.people import public_id
from tests.moderation.support import GROUND, held_comment
from tests.proposals.support import WORDS, published

OURS = {"sec-fetch-site": "same-origin"}
ADMIN = "/nb/administrasjon"
SQUARE = '{"type": "Polygon", "coordinates": [[[10.5, 59.9], [10.6, 59.9], [10.6, 60.0], [10.5, 59.9]]]}'
TOPIC = {
    "csrf": "",
    "ramme": "ja",
    "tittel-nb": "Trygge skoleveier",
    "ingress-nb": "Hvor er det utrygt å gå og sykle til skolen?",
    "tekst-nb": "Fortell hvor det er **utrygt**, og hva som ville hjulpet.\r\n\r\n## Hvorfor spør vi?",
    "apent": ["forslag", "stotte"],
    "apner": "2026-01-10T08:00",
    "stenger": "",
    "svarfrist": "45",
    "moderering": "HOLD_RISKY",
    "mal": ["1", "4"],
    "alder-support": "15",
    "bosatt-support": "ja",
}
PLACE = {"csrf": "", "navn-nb": "Lia", "adresse": "lia-i-lia", "slag": "NEIGHBOURHOOD", "omriss": SQUARE}


@pytest.fixture
async def admin(served, person, session_cookie) -> Any:
    """An administrator who is logged in with this test's client."""
    actor = await person(name="Ada Administrator", role=Role.ADMIN)
    served.http.cookies.update(await session_cookie(actor))
    return actor


async def _post(served, tail: str, fields: dict[str, Any]) -> Any:
    return await served.http.post(f"{ADMIN}{tail}", data={"csrf": "", **fields}, headers=OURS)


async def _settings_form(served, slug: str, **fields: Any) -> dict[str, Any]:
    version = await fetch_value("SELECT version FROM topic WHERE slug = $1", slug)
    return {**TOPIC, "versjon": str(version), **fields}


async def test_strangers_log_in_first_and_others_are_shown_why_not(served, person, session_cookie) -> None:
    number = await public_id((await person(name="Noen")).account_id)
    place = await fetch_value("SELECT id FROM place LIMIT 1")
    tails = ["", "/temaer", "/temaer/nytt", "/temaer/mobilitetsstrategi", "/steder", "/steder/nytt"]
    tails += [f"/steder/{place}", "/roller", "/roller/personer", "/roller/personer?sok=Noe", "/logg"]
    tails += [
        f"/roller/personer/{number}",
        f"/roller/personer/{number}/avslutt/1",
        f"/roller/personer/{number}/tilgang/steng",
        "/innstillinger",
        "/helse",
    ]
    for tail in tails:
        answer = await served.http.get(f"{ADMIN}{tail}")
        assert answer.status_code == 303, tail
        assert answer.headers["location"].startswith("/nb/logg-inn?til=")
    served.http.cookies.update(await session_cookie(await person(role=Role.PLANNER)))
    for tail in tails:
        answer = await served.http.get(f"{ADMIN}{tail}")
        assert answer.status_code == 403, tail
        assert "Noen<" not in answer.text
    assert (await served.http.get(f"{ADMIN}/helse/deler")).status_code == 204
    for tail, fields in (("/temaer/nytt", {**TOPIC, "adresse": "mitt"}), ("/steder/nytt", PLACE)):
        assert (await _post(served, tail, fields)).status_code == 403
    assert (await _post(served, f"/roller/personer/{number}", {"rolle": "ADMIN"})).status_code == 403
    assert await fetch_value("SELECT count(*) FROM role_grant WHERE role = 'admin'") == 0


async def test_the_overview_tells_how_it_is_and_what_was_done(served, admin, person, topic_id) -> None:
    await grant_role(
        admin, (await person(name="Sak <b>Behandler")).account_id, Role.PLANNER, await topic_id()
    )
    page = (await served.http.get(ADMIN)).text
    for words in ("I orden", "Rolle gitt", "Sak &lt;b&gt;Behandler", "Ada Administrator", "Uten svar"):
        assert words in page


async def test_a_topic_is_made_once_however_often_it_is_sent(served, admin) -> None:
    form = {**TOPIC, "adresse": "skolevei", "nokkel": "en-nokkel-for-skjemaet"}
    place = await fetch_value("SELECT id FROM place WHERE slug = 'sandvika'")
    first, second = await asyncio.gather(
        *(_post(served, "/temaer/nytt", {**form, "sted": str(place)}) for _ in range(2))
    )
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == f"{ADMIN}/temaer/skolevei"
    row = await fetch_row("SELECT * FROM topic WHERE slug = 'skolevei'")
    assert row is not None
    assert (row["answer_days"], row["comments_open"], list(row["goals"])) == (45, False, [1, 4])
    assert row["opens_at"].isoformat() == "2026-01-10T07:00:00+00:00"
    page = (await served.http.get(f"{ADMIN}/temaer/skolevei")).text
    assert 'value="2026-01-10T08:00"' in page
    assert f'name="sted" value="{place}" checked' in page
    assert "skolevei" in (await served.http.get(f"{ADMIN}/temaer")).text


async def test_a_topic_is_refused_at_its_fields_with_everything_preserved(served, admin) -> None:
    wrong = {**TOPIC, "adresse": "Stor Bokstav", "tittel-nn": "Eit tema", "mal": []}
    answer = await _post(served, "/temaer/nytt", wrong)
    assert answer.status_code == 400
    assert 'value="Stor Bokstav"' in answer.text
    assert 'value="Eit tema"' in answer.text
    for field, value, at in (
        ("mal", [], "mal"),
        ("apner", "i morgen", "apner"),
        ("stenger", "2025-01-01T08:00", "stenger"),
        ("apner", "2026-03-29T02:30", "apner"),
        ("stenger", "2027-03-28T02:00", "stenger"),
        ("svarfrist", "99999999999999", "svarfrist"),
        ("svarfrist", "mange", "svarfrist"),
        ("moderering", "ALDRI", "moderering"),
        ("alder-support", "400", "krav"),
        ("ansvarlig", "999999", "ansvarlig"),
        ("sted", "999999", "sted"),
        ("tittel-nn", "x", "tittel-nn"),
        ("tekst-nb", "Mitt nummer er 01010750160, ring meg.", "tekst-nb"),
    ):
        answer = await _post(served, "/temaer/nytt", {**TOPIC, "adresse": "skolevei", field: value})
        assert (answer.status_code, f'href="#{at}"' in answer.text) == (400, True), (field, value)
    assert await fetch_value("SELECT count(*) FROM topic WHERE slug = 'skolevei'") == 0


async def test_a_topic_that_was_changed_meanwhile_keeps_what_was_typed(served, admin) -> None:
    form = await _settings_form(served, "mobilitetsstrategi")
    assert (await _post(served, "/temaer/mobilitetsstrategi", form)).status_code == 303
    # The same again is the same change; something else is told of the other's.
    assert (await _post(served, "/temaer/mobilitetsstrategi", form)).status_code == 303
    other = {**form, "tittel-nb": "Min egen tittel"}
    answer = await _post(served, "/temaer/mobilitetsstrategi", other)
    assert answer.status_code == 409
    assert 'value="Min egen tittel"' in answer.text
    assert "<strong>Trygge skoleveier</strong>" in answer.text
    version = int(form["versjon"]) + 1
    assert f'name="versjon" value="{version}"' in answer.text
    over = await _post(served, "/temaer/mobilitetsstrategi", {**other, "versjon": str(version)})
    assert over.status_code == 303


async def test_texts_are_shown_before_they_are_stored(served, admin) -> None:
    form = await _settings_form(served, "mobilitetsstrategi", forhandsvis="ja")
    answer = await _post(served, "/temaer/mobilitetsstrategi", {**form, "tekst-en": "Too short"})
    assert "<strong>utrygt</strong>" in answer.text
    assert answer.status_code == 400
    assert 'id="tekst-en-feil"' in answer.text
    title = await fetch_value(
        "SELECT title FROM topic_text WHERE language = 'nb' AND title = $1", TOPIC["tittel-nb"]
    )
    assert title is None


async def test_the_planner_responsible_changes_words_only(served, person, topic_id, session_cookie) -> None:
    topic = await topic_id()
    planner = await person(name="Ansvarlig Planlegger", role=Role.PLANNER, topic_id=topic)
    await execute("UPDATE topic SET responsible_id = $1 WHERE id = $2", planner.account_id, topic)
    served.http.cookies.update(await session_cookie(planner))
    page = (await served.http.get(f"{ADMIN}/temaer/mobilitetsstrategi")).text
    assert 'name="tittel-nb"' in page
    assert 'name="svarfrist"' not in page
    form = await _settings_form(served, "mobilitetsstrategi")
    assert (await _post(served, "/temaer/mobilitetsstrategi", form)).status_code == 403
    words = {name: value for name, value in form.items() if name != "ramme"}
    assert (await _post(served, "/temaer/mobilitetsstrategi", words)).status_code == 303
    row = await fetch_row("SELECT answer_days, comments_open FROM topic WHERE id = $1", topic)
    assert row is not None
    assert row["answer_days"] != 45
    assert not row["comments_open"]


async def test_a_form_outlives_its_session(served, admin) -> None:
    form = await _settings_form(served, "mobilitetsstrategi", ansvarlig=str(admin.account_id))
    served.http.cookies.clear()
    for tail, fields in (
        ("/temaer/mobilitetsstrategi", form),
        ("/temaer/nytt", {**TOPIC, "adresse": "skolevei"}),
    ):
        answer = await _post(served, tail, fields)
        assert answer.status_code == 401
        assert 'value="Trygge skoleveier"' in answer.text
        assert 'value="45"' in answer.text
        assert 'target="_blank"' in answer.text
    answer = await _post(served, "/steder/nytt", PLACE)
    assert (answer.status_code, "Lia" in answer.text) == (401, True)


async def test_a_place_is_made_and_changed(served, admin) -> None:
    shown = await _post(served, "/steder/nytt", {**PLACE, "forhandsvis": "ja"})
    assert 'data-map="kartdata"' in shown.text
    collection = f'{{"type": "FeatureCollection", "features": [{{"type": "Feature", "geometry": {SQUARE}}}]}}'
    made = await _post(
        served, "/steder/nytt", {**PLACE, "omriss": collection, "nokkel": "nokkel-en-for-stedet"}
    )
    assert made.status_code == 303
    row = await fetch_row("SELECT id, version FROM place WHERE slug = 'lia-i-lia'")
    assert row is not None
    tail, fields = (
        f"/steder/{row['id']}",
        {**PLACE, "navn-en": "Lia village", "versjon": str(row["version"])},
    )
    assert SQUARE[:20].replace('"', "&#34;") in (await served.http.get(f"{ADMIN}{tail}")).text
    assert (await _post(served, tail, fields)).status_code == 303
    assert (await _post(served, tail, fields)).status_code == 303
    late = await _post(served, tail, {**fields, "navn-nb": "Noe helt annet"})
    assert (late.status_code, "Noe helt annet" in late.text, "Lia village" in late.text) == (409, True, True)
    assert (await served.http.get(f"{ADMIN}/steder/{10**25}")).status_code == 404


async def test_a_place_that_is_none_is_refused_at_its_field(served, admin) -> None:
    for field, value, at in (
        ("omriss", "ikke json", "omriss"),
        ("omriss", "[" * 50_000, "omriss"),
        ("omriss", '{"type": "Polygon", "coordinates": [[[1e999, NaN]]]}', "omriss"),
        ("omriss", '{"type": "Point", "coordinates": [10, 59]}', "omriss"),
        ("omriss", '{"type": "Polygon", "coordinates": {"a": 1}}', "omriss"),
        ("navn-nb", "x", "navn-nb"),
        ("navn-en", "y" * 81, "navn-en"),
        ("slag", "LAND", "slag"),
        ("adresse", "sandvika", "adresse"),
    ):
        answer = await _post(served, "/steder/nytt", {**PLACE, field: value})
        assert (answer.status_code, f'href="#{at}"' in answer.text) == (400, True), (field, value[:50])
    large = await _post(served, "/steder/nytt", {**PLACE, "omriss": "1" * 2_000_000})
    assert large.status_code == 400
    assert not await fetch("SELECT FROM place WHERE slug = 'lia-i-lia'")


async def test_a_role_is_found_given_and_ended(served, admin, person, topic_id) -> None:
    holder = await person(name="Vilja <i>Sætre", email="vilja@example.org")
    assert "Vi finner ingen" in (await served.http.get(f"{ADMIN}/roller/personer?sok=Ukjent")).text
    found = (await served.http.get(f"{ADMIN}/roller/personer?sok=vilja@example.org")).text
    tail = f"/roller/personer/{await public_id(holder.account_id)}"
    assert f'href="{ADMIN}{tail}"' in found
    assert "vilja@" not in found.split("<ul")[-1]
    topic = str(await topic_id())
    for fields in ({"rolle": ""}, {"rolle": "ADMIN", "tema": topic}):
        assert (await _post(served, tail, fields)).status_code == 400
    for _ in range(2):
        assert (await _post(served, tail, {"rolle": "PLANNER", "tema": topic})).status_code == 303
    (row,) = await fetch("SELECT id FROM role_grant WHERE account_id = $1", holder.account_id)
    end = f"{tail}/avslutt/{row['id']}"
    page = (await served.http.get(f"{ADMIN}{tail}")).text
    assert f'href="{ADMIN}{end}"' in page
    assert "Gitt av Ada Administrator" in page
    assert "Avslutte rollen?" in (await served.http.get(f"{ADMIN}{end}")).text
    for _ in range(2):
        assert (await _post(served, end, {})).status_code == 303
    assert (await served.http.get(f"{ADMIN}{end}")).status_code == 404
    assert "avsluttet av Ada Administrator" in (await served.http.get(f"{ADMIN}/roller?avsluttet=ja")).text
    assert "Vilja" not in (await served.http.get(f"{ADMIN}/roller?rolle=PLANNER")).text


async def test_the_last_administrator_stays(served, admin) -> None:
    row = await fetch_row("SELECT id FROM role_grant WHERE account_id = $1", admin.account_id)
    assert row is not None
    answer = await _post(
        served, f"/roller/personer/{await public_id(admin.account_id)}/avslutt/{row['id']}", {}
    )
    assert (answer.status_code, "siste administratoren" in answer.text) == (409, True)


async def test_roles_of_a_provider_are_shown_as_such(served, admin, person) -> None:
    holder = await person(name="Fra Gruppen", role=Role.MODERATOR)
    await execute_as_owner(
        "UPDATE role_grant SET source = 'provider' WHERE account_id = $1", holder.account_id
    )
    assert "Følger av en gruppe" in (await served.http.get(f"{ADMIN}/roller?rolle=MODERATOR")).text
    assert (await served.http.get(f"{ADMIN}/roller?rolle=x&etter=tull")).status_code == 400


async def test_log_settings_and_health_are_shown_in_words(served, admin) -> None:
    await _post(served, "/steder/nytt", {**PLACE, "nokkel": "nokkel-to-for-stedet"})
    log = (await served.http.get(f"{ADMIN}/logg?hva=PLACE_CREATED")).text
    assert ">Lia<" in log
    assert "Ingen har gjort noe slikt" in (await served.http.get(f"{ADMIN}/logg?hva=IMPORT_STARTED")).text
    settings = (await served.http.get(f"{ADMIN}/innstillinger")).text
    assert "<code>municipality_name</code>" in settings
    assert "postgresql://" not in settings
    health = await served.http.get(f"{ADMIN}/helse")
    assert "Databasen svarer, og tar imot det som lagres." in health.text
    parts = await served.http.get(f"{ADMIN}/helse/deler", headers={"hx-request": "true"})
    assert "Databasen svarer, og tar imot det som lagres." in parts.text
    assert "<html" not in parts.text


async def test_the_log_says_that_it_was_a_comment(served, admin, person, topic_id) -> None:
    topic = await topic_id()
    about = await published(await person(), topic)
    _, case_id = await held_comment(await person(), about, topic, "Dette er jeg helt uenig i.")
    ruling = Ruling(Decision.REJECT, 1, ReasonCode.OTHER, GROUND)
    await decide(await person(role=Role.MODERATOR), case_id, ruling)
    for page in (ADMIN, f"{ADMIN}/logg?hva=CASE_DECIDED"):
        assert f"Kommentar til «{WORDS.title}»" in (await served.http.get(page)).text


async def test_other_sites_forms_are_refused(served, admin, person) -> None:
    number = await public_id((await person()).account_id)
    for tail in (
        "/temaer/nytt",
        "/steder/nytt",
        f"/roller/personer/{number}",
        f"/roller/personer/{number}/avslutt/1",
    ):
        answer = await served.http.post(
            f"{ADMIN}{tail}", data={"rolle": "ADMIN"}, headers={"sec-fetch-site": "cross-site"}
        )
        assert answer.status_code == 403
    assert await fetch_value("SELECT count(*) FROM role_grant WHERE role = 'admin'") == 1


async def test_all_that_is_wrong_with_a_topic_is_shown_at_once(served, admin) -> None:
    wrong = {
        **TOPIC,
        "adresse": "Ikke en adresse!",
        "tittel-nb": "X",
        "ingress-nb": "",
        "tekst-nb": "kort",
        "mal": [],
    }
    at_once = await _post(served, "/temaer/nytt", {**wrong, "svarfrist": "0"})
    fields = ("adresse", "tittel-nb", "ingress-nb", "tekst-nb", "mal", "svarfrist")
    assert at_once.status_code == 400
    assert [name for name in fields if f'id="{name}-feil"' not in at_once.text] == []
    # What only the page can find is told together with what the API finds, and nothing beside it.
    unreadable = await _post(served, "/temaer/nytt", {**wrong, "apner": "i morgen"})
    fields = ("adresse", "tittel-nb", "ingress-nb", "tekst-nb", "mal", "apner")
    assert [name for name in fields if f'id="{name}-feil"' not in unreadable.text] == []
    assert 'id="svarfrist-feil"' not in unreadable.text
    sound_but_one = await _post(
        served, "/temaer/nytt", {**TOPIC, "adresse": "trygge-veier", "apner": "i morgen"}
    )
    assert (sound_but_one.status_code, sound_but_one.text.count('-feil" data-field')) == (400, 1)
    assert await fetch_value("SELECT count(*) FROM topic WHERE slug = 'trygge-veier'") == 0


async def test_all_that_is_wrong_with_a_place_is_shown_at_once(served, admin) -> None:
    wrong = {**PLACE, "navn-nb": "", "adresse": "Æ", "omriss": "{"}
    refused = await _post(served, "/steder/nytt", wrong)
    assert [n for n in ("navn-nb", "adresse", "omriss") if f'id="{n}-feil"' not in refused.text] == []
    assert refused.text.count('-feil" data-field') == 3
    refused = await _post(served, "/steder/nytt", {**PLACE, "omriss": "{"})
    assert refused.text.count('-feil" data-field') == 1


async def test_an_administrator_shuts_somebody_out_and_lets_them_in(served, person, admin) -> None:
    somebody = await person(name="Kari Nordby")
    tail = f"/roller/personer/{await public_id(somebody.account_id)}"
    page = (await served.http.get(f"{ADMIN}{tail}")).text
    assert "Steng kontoen" in page
    assert "Åpne kontoen igjen" not in page
    assert "Stenge kontoen?" in (await served.http.get(f"{ADMIN}{tail}/tilgang/steng")).text
    empty = await _post(served, f"{tail}/tilgang/steng", {"grunn": " "})
    assert empty.status_code == 400
    assert (await _post(served, f"{tail}/tilgang/noe-annet", {"grunn": "Sluttet."})).status_code == 404
    done = await _post(served, f"{tail}/tilgang/steng", {"grunn": "Sluttet i kommunen."})
    assert done.status_code == 303
    page = (await served.http.get(f"{ADMIN}{tail}")).text
    assert "Personen kan ikke logge inn" in page
    assert "Sluttet i kommunen." in page
    again = await _post(served, f"{tail}/tilgang/steng", {"grunn": "Sluttet i kommunen."})
    assert again.status_code == 409
    assert "alt stengt" in again.text
    assert (await _post(served, f"{tail}/tilgang/apne", {"grunn": "Det var feil person."})).status_code == 303
    assert "Konto åpnet igjen" in (await served.http.get(f"{ADMIN}/logg")).text
