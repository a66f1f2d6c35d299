"""A planner answers, those concerned are told, and everybody reads what became of it."""

from typing import Any

from tests.browser.journeys.words import publish, something_new
from tests.browser.states import PLANNER, RESIDENT
from tests.browser.visitor import Visitor

ANSWER = "Vi setter opp tak over halve sykkelparkeringen før vinteren. Resten må vente på byggingen av den nye plassen."


async def answer(planner: Visitor, number: int) -> None:
    await planner.go(f"/nb/saksbehandling/forslag/{number}")
    await planner.page.get_by_label("Tas delvis til følge").first.check()
    await planner.page.locator("textarea[name=begrunnelse]").first.fill(ANSWER)
    await planner.click("Se hvordan det blir")
    await planner.sees("Slik leser innbyggerne det")
    await planner.sees(ANSWER)
    await planner.sees("Hvem får beskjed")
    await planner.page.locator("button[value=send]").click()
    await planner.sees("Svaret er gitt.")


async def test_answered_shown_and_read_by_all(visit: Any, javascript: bool) -> None:
    title = something_new()
    async with visit(RESIDENT, javascript=javascript) as author:
        number = await publish(author, title)
        async with visit(PLANNER, javascript=javascript) as planner:
            await answer(planner, number)
        await author.go("/nb/min-side/varsler")
        await author.sees_after_reload(title)
        await author.go(f"/nb/forslag/{number}")
        await author.sees("Kommunens svar")
        await author.sees(ANSWER)
    async with visit(javascript=javascript) as stranger:
        await stranger.go("/nb/")
        await stranger.sees_after_reload(title)
        await stranger.sees("Dere sa, vi gjorde")
        await stranger.sees("Vi setter opp tak")


async def test_under_way_and_done_with_words_to_everybody(visit: Any, javascript: bool) -> None:
    async with visit(RESIDENT, javascript=javascript) as author:
        number = await publish(author, something_new())
    async with visit(PLANNER, javascript=javascript) as planner:
        await answer(planner, number)
        for label, words in (
            ("I gang", "Arbeidet begynner på mandag."),
            ("Gjennomført", "Taket er på plass."),
        ):
            await planner.go(f"/nb/saksbehandling/forslag/{number}")
            form = planner.page.locator("form", has=planner.page.get_by_role("button", name="Endre status"))
            await form.get_by_label(label).check()
            await form.get_by_label("Forklaring som alle kan lese").fill(words)
            await planner.click("Endre status")
    async with visit(javascript=javascript) as stranger:
        await stranger.go(f"/nb/forslag/{number}")
        await stranger.sees("Arbeidet begynner på mandag.")
        await stranger.sees("Taket er på plass.")


async def test_notes_are_for_colleagues_alone(visit: Any, javascript: bool) -> None:
    note = something_new("Snakk med driften først")
    async with visit(RESIDENT, javascript=javascript) as author:
        number = await publish(author, something_new())
        async with visit(PLANNER, javascript=javascript) as planner:
            await planner.go(f"/nb/saksbehandling/forslag/{number}")
            await planner.page.get_by_label("Nytt notat").fill(note)
            await planner.click("Lagre notatet")
            await planner.sees(note)
        await author.go(f"/nb/forslag/{number}")
        await author.does_not_see(note)
        refused = await author.page.goto(f"{author.site.url}/nb/saksbehandling/forslag/{number}")
        assert refused is not None
        assert refused.status == 403
