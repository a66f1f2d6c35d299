"""axe-core (WCAG 2.0 to 2.2, A and AA, and best practices) finds nothing, on any page in any state."""

from typing import Any

import pytest

from tests.browser.states import STATES, State
from web.build import PACKAGES

AXE = (PACKAGES / "axe-core" / "axe.min.js").read_text()
_RUN = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.map(
    v => v.id + ": " + v.nodes.map(n => n.target.join(" ")).join(" | "))"""
# A wide screen by day, and the narrowest phone by night.
LOOKS = {
    "wide": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "narrow-dark": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
}


@pytest.fixture(params=LOOKS)
def look(request: pytest.FixtureRequest) -> Any:
    return LOOKS[request.param]


@pytest.mark.parametrize("who", sorted({state.who or "" for state in STATES}))
async def test_nothing_is_in_anybodys_way(visit: Any, look: Any, who: str) -> None:
    found = []
    async with visit(who or None, **look) as visitor:
        for state in (state for state in STATES if state.who == (who or None)):
            response = await visitor.page.goto(visitor.site.url + state.path)
            assert response.status == state.status, state
            await visitor.page.evaluate(AXE)
            found += [f"{state.name}: {violation}" for violation in await visitor.page.evaluate(_RUN)]
            wide = await visitor.page.evaluate("document.documentElement.scrollWidth > innerWidth")
            found += [f"{state.name}: is wider than the screen"] if wide else []
            found += await _order(visitor, state)
    assert found == []


async def _order(visitor: Any, state: State) -> list[str]:
    """One main heading, headings that skip no level, one main landmark, and a way past the menu first of all."""
    levels = await visitor.page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].filter(h => h.checkVisibility()).map(h => +h.tagName[1])"
    )
    skipped = [b for a, b in zip([0, *levels], levels, strict=False) if b > a + 1]
    mains = await visitor.page.locator("main").count()
    first = await visitor.page.evaluate("document.querySelector('a,button,input').getAttribute('href')")
    faults = [] if levels.count(1) == 1 else [f"{state.name}: {levels.count(1)} main headings"]
    faults += [f"{state.name}: headings {levels}"] if skipped else []
    faults += [] if mains == 1 else [f"{state.name}: {mains} main landmarks"]
    return faults + ([] if first == "#innhold" else [f"{state.name}: begins with {first}"])
