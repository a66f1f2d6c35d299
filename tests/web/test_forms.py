"""Whose forms are taken, and what a form may be."""

from typing import Any

import httpx
import pytest

from tests.fixtures.server import Served

FOLLOW = "/nb/tema/mobilitetsstrategi/folg"


@pytest.fixture
async def her(served: Served, person: Any, session_cookie: Any) -> httpx.AsyncClient:
    served.http.cookies.update(await session_cookie(await person()))
    return served.http


async def fields(http: httpx.AsyncClient, topic_id: Any) -> dict[str, str]:
    page = await http.get("/nb/tema/mobilitetsstrategi")
    token = page.text.split('name="csrf" value="')[1].split('"')[0]
    return {"tema": str(await topic_id()), "csrf": token}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "none", "origin": "https://evil.example"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
    ],
)
async def test_the_browsers_word_comes_first(
    her: httpx.AsyncClient, topic_id: Any, headers: dict[str, str], status: int
) -> None:
    sent = await her.post(FOLLOW, data=await fields(her, topic_id), headers=headers)
    assert sent.status_code == status


async def test_without_the_browsers_word_the_token_decides(
    served: Served, her: httpx.AsyncClient, topic_id: Any
) -> None:
    filled = await fields(her, topic_id)
    own = await her.post(FOLLOW, data=filled, headers={"origin": served.url})
    with_token = await her.post(FOLLOW, data=filled)
    without = await her.post(FOLLOW, data={**filled, "csrf": ""})
    forged = await her.post(FOLLOW, data={**filled, "csrf": filled["csrf"][:-1] + "x"})
    assert [own.status_code, with_token.status_code] == [303, 303]
    assert [without.status_code, forged.status_code] == [403, 403]


async def test_no_two_pages_show_the_same_token(her: httpx.AsyncClient, topic_id: Any) -> None:
    assert (await fields(her, topic_id))["csrf"] != (await fields(her, topic_id))["csrf"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"tema=%ff%fe", "application/x-www-form-urlencoded"),
        (b"&".join(b"a=b" for _ in range(1000)), "application/x-www-form-urlencoded"),
        (b'{"tema": 1}', "application/json"),
        (b"tema=" + b"9" * 400_000, "application/x-www-form-urlencoded"),
        (b"tema=x", "application/x-www-form-urlencoded"),
    ],
)
async def test_what_is_no_form_is_refused_as_a_page(
    her: httpx.AsyncClient, content: bytes, kind: str
) -> None:
    headers = {"content-type": kind, "sec-fetch-site": "same-origin"}
    sent = await her.post(FOLLOW, content=content, headers=headers)
    assert sent.status_code == 400
    assert "<h1" in sent.text


async def test_a_stranger_is_prompted_to_log_in(served: Served, topic_id: Any) -> None:
    sent = await served.http.post(
        FOLLOW, data={"tema": str(await topic_id())}, headers={"sec-fetch-site": "same-origin"}
    )
    assert sent.status_code == 303
    assert sent.headers["location"].startswith("/nb/logg-inn?til=")
