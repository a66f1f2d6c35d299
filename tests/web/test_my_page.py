"""One's own pages over HTTP: what one wrote, stands behind and follows, and the notifications."""

from typing import Any

import pytest

from api.node_ids import to_global_id
from backend.follows.service import follow_content, follow_topic
from backend.platform.authz import Role
from backend.platform.database import fetch, fetch_value
from backend.proposals.assessment import answer_proposal, start_assessment
from backend.proposals.states import Outcome
from backend.proposals.supports import support
from tests.proposals.support import OTHER_WORDS, WORDS, draft, proposal_ref, published
from tests.web.own_browser import OURS, Browser, run_jobs

PAGES = [
    "",
    "/varsler",
    "/varsler/innstillinger",
    "/forslag",
    "/svar",
    "/stotter",
    "/kommentarer",
    "/folger",
    "/profil",
    "/okter",
    "/nokler",
    "/data",
    "/data/slett",
]
REASON = "Vi bygger sykkelveien neste år, fordi mange barn går på skole langs elva."


@pytest.fixture
async def me(served, person, session_cookie) -> Browser:
    actor = await person(name="Ordentlig <i>Fiolin")
    served.http.cookies.update(await session_cookie(actor))
    return Browser(served, actor)


async def test_a_stranger_is_led_to_the_login_and_back(served) -> None:
    for tail in PAGES:
        answer = await served.http.get(f"/nb/min-side{tail}?etter=x")
        assert answer.status_code == 303
        login_path = f"/nb/logg-inn?til=%2Fnb%2Fmin-side{tail.replace('/', '%2F')}%3Fetter%3Dx"
        assert answer.headers["location"] == login_path


async def test_every_page_stands_empty_and_is_cached_by_nobody(me: Browser) -> None:
    for tail in PAGES:
        answer = await me.get(tail)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.text.count("<h1") == 1
        assert "<i>Fiolin" not in answer.text
    assert (await me.get("/varsler?etter=tull")).status_code == 400


async def test_what_one_wrote_is_found_by_where_it_stands(me: Browser, topic_id: Any) -> None:
    topic = await topic_id()
    await draft(me.actor, topic)
    seen = await published(me.actor, topic, OTHER_WORDS)
    everything = (await me.get("/forslag")).text
    assert WORDS.title in everything
    assert OTHER_WORDS.title in everything
    drafts = (await me.get("/forslag?status=utkast")).text
    assert WORDS.title in drafts
    assert OTHER_WORDS.title not in drafts
    assert WORDS.title in (await me.get("")).text
    assert f"/nb/forslag/{seen}/rediger" in everything
    assert "Du har ingen slike forslag" in (await me.get("/forslag?status=besvart")).text
    assert OTHER_WORDS.title in (await me.get("/forslag?status=tull")).text


async def test_supports_and_answers(me: Browser, person: Any, topic_id: Any) -> None:
    number = await published(await person(), await topic_id())
    await support(me.actor, number)
    assert WORDS.title in (await me.get("/stotter")).text
    assert WORDS.title not in (await me.get("/svar")).text
    planner = await person(role=Role.PLANNER)
    await start_assessment(planner, number)
    await answer_proposal(planner, number, Outcome.ACCEPTED, REASON, "nb")
    assert WORDS.title in (await me.get("/svar")).text
    assert WORDS.title in (await me.get("")).text


async def test_one_ceases_to_follow(me: Browser, person: Any, topic_id: Any) -> None:
    topic = await topic_id()
    number = await published(await person(), topic)
    await follow_topic(me.actor, topic)
    await follow_content(me.actor, proposal_ref(number))
    assert (await me.get("/folger")).text.count("Slutt å følge") == 2
    for fields in ({"tema": topic}, {"forslag": number}, {"forslag": number}):
        answer = await me.post("/folger/slutt", **fields)
        assert (answer.status_code, answer.headers["location"]) == (303, "/nb/min-side/folger")
    assert "Du følger det ikke lenger" in (await me.get("/folger")).text
    assert await fetch_value("SELECT count(*) FROM follow") == 0
    for bad, status in (({"tema": "x"}, 400), ({"forslag": "9" * 40}, 400), ({}, 400)):
        assert (await me.post("/folger/slutt", **bad)).status_code == status, bad
    elsewhere = {"sec-fetch-site": "cross-site"}
    assert (await me.post("/folger/slutt", elsewhere, tema=topic)).status_code == 403
    me.log_out()
    assert "/nb/logg-inn?til=" in (await me.post("/folger/slutt", tema=topic)).headers["location"]


@pytest.fixture
async def notifications(me: Browser, topic_id: Any) -> list[str]:
    """Two notifications of things that happened; their ids, the newest first."""
    for words in (WORDS, OTHER_WORDS):
        await published(me.actor, await topic_id(), words)
    await run_jobs("notify_event")
    rows = await fetch(
        "SELECT id FROM delivery WHERE account_id = $1 AND channel = 'in_app' ORDER BY id DESC",
        me.actor.account_id,
    )
    return [to_global_id("Notification", row["id"]) for row in rows]


async def test_notifications_are_read(me: Browser, notifications: list[str]) -> None:
    page = (await me.get("/varsler")).text
    assert page.count("Merk som lest") == len(notifications) == 2
    assert "Uleste (2)</a>" in page
    one = await me.post("/varsler/lest", varsel=notifications[1])
    assert one.headers["location"] == "/nb/min-side/varsler"
    assert (await me.get("/varsler")).text.count("Merk som lest") == 1
    short = await me.post("/varsler/lest", varsel=notifications[0], kort="ja")
    assert (short.status_code, short.content) == (204, b"")
    assert "Du har lest alt" in (await me.get("/varsler?vis=uleste")).text


async def test_all_are_read_up_to_the_one_that_was_seen(me: Browser, notifications: list[str]) -> None:
    answer = await me.post("/varsler/lest", til=notifications[1])
    assert answer.status_code == 303
    page = (await me.get("/varsler?vis=uleste")).text
    assert "Varslene er merket som lest" in page
    assert page.count("Merk som lest") == 1
    assert (await me.post("/varsler/lest", til="tull")).status_code == 400
    assert (await me.post("/varsler/lest", varsel=["tull"] * 101)).status_code == 429


async def test_nobody_reads_for_another(
    me: Browser, notifications: list[str], person: Any, session_cookie
) -> None:
    me.served.http.cookies.update(await session_cookie(await person()))
    await me.post("/varsler/lest", varsel=notifications[0])
    await me.post("/varsler/lest", til=notifications[0])
    assert await fetch_value("SELECT count(*) FROM delivery WHERE read_at IS NOT NULL") == 0


async def test_choosing_what_to_be_shown(me: Browser) -> None:
    page = (await me.get("/varsler/innstillinger")).text
    rows = [part.split('"')[0] for part in page.split('name="rad" value="')[1:]]
    assert len(rows) == 10
    assert page.count("disabled") == 2
    choices = ["ANSWERED:IN_APP", "TULL:EMAIL", "NEW_IN_TOPIC:EMAIL"]
    answer = await me.post("/varsler/innstillinger", rad=[*rows, "TULL||Tull"], valg=choices)
    assert answer.status_code == 303
    after = (await me.get("/varsler/innstillinger")).text
    assert "Valgene dine er lagret" in after
    # Beside the two chosen ones stand the two that cannot be turned off, and the causes that the form did not show.
    assert after.count(" checked") == 4 + 6
    # What a form did not show stays as it is.
    await me.post("/varsler/innstillinger", rad=rows[:1], valg=[])
    assert (await me.get("/varsler/innstillinger")).text.count(" checked") == 4 + 6


async def test_choices_outlive_the_session(me: Browser) -> None:
    page = (await me.get("/varsler/innstillinger")).text
    rows = [part.split('"')[0] for part in page.split('name="rad" value="')[1:]]
    me.log_out()
    answer = await me.post("/varsler/innstillinger", rad=rows, valg=["ANSWERED:EMAIL"])
    assert answer.status_code == 401
    assert "Logg inn i en ny fane" in answer.text
    assert answer.text.count('name="valg"') == 20
    assert 'value="ANSWERED:EMAIL" aria-labelledby="rad-5 valg-EMAIL" checked' in answer.text


async def test_a_letter_leads_here_without_a_language(me: Browser) -> None:
    http = me.served.http
    answer = await http.get("/min-side/varsler", headers={"accept-language": "nn"} | OURS)
    assert answer.headers["location"] == "/nn/min-side/varsler"
