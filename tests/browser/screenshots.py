"""`make screenshots`: twelve main pages at three widths, by day and by night, of a running site with demo content."""

import asyncio
import sys
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.site import Site, running_site
from tests.browser.states import ADMIN, MODERATOR, PLANNER, RESIDENT
from tests.browser.visitor import visiting

WIDTHS = (320, 768, 1280)
SCHEMES = ("light", "dark")
PAGES = (
    ("front", "/nb/", None),
    ("topic", "/nb/tema/mobilitetsstrategi", None),
    ("proposals", "/nb/forslag", None),
    ("proposal", "/nb/forslag?sorter=mest-stottet", None),
    ("write", "/nb/forslag/nytt?tema=mobilitetsstrategi", RESIDENT),
    ("my-page", "/nb/min-side", RESIDENT),
    ("notifications", "/nb/min-side/varsler", RESIDENT),
    ("planner", "/nb/saksbehandling", PLANNER),
    ("planner-list", "/nb/saksbehandling/forslag", PLANNER),
    ("moderator", "/nb/moderering", MODERATOR),
    ("admin", "/nb/administrasjon", ADMIN),
    ("about", "/nb/om", None),
)


async def _take(browser: Browser, site: Site, folder: Path, who: str | None, scheme: str) -> None:
    async with visiting(browser, site, who, color_scheme=scheme) as visitor:
        for name, path, owner in PAGES:
            if owner != who:
                continue
            await visitor.go(path)
            if name == "proposal":
                await visitor.page.locator("a.card-link").first.click()
                await visitor.page.wait_for_url("**/forslag/*")
            for width in WIDTHS:
                await visitor.page.set_viewport_size({"width": width, "height": 900})
                await visitor.page.wait_for_timeout(400)
                await visitor.page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)


async def take_all(folder: Path) -> None:
    """Put all pictures into the folder."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    with running_site() as site:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
            for who in dict.fromkeys(who for _, _, who in PAGES):
                for scheme in SCHEMES:
                    await _take(browser, site, folder, who, scheme)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(take_all(Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots")))
