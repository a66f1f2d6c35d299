"""A resident stands behind what another one proposed, and changes her mind."""

from typing import Any

from tests.browser.journeys.words import publish, something_new
from tests.browser.states import RESIDENT

SUPPORTER = "Tålmodig Hagespade"


async def test_she_supports_and_withdraws(visit: Any, javascript: bool) -> None:
    async with visit(RESIDENT, javascript=javascript) as author:
        number = await publish(author, something_new())
        await author.sees("0 støtter")
    async with visit(SUPPORTER, javascript=javascript) as her:
        await her.go(f"/nb/forslag/{number}")
        await her.click("Støtt forslaget")
        await her.sees("1 støtte")
        await her.sees("Du støtter forslaget.")
        await her.page.reload()
        await her.click("Trekk støtten")
        await her.sees("0 støtter")


async def test_a_stranger_is_led_to_the_login_and_back(visit: Any, javascript: bool) -> None:
    async with visit(javascript=javascript) as stranger:
        await stranger.go("/nb/forslag?status=apne")
        await stranger.page.locator("a.card-link").first.click()
        proposal = stranger.page.url
        await stranger.click("Logg inn for å støtte")
        await (
            stranger.page.get_by_role("link", name="ID-porten")
            .or_(stranger.page.get_by_role("button", name="ID-porten"))
            .first.click()
        )
        await stranger.page.get_by_text(SUPPORTER).first.click()
        await stranger.page.wait_for_url(proposal)
