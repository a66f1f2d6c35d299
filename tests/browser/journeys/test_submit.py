"""A resident writes what she wants, hands it in, and sees it among the others."""

from typing import Any

from tests.browser.journeys.words import something_new, write
from tests.browser.states import RESIDENT


async def test_she_hands_in_a_proposal_and_sees_it_published(visit: Any, javascript: bool) -> None:
    title = something_new()
    async with visit(RESIDENT, javascript=javascript) as her:
        number = await write(
            her, title, "Det står hundre sykler i regnet hver dag. Et tak hadde gjort det lettere."
        )
        await her.go(f"/nb/forslag/{number}")
        await her.sees_after_reload("Åpent for støtte")
    async with visit(javascript=javascript) as stranger:
        await stranger.go("/nb/tema/mobilitetsstrategi")
        await stranger.click(title)
        await stranger.sees("hundre sykler i regnet")


async def test_what_identifies_somebody_is_pointed_at_and_nothing_is_lost(
    visit: Any, javascript: bool
) -> None:
    title = something_new("Ring meg om bysykler")
    async with visit(RESIDENT, javascript=javascript) as her:
        await her.go("/nb/forslag/nytt?tema=mobilitetsstrategi")
        await her.fill("Tittel", title)
        await her.fill("Forslaget ditt", "Ta kontakt med meg på 412 34 567 om dere vil ha hjelp til dette.")
        await her.click("Neste: sted")
        await her.sees("412 34 567")
        assert await her.page.get_by_label("Tittel").input_value() == title
        await her.fill("Forslaget ditt", "Jeg hjelper gjerne til med å få dette på plass, si ifra her.")
        await her.click("Neste: sted")
        await her.sees("Hvor gjelder det?")
