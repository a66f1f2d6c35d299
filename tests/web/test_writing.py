"""Writing a proposal in a browser: three steps, kept on the way, nothing typed is ever lost."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from api.node_ids import to_global_id
from backend.moderation.service import screen_content
from backend.platform.authz import Actor
from backend.platform.database import execute, fetch, fetch_value
from backend.proposals.service import ProposalInput, create_proposal
from backend.proposals.supports import support
from tests.fixtures.server import WORDS, Served, serving
from tests.proposals.support import read

OURS = {"sec-fetch-site": "same-origin"}
BODY = "Flere bysykler ved stasjonen, så folk kan sykle det siste stykket hjem."


@pytest.fixture
async def author(served: Served, person: Any, session_cookie: Any) -> Actor:
    """Somebody who has logged in, in the browser of `served`."""
    actor: Actor = await person(name="Ordentlig Fiolin")
    served.http.cookies.update(await session_cookie(actor))
    return actor


@pytest.fixture
async def topic(topic_id: Any) -> str:
    return to_global_id("Topic", await topic_id())


def sent(served: Served, path: str, **fields: str) -> Any:
    return served.http.post(f"/nb{path}", data={"csrf": "", **fields}, headers=OURS)


def step(topic: str, number: int = 1, version: int = 1, **more: str) -> dict[str, str]:
    """The form of a step, filled in."""
    words = {"topic": topic, "title": "Bysykkel ved stasjonen", "body": BODY, "language": "nb"}
    return {**words, "steg": str(number), "versjon": str(version), "nokkel": "a" * 32, **more}


async def begun(served: Served, topic: str, **more: str) -> int:
    """The number of a draft whose first step was sent."""
    answer = await sent(served, "/forslag/nytt", **step(topic, **more))
    assert answer.status_code == 303, answer.text
    return int(re.search(r"/forslag/(\d+)/rediger\?steg=2$", answer.headers["location"])[1])


async def test_from_an_empty_form_to_thanks(served: Served, author: Actor, topic: str) -> None:
    empty = await served.http.get("/nb/forslag/nytt?tema=mobilitetsstrategi")
    assert f'<option value="{topic}" selected>' in empty.text
    number = await begun(served, topic)
    path = f"/forslag/{number}/rediger"
    place = to_global_id("Place", await fetch_value("SELECT id FROM place ORDER BY id LIMIT 1"))
    at = {"place": place, "longitude": "10.527", "latitude": "59.891"}
    placed = await sent(served, path, **step(topic, 2, 1, **at))
    assert placed.headers["location"].endswith("?steg=3")
    review = await served.http.get(f"/nb{path}?steg=3")
    assert "Bysykkel ved stasjonen" in review.text
    handed_in = await sent(served, path, **step(topic, 3, 2, handling="send", **at))
    assert handed_in.headers["location"] == f"/nb/forslag/{number}/takk"
    row = await read(number)
    assert (row.state, row.longitude, row.version) == ("submitted", 10.527, 2)
    thanks = await served.http.get(handed_in.headers["location"])
    assert "Takk for forslaget" in thanks.text
    again = await sent(served, path, **step(topic, 3, 2, handling="send", **at))
    assert (again.status_code, again.headers["location"]) == (303, f"/nb/forslag/{number}/takk")
    assert await fetch_value("SELECT count(*) FROM outbox WHERE job = 'screen_content'") == 1


async def test_sent_twice_a_step_makes_one_draft(served: Served, author: Actor, topic: str) -> None:
    first, second = await asyncio.gather(begun(served, topic), begun(served, topic))
    assert first == second
    path = f"/forslag/{first}/rediger"
    changed = step(topic, title="En annen tittel")
    answers = [(await sent(served, path, **changed)).status_code for _ in range(2)]
    assert answers == [303, 303]
    assert (await read(first)).version == 2
    assert await begun(served, topic, title="Tilbake, og noe helt annet") != first


async def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(
    served: Served, author: Actor, topic: str
) -> None:
    body = "Ring meg på 912 34 567 om dette, så tar vi en prat <b>sammen</b>."
    refused = await sent(served, "/forslag/nytt", **step(topic, title="Kort", body=body))
    assert refused.status_code == 400
    assert 'href="#title"' in refused.text
    assert "&lt;b&gt;sammen&lt;/b&gt;" in refused.text
    refused = await sent(served, "/forslag/nytt", **step(topic, body=body))
    assert refused.status_code == 400
    assert "<mark>912 34 567</mark>" in refused.text
    refused = await sent(served, "/forslag/nytt", **step(topic, title="Kort", body="Lite"))
    assert refused.status_code == 400
    assert [name for name in ("title", "body") if f'id="{name}-feil"' not in refused.text] == []
    for wrong in ("VG9waWM6OTk5OTk5", "tull"):
        refused = await sent(served, "/forslag/nytt", **step(wrong))
        assert (refused.status_code, BODY in refused.text) == (400, True)
        assert 'id="topic-feil"' in refused.text
    assert await fetch_value("SELECT count(*) FROM proposal") == 0


async def test_the_topic_may_be_chosen_later_and_is_requested_at_its_field(
    served: Served, author: Actor, topic: str, topic_id: Any
) -> None:
    saved = await sent(served, "/forslag/utkast", nummer="", **step(""))
    number = saved.json()["number"]
    path = f"/forslag/{number}/rediger"
    onward = await sent(served, path, **step(""))
    assert onward.headers["location"] == f"/nb{path}?steg=1&mangler=tema"
    response = await served.http.get(onward.headers["location"])
    assert 'id="topic-feil"' in response.text
    assert 'name="topic" aria-invalid="true"' in response.text
    later = await sent(served, path, **step("", handling="lagre"))
    assert later.headers["location"] == "/nb/min-side/forslag"
    here = f"/forslag/{number}"
    pages = (
        "/min-side",
        "/min-side/forslag",
        here,
        f"{path}?steg=2",
        f"{path}?steg=3",
        f"{here}/medforfattere",
    )
    for page in pages:
        shown = await served.http.get(f"/nb{page}")
        assert (shown.status_code, "Bysykkel ved stasjonen" in shown.text) == (200, True), page
    assert "Velg et tema før du sender inn" in (await served.http.get(f"/nb{path}?steg=3")).text
    refused = await sent(served, path, **step("", 3, handling="send"))
    assert (refused.status_code, 'id="topic-feil"' in refused.text) == (400, True)
    assert (await sent(served, path, **step(topic))).headers["location"].endswith("?steg=2")
    handed_in = await sent(served, path, **step(topic, 3, 2, handling="send"))
    assert handed_in.headers["location"] == f"/nb/forslag/{number}/takk"
    assert (await read(number)).topic_id == await topic_id()
    withdrawn = (await sent(served, "/forslag/utkast", nummer="", **step(""))).json()["number"]
    assert (await sent(served, f"/forslag/{withdrawn}/trekk")).status_code == 303
    for page in (f"/forslag/{withdrawn}", f"/forslag/{withdrawn}/takk", "/min-side/forslag"):
        assert (await served.http.get(f"/nb{page}", follow_redirects=True)).status_code == 200, page


async def test_topics_that_take_no_proposals_are_not_offered(
    served: Served, author: Actor, topic: str
) -> None:
    assert f'value="{topic}"' in (await served.http.get("/nb/forslag/nytt")).text
    await execute("UPDATE topic SET proposals_open = FALSE WHERE slug = 'mobilitetsstrategi'")
    for address in ("/nb/forslag/nytt", "/nb/forslag/nytt?tema=mobilitetsstrategi"):
        assert f'value="{topic}"' not in (await served.http.get(address)).text


async def test_a_point_that_is_none(served: Served, author: Actor, topic: str) -> None:
    number = await begun(served, topic)
    path = f"/forslag/{number}/rediger"
    for wrong in ("nan", "1e999", "<script>", "200"):
        refused = await sent(served, path, **step(topic, 2, longitude=wrong, latitude="59"))
        assert (refused.status_code, "Hvor gjelder det?" in refused.text) == (400, True)
    assert (await sent(served, path, **step(topic, 2, 99_999_999_999, title="Ny tittel"))).status_code == 409


async def test_the_session_ends_and_the_words_stay(served: Served, author: Actor, topic: str) -> None:
    number = await begun(served, topic)
    served.http.cookies.clear()
    ended = await sent(served, "/forslag/nytt", **step(topic, title="Skrevet lenge på dette"))
    assert (ended.status_code, "Skrevet lenge på dette" in ended.text) == (401, True)
    assert "/nb/logg-inn?til=" in ended.text
    ended = await sent(served, f"/forslag/{number}/rediger", **step(topic, 3, title="Ny tittel på dette"))
    assert (ended.status_code, ended.text.count("Ny tittel på dette")) == (401, 2)
    led = await served.http.get(f"/nb/forslag/{number}/rediger?steg=2")
    assert led.headers["location"] == f"/nb/logg-inn?til=%2Fnb%2Fforslag%2F{number}%2Frediger%3Fsteg%3D2"


async def test_both_texts_after_somebody_elses_change(served: Served, author: Actor, topic: str) -> None:
    number = await begun(served, topic)
    path = f"/forslag/{number}/rediger"
    await sent(served, path, **step(topic, title="Den andres tittel"))
    conflict = await sent(served, path, **step(topic, title="Min egen tittel"))
    assert conflict.status_code == 409
    assert "Den andres tittel" in conflict.text
    assert 'value="Min egen tittel"' in conflict.text
    assert 'name="versjon" value="2"' in conflict.text
    saved = await sent(served, path, **step(topic, 1, 2, title="Min egen tittel"))
    assert (saved.status_code, (await read(number)).title) == (303, "Min egen tittel")


async def test_nobody_else_reads_or_changes_a_draft(
    served: Served, author: Actor, topic: str, person: Any, session_cookie: Any
) -> None:
    number = await begun(served, topic)
    served.http.cookies.update(await session_cookie(await person()))
    for tail in ("rediger", "takk", "medforfattere"):
        assert (await served.http.get(f"/nb/forslag/{number}/{tail}")).status_code == 404
    stolen = await sent(served, f"/forslag/{number}/rediger", **step(topic, title="Ikke min tekst"))
    assert stolen.status_code == 404
    other_site = {"sec-fetch-site": "cross-site"}
    forged = await served.http.post("/nb/forslag/nytt", data=step(topic), headers=other_site)
    assert forged.status_code == 403
    large = await sent(served, "/forslag/nytt", **step(topic, body="x" * 300_000))
    assert large.status_code == 400
    assert await fetch_value("SELECT count(*) FROM proposal") == 1


async def test_a_draft_keeps_itself(served: Served, author: Actor, topic: str) -> None:
    short = await sent(served, "/forslag/utkast", **step(topic, body="For lite"))
    assert short.status_code == 204
    saved = (await sent(served, "/forslag/utkast", nummer="", **step(topic))).json()
    number = saved["number"]
    assert (saved["version"], saved["address"]) == (1, f"/nb/forslag/{number}/rediger")
    again = await sent(served, "/forslag/utkast", nummer=str(number), **step(topic, title="Ny tittel her"))
    assert again.json()["version"] == 2
    stale = await sent(served, "/forslag/utkast", nummer=str(number), **step(topic, title="Gammelt vindu"))
    assert stale.status_code == 409
    # The other window's text comes along, so that nobody has to load the page and lose what is typed.
    body_of_refusal = stale.json()
    assert "på nytt" not in body_of_refusal["message"]
    assert (
        body_of_refusal["stored"] | {"title": "Ny tittel her", "versjon": "2", "topic": topic, "body": BODY}
        == body_of_refusal["stored"]
    )
    chosen = await sent(
        served, "/forslag/utkast", nummer=str(number), **step(topic, 1, 2, title="Gammelt vindu")
    )
    assert (chosen.json()["version"], (await read(number)).title) == (3, "Gammelt vindu")
    back = await sent(
        served, "/forslag/utkast", nummer=str(number), **step(topic, 1, 3, title="Ny tittel her")
    )
    assert back.json()["version"] == 4
    secret = await sent(served, "/forslag/utkast", nummer="", **step(topic, body=f"{BODY} Ring 912 34 567."))
    assert (secret.status_code, "912 34 567" in secret.json()["message"]) == (422, True)
    await sent(
        served, f"/forslag/{number}/rediger", **step(topic, 3, 4, title="Ny tittel her", handling="send")
    )
    late = await sent(served, "/forslag/utkast", nummer=str(number), **step(topic, 1, 4, title="For sent"))
    assert late.status_code == 409
    served.http.cookies.clear()
    assert (await sent(served, "/forslag/utkast", **step(topic))).status_code == 401
    assert await fetch_value("SELECT count(*) FROM proposal") == 1


async def test_a_step_left_open_changes_nothing_public(served: Served, author: Actor, topic: str) -> None:
    number = await begun(served, topic)
    path = f"/forslag/{number}/rediger"
    await sent(served, path, **step(topic, 3, handling="send"))
    late = await sent(served, path, **step(topic, title="Fra en gammel fane"))
    assert late.status_code == 409
    assert 'value="Fra en gammel fane"' in late.text
    assert (await read(number)).title == "Bysykkel ved stasjonen"


async def test_what_helps_while_writing(served: Served, author: Actor, published: int) -> None:
    response = {"title": WORDS.title, "body": f"{WORDS.body} Skriv til kari@example.no."}
    helped = await sent(served, "/forslag/sjekk", **response)
    assert f"/nb/forslag/{published}" in helped.text
    assert "<mark>kari@example.no</mark>" in helped.text
    assert "<html" not in helped.text
    assert (await sent(served, "/forslag/sjekk", title="", body="")).status_code == 204


async def test_changing_what_is_public_says_what_readers_will_see(
    served: Served, author: Actor, topic: str, topic_id: Any, person: Any
) -> None:
    words = ProposalInput(WORDS.title, WORDS.body, "nb")
    number = await create_proposal(author, await topic_id(), words, submit=True)
    await screen_content(3201, "proposal", number, 1)
    path = f"/forslag/{number}/rediger"
    assert "sjekkes før den blir synlig" in (await served.http.get(f"/nb{path}")).text
    await support(await person(), number)
    assert "Andre har støttet forslaget" in (await served.http.get(f"/nb{path}")).text
    form = step(topic, modus="endring", title="En bedre tittel på det")
    changed = await sent(served, path, **form)
    assert changed.headers["location"] == f"/nb/forslag/{number}"
    assert "edit-submitted" in changed.headers["set-cookie"]
    # Until it is screened others read what was there before; its author reads both, and goes on from the new text.
    address = f"/nb/forslag/{number}"
    stranger = httpx.AsyncClient(base_url=served.url)
    for page in (address, "/nb/forslag", "/nb/forslag/atom.xml", f"{address}/versjoner"):
        assert "En bedre tittel" not in (await stranger.get(page)).text
    both = (await served.http.get(address)).text
    assert (WORDS.title in both, "En bedre tittel" in both, "En endring sjekkes" in both) == (
        True,
        True,
        True,
    )
    assert 'value="En bedre tittel på det"' in (await served.http.get(f"/nb{path}")).text
    late = await sent(served, path, **{**form, "title": "En tredje tittel på det"})
    assert (late.status_code, "En bedre tittel" in late.text) == (409, True)
    await screen_content(3201, "edit", number, 2)
    assert "En bedre tittel" in (await stranger.get(f"{address}?kommentarer=eldste")).text
    await stranger.aclose()
    rows = await fetch("SELECT number, is_amendment FROM proposal_version ORDER BY number")
    assert [tuple(row) for row in rows] == [(1, False), (2, True)]
    refused = await sent(served, path, **{**form, "versjon": "2", "title": "Kort"})
    assert (refused.status_code, "Endre forslaget" in refused.text) == (400, True)
    await execute("UPDATE topic SET proposals_open = FALSE")
    assert (await served.http.get(f"/nb{path}")).status_code == 200


class _Kartverket:
    """A real server that answers addresses as Kartverket's does, or something else when `says` is set."""

    says: bytes | None = None
    requested_path = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.requested_path = head.split(b" ")[1].decode()
        point = {"epsg": "EPSG:4326", "lat": 59.89, "lon": 10.52}
        found = {"adressetekst": "Løkkeåsveien 2", "postnummer": "1338", "poststed": "SANDVIKA"}
        body = self.says or json.dumps({"adresser": [{**found, "representasjonspunkt": point}]}).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n" + body)
        await writer.drain()
        writer.close()


@pytest.fixture
async def kartverket() -> AsyncIterator[tuple[_Kartverket, str]]:
    service = _Kartverket()
    server = await asyncio.start_server(service.answer, "127.0.0.1", 0)
    yield service, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/sok"
    server.close()


async def test_an_address_gives_the_point(
    fresh: Any, person: Any, session_cookie: Any, topic: str, kartverket: tuple[_Kartverket, str]
) -> None:
    service, url = kartverket
    async with serving(fresh, address_search_url=url) as served:
        served.http.cookies.update(await session_cookie(await person()))
        path = f"/forslag/{await begun(served, topic)}/rediger"
        looked = await sent(served, path, **step(topic, 2, handling="sok", adresse="Løkkeåsveien 2"))
        assert "Løkkeåsveien 2, 1338 Sandvika" in looked.text
        assert "kommunenummer=3201" in service.requested_path
        chosen = await sent(served, path, **step(topic, 2, treff="10.520000,59.890000"))
        assert chosen.status_code == 303
        row = await read(int(path.split("/")[2]))
        assert (row.longitude, row.latitude) == (10.52, 59.89)
        for nonsense in (b"<html>", b"[]", b'{"adresser": [{}]}', b"x" * 300_000):
            service.says = nonsense
            silent = await sent(served, path, **step(topic, 2, handling="sok", adresse="Vei 1"))
            assert (silent.status_code, "svarer ikke akkurat nå" in silent.text) == (200, True)
    async with serving(fresh, address_search_url="") as served:
        served.http.cookies.update(await session_cookie(await person()))
        number = await begun(served, topic)
        page = await served.http.get(f"/nb/forslag/{number}/rediger?steg=2")
        assert "Adressesøk er ikke satt opp her" in page.text


async def test_writing_together(
    served: Served, author: Actor, topic: str, person: Any, session_cookie: Any
) -> None:
    number = await begun(served, topic)
    here, mine = f"/forslag/{number}/medforfattere", dict(served.http.cookies)
    shown = await sent(served, here)
    secret = re.search(r"/invitasjon/([\w-]{20,})<", shown.text)[1]
    assert secret not in (await served.http.get(f"/nb{here}")).text
    friend = httpx.Cookies(await session_cookie(await person(name="Varsam Lykt")))
    served.http.cookies = friend
    response = await served.http.get(f"/nb/invitasjon/{secret}")
    assert "Ordentlig Fiolin inviterer deg" in response.text
    joined = await sent(served, f"/invitasjon/{secret}")
    assert joined.headers["location"] == f"/nb/forslag/{number}/rediger"
    assert "Slutt å være medforfatter" in (await served.http.get(f"/nb{here}")).text
    assert (await served.http.get("/nb/invitasjon/feil")).status_code == 404
    assert (await sent(served, f"/forslag/{number}/forlat")).status_code == 303
    assert (await served.http.get(f"/nb/forslag/{number}/rediger")).status_code == 404
    served.http.cookies = httpx.Cookies(mine)
    await sent(served, here)
    open_one = re.search(r'name="invitasjon" value="(\d+)"', (await served.http.get(f"/nb{here}")).text)[1]
    taken_back = await sent(served, f"{here}/trekk", invitasjon=open_one)
    assert taken_back.status_code == 303
    assert "Du har ikke invitert noen ennå" in (await served.http.get(f"/nb{here}")).text
    served.http.cookies.clear()
    assert (await served.http.get(f"/nb/invitasjon/{secret}")).headers["location"].startswith("/nb/logg-inn")
