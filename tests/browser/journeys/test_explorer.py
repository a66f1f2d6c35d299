"""Somebody tries the API out where its page says they can."""

from typing import Any

from playwright.async_api import expect


async def test_the_explorer_comes_up_and_answers(visit: Any) -> None:
    async with visit() as somebody:
        await somebody.go("/nb/om/api/utforsk")
        page = somebody.page
        await expect(page.locator(".graphiql-query-editor")).to_be_visible(timeout=15_000)
        await page.locator(".graphiql-execute-button").click()
        await expect(page.locator(".result-window")).to_contain_text("supportCount", timeout=15_000)
        assert await page.locator(".graphiql-query-editor textarea").get_attribute("aria-label")
