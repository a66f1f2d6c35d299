"""Counts that follow what happens, and the differences and cards that are made without a server."""

import asyncio
from collections.abc import AsyncIterator
from time import process_time
from typing import Any

import pytest

from backend.proposals import supports
from tests.fixtures.server import Served
from web.proposals import live
from web.proposals.cards import draw
from web.proposals.differences import difference
from web.proposals.reading import version_change


async def next_event(lines: AsyncIterator[str]) -> str:
    """The next event's data."""
    found: list[str] = []
    async for line in lines:
        if line.startswith("data: "):
            found.append(line.removeprefix("data: "))
        elif found and not line:
            break
    return "\n".join(found)


async def test_a_support_is_shown_to_all_who_look(served: Served, published: int, person: Any) -> None:
    async with served.http.stream("GET", f"/nb/forslag/{published}/strom") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.aiter_lines()
        async with asyncio.timeout(10):
            assert "0 støtter" in await next_event(lines)
        await supports.support(await person(name="Nabo"), published)
        async with asyncio.timeout(10):
            assert "1 støtte<" in await next_event(lines)
    async with asyncio.timeout(10):
        while served.app.state.live._rooms:  # noqa: ASYNC110 - the server tells nobody that a stream has ended
            await asyncio.sleep(0.02)
    assert not served.app.state.live._addresses


async def test_streams_are_bounded_show_life_and_end_with_the_process(
    served: Served, published: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_FROM_ONE_ADDRESS", 1)
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.05)
    async with served.http.stream("GET", f"/nb/forslag/{published}/strom") as stream:
        lines = stream.aiter_lines()
        await next_event(lines)
        full = await served.http.get(f"/nb/forslag/{published}/strom")
        assert full.status_code == 204
        async with asyncio.timeout(10):
            assert (await anext(lines)) == ": "
            served.app.state.live.close()
            async for _ in lines:
                pass
    assert (await served.http.get(f"/nb/forslag/{published}/strom")).status_code == 204


def test_a_difference_tells_words_and_leaves_out_what_stayed() -> None:
    before = "En trygg vei.\n\nFor alle.\n\nOgså barn.\n\nTakk."
    after = "En trygg sykkelvei.\n\nFor alle.\n\nOgså barn.\n\nTakk skal dere ha."
    kinds = [(piece.kind, piece.text.strip()) for piece in difference(before, after)]
    assert ("removed", "vei.") in kinds
    assert ("added", "sykkelvei.") in kinds
    assert ("left_out", "") in kinds
    joined = "".join(piece.text for piece in difference("a b c", "a x c") if piece.kind != "removed")
    assert joined == "a x c"
    assert difference("lik", "lik")[0].kind == "same"


def test_a_difference_is_of_what_is_shown_and_of_where_links_lead() -> None:
    def changed(before: str, after: str) -> dict[str, Any]:
        return version_change({"title": "A", "body": after}, [{"title": "A", "body": before}])

    assert changed("Vi vil **ha** bru", "Vi vil ha bru") | {"version": None} == {
        "version": None,
        "title": None,
        "body": None,
        "is_restyled": True,
    }
    pieces = changed("En [bru](https://a.no/1) nå", "En *[bru](https://a.no/2)* nå")["body"]
    assert [(piece.kind, piece.text) for piece in pieces if piece.kind != "same"] == [
        ("removed", "(https://a.no/1)"),
        ("added", "(https://a.no/2)"),
    ]


@pytest.mark.parametrize("text", ["a b " * 2_400, "a\n" * 5_000, "ab" * 5_000])
def test_a_difference_of_hostile_texts_takes_no_time(text: str) -> None:
    assert "".join(piece.text for piece in difference(text, "") if piece.kind == "removed") == text
    assert difference(text, text[::-1])


def test_a_difference_made_to_be_dear_is_shown_whole() -> None:
    # Every second line is new, and every other one stands in fifty places: difflib alone takes a minute.
    before = [chr(0x4E00 + place % 100) for place in range(5_000)]
    after = [line for place in range(2_500) for line in (before[place], chr(0x6E00 + place))]
    began = process_time()
    pieces = difference("\n".join(before), "\n".join(after))
    assert process_time() - began < 2
    assert [piece.kind for piece in pieces] == ["removed", "added"]


@pytest.mark.parametrize("title", ["W" * 140, "🙂" * 70, "Čáhcesuolu båthavn", "kort", "ord " * 35])
def test_a_card_is_drawn_of_any_title(title: str) -> None:
    assert (
        draw(title, "Besvart", "Et tema med et ganske langt navn " * 4, "Samskap", "#0b5563")[:4]
        == b"\x89PNG"
    )
