"""A resident follows a topic, and gets a letter when something happens there."""

import asyncio
import re
from typing import Any

from tests.browser.journeys.words import publish, something_new
from tests.browser.states import RESIDENT
from tests.browser.visitor import Visitor

FOLLOWER = "Tålmodig Hagespade"
ADDRESS = "hagespade@example.org"


async def letter(her: Visitor, containing: str) -> str:
    """The newest letter to her with that text, when it has come."""
    for _ in range(120):
        if found := [text for text in her.site.letters(containing) if ADDRESS in text]:
            return found[-1]
        await asyncio.sleep(0.25)
    raise AssertionError(f"no letter says {containing}")


async def confirm_address(her: Visitor) -> None:
    """Give an address and open the link in the letter that comes."""
    await her.go("/nb/min-side/profil")
    if await her.page.get_by_text(ADDRESS).count():
        return
    await her.fill("E-postadresse", ADDRESS)
    await (
        her.page.locator("form", has=her.page.get_by_label("E-postadresse"))
        .get_by_role("button")
        .first.click()
    )
    text = await letter(her, "/min-side/epost/")
    link = re.search(r"/min-side/epost/[\w-]+", text)
    assert link is not None
    await her.go(link.group())
    await her.click("Bekreft adressen")
    await her.sees(ADDRESS)


async def want_letters(her: Visitor, kind: str) -> None:
    """Ask for letters of that kind, which few people want of everything."""
    await her.go("/nb/min-side/varsler/innstillinger")
    await her.page.get_by_role("row", name=kind).get_by_role("checkbox").last.check()
    await her.click("Lagre")


async def test_she_follows_a_topic_and_gets_a_letter(visit: Any, javascript: bool) -> None:
    title = something_new("Gatelys langs turveien")
    async with visit(FOLLOWER, javascript=javascript) as her:
        await confirm_address(her)
        await want_letters(her, "Nytt forslag i et tema du følger")
        await her.go("/nb/tema/klimastrategi-2030")
        if await her.button("Følg temaet").count():
            await her.click("Følg temaet")
        await her.sees("Slutt å følge")
        async with visit(RESIDENT, javascript=javascript) as author:
            await author.go("/nb/forslag/nytt?tema=klimastrategi-2030")
            await author.fill("Tittel", title)
            await author.fill(
                "Forslaget ditt", "Med lys langs turveien går flere til butikken i stedet for å kjøre."
            )
            await author.click("Neste: sted")
            await author.click("Neste: se over")
            await author.click("Send inn forslaget")
        await letter(her, title.split(" (")[1].rstrip(")"))


async def test_a_proposal_is_followed_until_she_has_heard_enough(visit: Any, javascript: bool) -> None:
    async with visit(RESIDENT, javascript=javascript) as author:
        number = await publish(author, something_new())
    async with visit(FOLLOWER, javascript=javascript) as her:
        await her.go(f"/nb/forslag/{number}")
        await her.click("Følg forslaget")
        await her.sees("Slutt å følge")
        await her.go(f"/nb/forslag/{number}")
        await her.click("Slutt å følge")
        await her.sees("Følg forslaget")
