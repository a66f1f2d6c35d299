"""Reading proposals: the list, one of them for each who looks, its texts, its card, and what one does by a button."""

import io
from dataclasses import replace
from typing import Any

import httpx
from PIL import Image

from backend.moderation.service import screen_content
from backend.platform.authz import Role
from backend.platform.database import fetch_value
from backend.proposals.service import ProposalInput, create_proposal, edit_proposal, submit_proposal
from tests.fixtures.server import WORDS, Served
from tests.fixtures.waiting import until
from tests.proposals.support import draft, edited

SAME = {"sec-fetch-site": "same-origin"}


async def log_in(served: Served, session_cookie: Any, actor: Any) -> httpx.AsyncClient:
    """From here on the requests are this person's."""
    served.http.cookies.clear()
    served.http.cookies.update(await session_cookie(actor))
    return served.http


async def supports(number: int) -> int:
    """How many stand behind it now: every second event of a person ends their support."""
    found: int = await fetch_value(
        """SELECT count(*) FROM (SELECT FROM support_event WHERE proposal_id = $1
                                 GROUP BY account_id HAVING count(*) % 2 = 1) AS standing""",
        number,
    )
    return found


async def test_a_stranger_reads_and_is_led_to_the_login(served: Served, published: int) -> None:
    page = await served.http.get(f"/nb/forslag/{published}")
    assert page.status_code == 200
    assert WORDS.title in page.text
    assert "Neste: svar fra kommunen" in page.text
    assert f"/nb/logg-inn?til=/nb/forslag/{published}" in page.text
    assert f'content="{served.url}/nb/forslag/{published}/kort.png"' in page.text
    assert "<form" not in page.text
    assert page.headers["cache-control"] == "public, max-age=0, must-revalidate"


async def test_the_list_says_what_the_address_asks(served: Served, published: int) -> None:
    narrowed = ("sok=sykkelvei", "tema=mobilitetsstrategi", "status=apne&sorter=mest-stottet")
    for query in ("", *narrowed, "sorter=ventet", "vis=kart"):
        page = await served.http.get(f"/nb/forslag?{query}")
        assert page.status_code == 200
        assert WORDS.title in page.text


async def test_a_list_of_nothing_says_what_to_do(served: Served, published: int) -> None:
    for query in ("sok=finnesikke", "tema=finnes-ikke", "status=besvart"):
        page = await served.http.get(f"/nb/forslag?{query}")
        assert page.status_code == 200
        assert WORDS.title not in page.text
        assert "Vis alle forslag" in page.text


async def test_a_search_says_how_many_it_found_and_for_which_words(served: Served, published: int) -> None:
    for query, shown in (
        ("sok=sykkelvei", "1 forslag"),
        ("sok=skkelvei", "Ingen forslag har ordene «skkelvei». Her er treff på «sykkelvei». 1 forslag"),
        ("sok=sykkelvei+romferge", "«sykkelvei romferge». Her er de som har noen av dem. 1 forslag"),
    ):
        for path in ("forslag", "tema/mobilitetsstrategi"):
            page = await served.http.get(f"/nb/{path}?{query}")
            assert WORDS.title in page.text, (path, query)
            assert shown in " ".join(page.text.split()), (path, query)
    hostile = await served.http.get("/nb/forslag?sok=%3Cb%3Esykkelvei")
    assert WORDS.title in hostile.text
    assert "Treff på «&lt;b&gt;sykkelvei»" in hostile.text
    nothing = await served.http.get("/nb/forslag?sok=finnesikke")
    assert "Ingen treff på «finnesikke»" in nothing.text
    assert "/nb/forslag/nytt" in nothing.text
    elsewhere = await served.http.get("/nb/tema/mobilitetsstrategi?sok=finnesikke")
    assert "/nb/forslag?sok=finnesikke" in elsewhere.text


async def test_the_best_match_is_offered_to_those_who_search(served: Served, published: int) -> None:
    searching = await served.http.get("/nb/forslag?sok=sykkelvei")
    assert '<option value="" selected>Beste treff</option>' in searching.text
    assert "Beste treff" not in (await served.http.get("/nb/forslag")).text
    by_age = await served.http.get("/nb/forslag?sok=sykkelvei&sorter=nyeste")
    assert '<option value="nyeste" selected>' in by_age.text


async def test_nonsense_in_the_address_is_no_fault_of_ours(served: Served, published: int) -> None:
    for query, status in (
        ("etter=x", 400),
        ("sted=x", 400),
        ("sok=" + "a" * 900, 400),
        ("tema=%00", 400),
        ("sok=%00%ff", 200),
        ("sorter=x&status=y", 200),
    ):
        assert (await served.http.get(f"/nb/forslag?{query}")).status_code == status, query


async def test_the_feed_is_the_list(served: Served, published: int) -> None:
    feed = await served.http.get("/nb/forslag/atom.xml?sok=sykkelvei")
    assert feed.headers["content-type"].startswith("application/atom+xml")
    assert f"/nb/forslag/{published}" in feed.text


async def test_what_one_may_not_know_of_is_not_found(
    served: Served, person: Any, topic_id: Any, session_cookie: Any
) -> None:
    author = await person(name="Forfatter")
    draft = await create_proposal(author, await topic_id(), WORDS, submit=False)
    paths = [
        f"/nb/forslag/{draft}{tail}" for tail in ("", "/versjoner", "/kort.png", "/strom", "/meld", "/trekk")
    ]
    paths += ["/nb/forslag/999999", f"/nb/forslag/{10**30}", "/nb/forslag/0", "/nb/kommentar/999999"]
    assert {(await served.http.get(path)).status_code for path in paths} == {404}
    http = await log_in(served, session_cookie, author)
    page = await http.get(f"/nb/forslag/{draft}")
    assert "Dette er et utkast" in page.text
    assert 'content="noindex"' in page.text
    # Whoever asks for the card: it is what others may see.
    assert (await http.get(f"/nb/forslag/{draft}/kort.png")).status_code == 404


async def test_support_by_a_plain_form_and_back(
    served: Served, published: int, person: Any, session_cookie: Any
) -> None:
    http = await log_in(served, session_cookie, await person(name="Nabo"))
    address = f"/nb/forslag/{published}"
    assert "Støtt forslaget" in (await http.get(address)).text
    for _ in range(2):
        sent = await http.post(f"{address}/stott", headers=SAME, data={"csrf": ""})
        assert (sent.status_code, sent.headers["location"]) == (303, f"{address}#stotte")
    page = await http.get(address)
    assert "Du støtter forslaget." in page.text
    assert "Trekk støtten" in page.text
    assert await supports(published) == 1
    await http.post(f"{address}/stott", headers=SAME, data={"slutt": "ja"})
    assert await supports(published) == 0


async def test_support_by_htmx_answers_the_box_alone(
    served: Served, published: int, person: Any, session_cookie: Any
) -> None:
    http = await log_in(served, session_cookie, await person(name="Nabo"))
    headers_sent = {**SAME, "hx-request": "true"}
    box = await http.post(f"/nb/forslag/{published}/stott", headers=headers_sent, data={"csrf": ""})
    assert box.status_code == 200
    assert "<html" not in box.text
    assert 'id="stotteknapp"' in box.text
    assert "Du støtter nå forslaget. 1 støtte." in box.text


async def test_who_may_not_support_reads_why(
    served: Served, fresh: Any, person: Any, topic_id: Any, session_cookie: Any, published: int
) -> None:
    author_id = await fetch_value("SELECT author_id FROM proposal WHERE id = $1", published)
    author = await person(name="En annen")
    own = type(author)(municipality_id=author.municipality_id, account_id=author_id)
    http = await log_in(served, session_cookie, own)
    assert "Du står allerede bak forslaget" in (await http.get(f"/nb/forslag/{published}")).text
    refused = await http.post(f"/nb/forslag/{published}/stott", headers=SAME, data={"csrf": ""})
    assert refused.status_code == 403
    box = await http.post(
        f"/nb/forslag/{published}/stott", headers={**SAME, "hx-request": "true"}, data={"csrf": ""}
    )
    assert "Du står allerede bak forslaget" in box.text
    assert await supports(published) == 0


async def test_a_stranger_and_another_site_change_nothing(
    served: Served, published: int, person: Any, session_cookie: Any
) -> None:
    address = f"/nb/forslag/{published}"
    for tail in ("stott", "folg", "send"):
        sent = await served.http.post(f"{address}/{tail}", headers=SAME, data={"csrf": ""})
        assert sent.status_code == 303
        assert sent.headers["location"].startswith("/nb/logg-inn?til=")
    partial = await served.http.post(
        f"{address}/stott", headers={**SAME, "hx-request": "true"}, data={"csrf": ""}
    )
    assert partial.headers["hx-redirect"].startswith("/nb/logg-inn?til=")
    http = await log_in(served, session_cookie, await person())
    for tail in ("stott", "folg", "send", "trekk", "meld", "kommentarer"):
        sent = await http.post(f"{address}/{tail}", headers={"sec-fetch-site": "cross-site"}, data={"a": "b"})
        assert sent.status_code == 403
    assert await supports(published) == 0


async def test_following_and_no_longer(
    served: Served, published: int, person: Any, session_cookie: Any
) -> None:
    http = await log_in(served, session_cookie, await person(name="Nabo"))
    address = f"/nb/forslag/{published}"
    await http.post(f"{address}/folg", headers=SAME, data={"csrf": ""})
    page = await http.get(address)
    assert "Slutt å følge" in page.text
    assert "Du følger forslaget." in page.text
    await http.post(f"{address}/folg", headers=SAME, data={"slutt": "ja"})
    assert "Følg forslaget" in (await http.get(address)).text


async def test_the_author_edits_and_withdraws_and_all_can_read_so(
    served: Served, person: Any, topic_id: Any, session_cookie: Any, published: int
) -> None:
    author_id = await fetch_value("SELECT author_id FROM proposal WHERE id = $1", published)
    author = type(await person())(municipality_id=served.settings.municipality, account_id=author_id)
    longer = ProposalInput(title=WORDS.title, body=WORDS.body.replace("barn", "alle barn"), language="nb")
    await edited(author, published, longer, expected_version=1)
    address = f"/nb/forslag/{published}"
    assert "Endret. Se 2 versjoner" in (await served.http.get(address)).text
    changes = await served.http.get(f"{address}/versjoner")
    assert "<ins>" in changes.text
    assert "Versjon 1" in changes.text
    http = await log_in(served, session_cookie, author)
    assert "Trekk forslaget" in (await http.get(address)).text
    too_long = await http.post(f"{address}/trekk", headers=SAME, data={"begrunnelse": "nei " * 600})
    assert too_long.status_code == 400
    assert "nei nei" in too_long.text
    done = await http.post(f"{address}/trekk", headers=SAME, data={"begrunnelse": "Det er bygd."})
    assert done.status_code == 303
    served.http.cookies.clear()

    async def is_withdrawn() -> bool:
        return "Forslaget er trukket" in (await served.http.get(address)).text

    # A kept page is dropped by a message, which may come a moment later.
    await until(is_withdrawn)
    page = await served.http.get(address)
    assert "Det er bygd." in page.text
    assert "Logg inn for å støtte" not in page.text


async def test_steps_of_a_draft_are_no_changes_to_its_readers(
    served: Served, person: Any, topic_id: Any
) -> None:
    author = await person()
    number = await draft(author, await topic_id())
    for version in (1, 2):
        words = replace(WORDS, title=f"{WORDS.title}, utgave {version}")
        await edit_proposal(author, number, words, expected_version=version)
    await submit_proposal(author, number)
    await screen_content(served.settings.municipality, "proposal", number, 3)
    address = f"/nb/forslag/{number}"
    assert "Endret." not in (await served.http.get(address)).text
    history = (await served.http.get(f"{address}/versjoner")).text
    assert ("Versjon 1" in history, "Versjon 3" in history) == (True, False)
    # The oldest that its readers get stands there whole.
    assert WORDS.body in history


async def test_the_card_is_a_picture_that_is_preserved(served: Served, published: int) -> None:
    card = await served.http.get(f"/nb/forslag/{published}/kort.png")
    assert Image.open(io.BytesIO(card.content)).size == (1200, 630)
    again = await served.http.get(
        f"/nb/forslag/{published}/kort.png", headers={"if-none-match": card.headers["etag"]}
    )
    assert again.status_code == 304


async def test_reporting_asks_for_a_ground_and_is_safe_to_repeat(
    served: Served, published: int, person: Any, session_cookie: Any
) -> None:
    address = f"/nb/forslag/{published}/meld"
    assert (await served.http.get(address)).headers["location"].startswith("/nb/logg-inn")
    http = await log_in(served, session_cookie, await person(name="Nabo"))
    assert "Hva er galt?" in (await http.get(address)).text
    empty = await http.post(address, headers=SAME, data={"tekst": "Dette er reklame", "nokkel": "k1"})
    assert empty.status_code == 400
    assert "Velg en grunn." in empty.text
    assert "Dette er reklame" in empty.text
    both = await http.post(address, headers=SAME, data={"tekst": "å" * 2001, "nokkel": "k0"})
    assert "Velg en grunn." in both.text
    assert "mellom 0 og 2000 tegn" in both.text.replace("\xa0", "").replace("2 000", "2000")
    for _ in range(2):
        sent = await http.post(address, headers=SAME, data={"grunn": "SPAM", "nokkel": "k1"})
        assert sent.status_code == 303
    assert await fetch_value("SELECT count(*) FROM report") == 1


async def test_a_planner_finds_the_way_to_the_case(
    served: Served, published: int, person: Any, session_cookie: Any
) -> None:
    http = await log_in(served, session_cookie, await person(name="Planlegger", role=Role.PLANNER))
    assert f"/nb/saksbehandling/forslag/{published}" in (await http.get(f"/nb/forslag/{published}")).text
