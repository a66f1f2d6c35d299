"""A draft that is open in two windows: what is typed stays, the other text is shown, and its writer chooses."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.journeys.words import something_new
from tests.browser.states import RESIDENT

BODY = "Det står hundre sykler i regnet hver dag. Et tak hadde gjort det lettere."
# Longer than the form waits between two times that it keeps itself.
AWHILE = 20_000


async def _type(page: Page, title: str) -> None:
    await page.get_by_label("Tittel").fill(title)
    await page.clock.run_for(AWHILE)


@pytest.mark.parametrize("keeps_own", [True, False])
async def test_neither_text_is_lost(visit: Any, keeps_own: bool) -> None:
    first, second, third = something_new("Første"), something_new("Andre"), something_new("Tredje")
    async with visit(RESIDENT, javascript=True) as her:
        await her.page.clock.install()
        # No topic is chosen, and the draft keeps itself all the same.
        await her.go("/nb/forslag/nytt")
        await her.fill("Forslaget ditt", BODY)
        await _type(her.page, first)
        await her.sees("Utkastet er lagret.")
        other = await her.page.context.new_page()
        await other.clock.install()
        await other.goto(her.page.url)
        await _type(other, second)
        await expect(other.get_by_text("Utkastet er lagret.")).to_be_visible()
        await _type(her.page, third)
        await her.sees("Velg hvilken tekst som skal gjelde.")
        await expect(her.page.get_by_text(second)).to_be_visible()
        assert await her.page.get_by_label("Tittel").input_value() == third
        await her.click("Behold det jeg skriver" if keeps_own else "Bruk teksten som er lagret")
        await expect(her.page.locator("#annen-tekst")).to_be_hidden()
        if keeps_own:
            await her.sees("Utkastet er lagret.")
        await other.reload()
        expected = third if keeps_own else second
        assert await her.page.get_by_label("Tittel").input_value() == expected
        assert await other.get_by_label("Tittel").input_value() == expected
