"""Saying something about a proposal: comments, replies, and taking them back."""

from typing import Any

import httpx
import pytest

from backend.comments.queries import Stance
from backend.comments.service import add_comment
from backend.moderation.service import screen_content
from backend.platform.database import fetch_value
from tests.fixtures.server import Served
from tests.proposals.support import proposal_ref

SAME = {"sec-fetch-site": "same-origin"}
TEXT = {"tekst": "Dette trenger vi.", "holdning": "FOR", "sprak": "nb", "nokkel": "nokkel-1"}


@pytest.fixture
async def her(served: Served, person: Any, session_cookie: Any) -> httpx.AsyncClient:
    served.http.cookies.update(await session_cookie(await person(name="Kari")))
    return served.http


async def said(served: Served, actor: Any, proposal: int, text: str, parent: int | None = None) -> int:
    number: int = await add_comment(
        actor, proposal_ref(proposal), text, Stance.NEUTRAL, "nb", parent_id=parent
    )
    await screen_content(served.settings.municipality, "comment", number, 1)
    return number


async def test_a_comment_is_sent_once_however_often(
    served: Served, her: httpx.AsyncClient, published: int
) -> None:
    for _ in range(2):
        sent = await her.post(f"/nb/forslag/{published}/kommentarer", headers=SAME, data=TEXT)
        assert (sent.status_code, sent.headers["location"]) == (303, f"/nb/forslag/{published}#kommentarer")
    assert await fetch_value("SELECT count(*) FROM comment") == 1
    mine = await her.get(f"/nb/forslag/{published}")
    assert "Sjekkes. Bare du ser den foreløpig." in mine.text
    await screen_content(
        served.settings.municipality, "comment", await fetch_value("SELECT id FROM comment"), 1
    )
    her.cookies.clear()
    page = await her.get(f"/nb/forslag/{published}")
    assert "Dette trenger vi." in page.text
    assert "Kari" in page.text


async def test_personal_data_is_pointed_at_and_everything_preserved(
    her: httpx.AsyncClient, published: int
) -> None:
    sent = await her.post(
        f"/nb/forslag/{published}/kommentarer",
        headers=SAME,
        data={**TEXT, "tekst": "Ring meg på 91234567 <b>", "holdning": "AGAINST"},
    )
    assert sent.status_code == 400
    assert "<mark>91234567</mark>" in sent.text
    assert "Ring meg på 91234567 &lt;b&gt;</textarea>" in sent.text
    assert 'value="AGAINST" checked' in sent.text
    assert 'href="#tekst"' in sent.text
    assert 'name="nokkel" value="nokkel-1"' in sent.text


async def test_too_short_and_too_long_is_shown_at_the_field(her: httpx.AsyncClient, published: int) -> None:
    for text in ("", "a" * 5_001):
        sent = await her.post(
            f"/nb/forslag/{published}/kommentarer", headers=SAME, data={**TEXT, "tekst": text}
        )
        assert sent.status_code == 400
        assert 'id="tekst-feil"' in sent.text


async def test_an_ended_session_keeps_what_was_typed(served: Served, published: int) -> None:
    sent = await served.http.post(f"/nb/forslag/{published}/kommentarer", headers=SAME, data=TEXT)
    assert sent.status_code == 401
    assert "Dette trenger vi.</textarea>" in sent.text
    assert 'target="_blank"' in sent.text


async def test_a_reply_and_its_place(
    served: Served, her: httpx.AsyncClient, person: Any, published: int
) -> None:
    number = await said(served, await person(name="Ola"), published, "Hvem brøyter?")
    form = await her.get(f"/nb/kommentar/{number}")
    assert f'id="tekst-{number}"' in form.text
    bad = await her.post(f"/nb/kommentar/{number}/svar", headers=SAME, data={f"tekst-{number}": ""})
    assert bad.status_code == 400
    assert f'id="tekst-{number}-feil"' in bad.text
    sent = await her.post(
        f"/nb/kommentar/{number}/svar", headers=SAME, data={f"tekst-{number}": "Kommunen.", "nokkel": "s1"}
    )
    assert sent.status_code == 303
    parent = await fetch_value("SELECT parent_id FROM comment WHERE body = 'Kommunen.'")
    assert parent == number
    reply = await fetch_value("SELECT id FROM comment WHERE body = 'Kommunen.'")
    too_deep = await her.post(
        f"/nb/kommentar/{reply}/svar", headers=SAME, data={f"tekst-{reply}": "Nei.", "nokkel": "s2"}
    )
    assert too_deep.status_code == 403


async def test_only_ones_own_comment_is_taken_back(
    served: Served, her: httpx.AsyncClient, person: Any, session_cookie: Any, published: int
) -> None:
    ola = await person(name="Ola")
    number = await said(served, ola, published, "Jeg angrer.")
    data = {"forslag": str(published)}
    refused = await her.post(f"/nb/kommentar/{number}/trekk", headers=SAME, data=data)
    assert refused.status_code == 403
    her.cookies.clear()
    stranger = await her.post(f"/nb/kommentar/{number}/trekk", headers=SAME, data=data)
    assert stranger.headers["location"].startswith("/nb/logg-inn")
    her.cookies.update(await session_cookie(ola))
    done = await her.post(f"/nb/kommentar/{number}/trekk", headers=SAME, data=data)
    assert done.headers["location"] == f"/nb/forslag/{published}#kommentarer"
    her.cookies.clear()
    assert "Jeg angrer." not in (await her.get(f"/nb/forslag/{published}")).text
    assert (await her.get(f"/nb/kommentar/{number}")).status_code == 404


async def test_what_is_held_is_its_authors_alone(served: Served, person: Any, published: int) -> None:
    number = await add_comment(
        await person(name="Ola"), proposal_ref(published), "Hemmelig", Stance.FOR, "nb"
    )
    assert (await served.http.get(f"/nb/kommentar/{number}")).status_code == 404
    assert "Hemmelig" not in (await served.http.get(f"/nb/forslag/{published}")).text
    assert (await served.http.get(f"/nb/kommentar/{number}/meld")).status_code == 404


async def test_a_comment_is_reported(
    served: Served, her: httpx.AsyncClient, person: Any, published: int
) -> None:
    number = await said(served, await person(name="Ola"), published, "Kjøp klokker her.")
    page = await her.get(f"/nb/kommentar/{number}/meld")
    assert "Kjøp klokker her." in page.text
    sent = await her.post(f"/nb/kommentar/{number}/meld", headers=SAME, data={"grunn": "SPAM"})
    assert sent.headers["location"] == f"/nb/forslag/{published}"
    again = await her.post(f"/nb/kommentar/{number}/meld", headers=SAME, data={"grunn": "SPAM"})
    assert again.status_code == 409
