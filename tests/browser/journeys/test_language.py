"""A reader of Nynorsk chooses it once, and keeps it."""

from typing import Any

from playwright.async_api import expect


async def test_the_language_is_changed_and_remembered(visit: Any, javascript: bool) -> None:
    async with visit(javascript=javascript) as reader:
        await reader.go("/nb/tema/mobilitetsstrategi")
        await reader.click("Nynorsk")
        await expect(reader.page).to_have_url(f"{reader.site.url}/nn/tema/mobilitetsstrategi")
        await expect(reader.page.locator("html")).to_have_attribute("lang", "nn")
        await reader.go("/")
        await expect(reader.page).to_have_url(f"{reader.site.url}/nn/")
        await reader.click("English")
        await expect(reader.page.locator("h1")).to_contain_text("together")
