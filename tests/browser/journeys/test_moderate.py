"""A text is held, and a moderator decides: published, or not and why."""

from typing import Any

from tests.browser.journeys.words import something_new, write
from tests.browser.states import MODERATOR, RESIDENT
from tests.browser.visitor import Visitor

# More links than a proposal needs make a moderator look at it first.
LINKS = " ".join(f"https://example.org/side-{number}" for number in range(8))
HELD = f"Se her hva andre har gjort med sykkelparkering, det er mye å lære av dem: {LINKS}"


async def open_case(moderator: Visitor, title: str) -> None:
    await moderator.go("/nb/moderering")
    await moderator.sees_after_reload(title)
    await moderator.click(title)
    await moderator.sees("Avgjør saken")


async def test_held_and_then_published(visit: Any, javascript: bool) -> None:
    title = something_new()
    async with visit(RESIDENT, javascript=javascript) as author:
        number = await write(author, title, HELD)
        async with visit(MODERATOR, javascript=javascript) as moderator:
            await open_case(moderator, title)
            await moderator.page.get_by_label("Godkjenn").first.check()
            await moderator.click("Avgjør")
            await moderator.does_not_see(title)
        await author.go(f"/nb/forslag/{number}")
        await author.sees_after_reload("Åpent for støtte")


async def test_held_and_then_rejected_with_a_reason(visit: Any, javascript: bool) -> None:
    title = something_new()
    async with visit(RESIDENT, javascript=javascript) as author:
        number = await write(author, title, HELD)
        async with visit(MODERATOR, javascript=javascript) as moderator:
            await open_case(moderator, title)
            await moderator.page.get_by_label("Ikke publiser").first.check()
            await moderator.click("Avgjør")
            await moderator.sees("Avgjør saken")
            await moderator.page.get_by_label("Ikke publiser").first.check()
            await moderator.page.get_by_label("Grunn", exact=True).select_option("SPAM")
            await moderator.fill(
                "Begrunnelse til forfatteren", "Ta bort de fleste lenkene, så hjelper vi deg."
            )
            await moderator.click("Avgjør")
        await author.go(f"/nb/forslag/{number}")
        await author.sees_after_reload("Ta bort de fleste lenkene")


async def test_the_first_decision_counts_and_the_second_keeps_its_words(visit: Any) -> None:
    title = something_new()
    async with visit(RESIDENT) as author:
        await write(author, title, HELD)
    async with visit(MODERATOR) as first, visit("Vaken Fyrlykt") as second:
        await open_case(first, title)
        await open_case(second, title)
        await first.page.get_by_label("Godkjenn").first.check()
        await first.click("Avgjør")
        await second.page.get_by_label("Ikke publiser").first.check()
        await second.page.get_by_label("Grunn", exact=True).select_option("SPAM")
        await second.fill("Begrunnelse til forfatteren", "Dette var det mange lenker i.")
        await second.click("Avgjør")
        await second.sees("Slik ble saken avgjort")
        await second.sees("Dette var det mange lenker i.")
