"""On the narrowest phone, and with letters twice as large on a common one, nothing is wider than the screen.

Every page in every state, as it is and with long Norwegian words wherever text stands (WCAG 1.4.4 and 1.4.10).
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.browser.states import STATES

SCREENS = {
    "320 px": ({"width": 320, "height": 640}, "100%"),
    "200 % on 390 px": ({"width": 390, "height": 844}, "200%"),
}
_LARGER = "size => { document.documentElement.style.fontSize = size; }"
_LONGER = """() => {
    const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode;
        if (text.parentElement.closest("script, textarea, option, pre, .map")) continue;
        text.textContent = text.textContent.replace(/[A-Za-zÆØÅæøå]{4,}/, "Trafikksikkerhetstiltaksplan");
    }
}"""
_TOO_WIDE = """() => [
    ...[document.documentElement.scrollWidth - innerWidth].filter(more => more > 0).map(more => `the page by ${more}`),
    ...[...document.querySelectorAll("body *")]
        .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1
            && !e.closest(".scroll-x, pre, .map, .ds-sr-only"))
        .map(e => e.outerHTML.slice(0, 80)),
]"""


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("who", sorted({state.who or "" for state in STATES}))
async def test_nothing_is_wider_than_the_screen(visit: Any, screen: str, who: str) -> None:
    viewport, size = SCREENS[screen]
    found = []
    async with visit(who or None, viewport=viewport) as visitor:
        for state in (state for state in STATES if state.who == (who or None)):
            await visitor.go(state.path)
            await visitor.page.evaluate(_LARGER, size)
            found += [f"{state.name}: {wide}" for wide in await visitor.page.evaluate(_TOO_WIDE)]
            await visitor.page.evaluate(_LONGER)
            found += [f"{state.name}, long words: {wide}" for wide in await visitor.page.evaluate(_TOO_WIDE)]
    assert found == []


_TOPS = "names => names.map(name => document.querySelector(name).getBoundingClientRect().top)"


async def test_count_and_button_stand_under_the_title(visit: Any) -> None:
    async with visit(viewport={"width": 390, "height": 844}) as visitor:
        await visitor.go("/nb/forslag/14")
        names = ["h1", ".support-count", "#stotte .ds-button", ".proposal-text", ".map", "[href$='/meld']"]
        tops = await visitor.page.evaluate(_TOPS, names)
        assert tops == sorted(tops)
        assert tops[2] < 800


async def test_paper_has_what_is_read_with_address_and_date(visit: Any) -> None:
    async with visit() as visitor:
        await visitor.go("/nb/forslag/14")
        shown = "names => names.filter(name => document.querySelector(name)?.checkVisibility())"
        left_out = ["form", "button", ".ds-button", "nav", ".map", ".footer", "[href$='/meld']"]
        selectors = ["h1", ".support-count", ".proposal-text", ".timeline", ".comment .prose"]
        assert await visitor.page.evaluate(shown, [".print-only"]) == []
        await visitor.page.emulate_media(media="print")
        await visitor.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert await visitor.page.evaluate(shown, [*selectors, *left_out]) == selectors
        printed = await visitor.page.locator(".print-only").inner_text()
        assert printed.startswith(f"{visitor.site.url}/nb/forslag/14")
        assert str(datetime.now(UTC).year) in printed
