"""At 400 % nothing is cut off, and the field one writes in stays in sight (WCAG 1.4.10 and 2.4.11)."""

from typing import Any

import pytest

from tests.browser.states import MODERATOR, PLANNER, RESIDENT

# What a window of 1280 × 1024 shows at 400 %.
ZOOMED = {"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4}
_CUT_OFF = """() => [...document.querySelectorAll("main *")]
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1
        && !e.closest(".scroll-x, pre, .map, .ds-sr-only"))
    .map(e => e.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize(
    ("who", "path"),
    [
        (None, "/nb/"),
        (None, "/nb/forslag/14"),
        (RESIDENT, "/nb/forslag/nytt?tema=mobilitetsstrategi"),
        (RESIDENT, "/nb/min-side/varsler/innstillinger"),
        (PLANNER, "/nb/saksbehandling/forslag"),
        (MODERATOR, "/nb/moderering"),
    ],
)
async def test_nothing_is_cut_off(visit: Any, who: str | None, path: str) -> None:
    async with visit(who, **ZOOMED) as visitor:
        await visitor.go(path)
        assert await visitor.page.evaluate(_CUT_OFF) == []


async def test_the_field_with_the_focus_is_in_sight(visit: Any) -> None:
    async with visit(RESIDENT, **ZOOMED) as visitor:
        await visitor.go("/nb/forslag/nytt?tema=mobilitetsstrategi")
        for _ in range(30):
            await visitor.page.keyboard.press("Tab")
            seen = await visitor.page.evaluate(
                "() => { const b = document.activeElement.getBoundingClientRect();"
                " return b.bottom > 0 && b.top < innerHeight; }"
            )
            assert seen, await visitor.page.evaluate("document.activeElement.outerHTML")
