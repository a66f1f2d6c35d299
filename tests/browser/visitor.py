"""Somebody's browser, and the words in which journeys are written."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Error, Locator, Page, expect

from tests.browser.site import Site

EMPLOYEES = ("Grundig Linjal", "Rettferdig Vektskål", "Vaken Fyrlykt", "Ryddig Nøkkelknippe")
# Map tiles come from a host that a test machine does not reach; the map is made to do without.
_EXPECTED = re.compile(
    r"ERR_NAME_NOT_RESOLVED|ERR_INTERNET_DISCONNECTED|ERR_BLOCKED|status of 4\d\d|GL Driver Message|WebGL"
)
_MILLISECONDS = 15_000


@dataclass
class Visitor:
    """A page with what its browser complained about."""

    page: Page
    site: Site
    complaints: list[str] = field(default_factory=list)

    async def go(self, path: str) -> None:
        """Open a page of the site."""
        await self.page.goto(self.site.url + path)

    async def click(self, text: str) -> None:
        """Press the link or button with that name."""
        await self.button(text).first.click()

    def button(self, text: str) -> Locator:
        """The links and buttons with that name, and what opens details."""
        return (
            self.page.get_by_role("link", name=text, exact=True)
            .or_(self.page.get_by_role("button", name=text, exact=True))
            .or_(self.page.locator("summary").get_by_text(text, exact=True))
        )

    async def fill(self, label: str, text: str) -> None:
        """Write into the field with that label."""
        await self.page.get_by_label(label).first.fill(text)

    async def sees(self, text: str) -> None:
        """Wait until the text can be seen."""
        await expect(self.page.get_by_text(text).first).to_be_visible(timeout=_MILLISECONDS)

    async def does_not_see(self, text: str) -> None:
        """The text is nowhere on the page."""
        await expect(self.page.get_by_text(text)).to_have_count(0)

    async def sees_after_reload(self, text: str) -> None:
        """Reload until the text can be seen: workers need a moment."""
        for _ in range(60):
            # A page that turns itself anew may be doing so just now.
            with suppress(Error):
                await self.page.reload()
            if await self.page.get_by_text(text).first.is_visible():
                return
            await self.page.wait_for_timeout(250)
        raise AssertionError(f"«{text}» did not appear on {self.page.url}")

    async def log_in(self, name: str) -> None:
        """Through the trial provider, as this person."""
        provider = "entra" if name in EMPLOYEES else "idporten"
        await self.go(f"/login/{provider}?return_to=/nb/")
        await self.page.get_by_text(name).first.click()
        await self.page.wait_for_url(f"{self.site.url}/**")
        if "/velkommen" in self.page.url:
            await self.go("/nb/")

    def on_console(self, message: ConsoleMessage) -> None:
        """Note what the browser's console says, if it is a fault of the page's."""
        if message.type == "error" and not _EXPECTED.search(message.text):
            self.complaints.append(message.text)


@asynccontextmanager
async def visiting(
    browser: Browser, site: Site, name: str | None = None, **options: Any
) -> AsyncIterator[Visitor]:
    """A browser of its own; complaints fail when the visit ends. `javascript=False` switches scripts off."""
    scripts = options.pop("javascript", True)
    context: BrowserContext = await browser.new_context(
        java_script_enabled=scripts,
        viewport=options.pop("viewport", {"width": 1280, "height": 900}),
        locale="nb-NO",
        **options,
    )
    page = await context.new_page()
    visitor = Visitor(page, site)
    page.on("console", visitor.on_console)
    page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
    try:
        if name:
            await visitor.log_in(name)
        yield visitor
        assert not visitor.complaints, visitor.complaints
    finally:
        await context.close()
