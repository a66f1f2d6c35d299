"""Pages for strangers are made once, given to all, and dropped when something in them changes."""

import asyncio
from typing import Any

import httpx

from backend.platform.database import execute, unit_of_work
from backend.platform.errors import LimitExceeded
from backend.platform.tags import changed
from tests.fixtures.server import Served
from web.page.cached_pages import key_of

PAGE = "/nb/tema/mobilitetsstrategi"


async def retitle(topic_id: int, title: str) -> None:
    """What an administrator's change does, without the rest of it."""
    async with unit_of_work():
        await execute(
            "UPDATE topic_text SET title = $1 WHERE language = 'nb' AND topic_id = $2", title, topic_id
        )
        await changed([f"topic:{topic_id}"])


async def test_a_page_is_cached_and_shown_apart_by_its_validator(served: Served) -> None:
    first = await served.http.get(PAGE)
    again = await served.http.get(PAGE, headers={"if-none-match": first.headers["etag"]})
    assert first.status_code == 200
    assert first.headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert (again.status_code, again.content) == (304, b"")


async def test_a_change_is_seen_at_once(served: Served, topic_id: Any) -> None:
    await served.http.get(PAGE)
    await retitle(await topic_id(), "Nytt navn på temaet")
    for _ in range(100):
        if "Nytt navn på temaet" in (await served.http.get(PAGE)).text:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the old page was still given out")


async def test_a_crowd_is_answered_by_one_making(served: Served) -> None:
    calls = 0
    ask = served.app.state.executor.run

    async def counted(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        return await ask(*arguments, **named)

    served.app.state.executor.run = counted
    pages = await asyncio.gather(*(served.http.get(PAGE) for _ in range(20)))
    assert {page.status_code for page in pages} == {200}
    assert len({page.content for page in pages}) == 1
    assert calls == 1


async def test_who_is_logged_in_gets_a_page_of_their_own(
    served: Served, person: Any, session_cookie: Any
) -> None:
    await served.http.get(PAGE)
    async with httpx.AsyncClient(base_url=served.url) as browser:
        browser.cookies.update(await session_cookie(await person(name="Ordentlig Fiolin")))
        own = await browser.get(PAGE)
    stranger = await served.http.get(PAGE)
    assert own.headers["cache-control"] == "private, no-store"
    assert "Ordentlig Fiolin" in own.text
    assert "Ordentlig Fiolin" not in stranger.text


async def test_the_encoding_is_the_one_the_browser_takes(served: Served) -> None:
    plain = await served.http.get(PAGE, headers={"accept-encoding": "identity"})
    squeezed = await served.http.get(PAGE, headers={"accept-encoding": "br"})
    assert "content-encoding" not in plain.headers
    assert squeezed.headers["content-encoding"] == "br"
    assert squeezed.text == plain.text


async def test_a_chosen_place_makes_another_page(served: Served) -> None:
    chosen = await served.http.get("/nb/?sted=nowhere")
    assert "samskap-sted" in chosen.headers["set-cookie"]
    with_cookie = await served.http.get("/nb/", headers={"cookie": "samskap-sted=nowhere"})
    assert with_cookie.status_code == 200


def scope(**headers: str) -> dict[str, Any]:
    return {
        "path": "/nb/",
        "query_string": b"",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }


def test_what_may_be_about_somebody_is_cached_for_nobody() -> None:
    assert key_of(scope(), b"samskap=") is not None
    assert key_of(scope(cookie="samskap=secret"), b"samskap=") is None
    assert key_of(scope(authorization="Bearer x"), b"samskap=") is None
    assert key_of(scope(hx_request="true"), b"samskap=") is None
    assert key_of(scope(cookie="samskap-melding=following"), b"samskap=") is None
    assert key_of({**scope(), "query_string": b"x" * 2000}, b"samskap=") is None


def test_the_place_of_a_page_is_the_one_its_key_names() -> None:
    """However oddly the cookie is written: else anybody could have the front page of their place kept for all."""
    plain = key_of(scope(cookie="samskap-sted=A"), b"samskap=")
    assert plain != key_of(scope(), b"samskap=")
    for odd in ("samskap-sted =A", 'samskap-sted="A"', "samskap-sted=B; samskap-sted=A"):
        assert key_of(scope(cookie=odd), b"samskap=") == plain
    twice = scope()
    twice["headers"] = [(b"cookie", b"samskap-sted=B"), (b"cookie", b"samskap-sted=A")]
    assert key_of(twice, b"samskap=") == plain
    assert key_of({**scope(cookie="samskap-sted=c"), "query_string": b"a|b"}, b"samskap=") != key_of(
        {**scope(cookie="samskap-sted=b|c"), "query_string": b"a"}, b"samskap="
    )


async def test_who_asks_too_often_is_refused_alone(served: Served) -> None:
    """Somebody else who asks at the same moment gets the page."""
    check, calls = served.app.state.rates.check, 0

    async def first_is_too_much(*arguments: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            await asyncio.sleep(0.2)
            raise LimitExceeded("too_often", "For ofte.")
        await check(*arguments)

    served.app.state.rates.check = first_is_too_much
    pages = await asyncio.gather(*(served.http.get(PAGE) for _ in range(3)))
    assert sorted(page.status_code for page in pages) == [200, 200, 429]
