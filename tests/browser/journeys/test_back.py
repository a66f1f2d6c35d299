"""Going back leads to where one was: a list is as long as it was, and a form that was sent is no error."""

from typing import Any

from playwright.async_api import expect

from tests.browser.states import MODERATOR, PLANNER, RESIDENT

# Open for an answer in the demo content, in topics of the planner's.
NUMBERS = {True: 24, False: 28}
_FOCUSED = "document.activeElement.getAttribute('href')"


async def test_a_longer_list_is_as_long_after_going_back(visit: Any) -> None:
    async with visit() as visitor:
        await visitor.go("/nb/forslag")
        items = visitor.page.locator("#forslagsliste > li")
        short = await items.count()
        await visitor.click("Vis flere")
        await expect(items).not_to_have_count(short)
        long = await items.count()
        link = items.nth(long - 1).locator("a")
        href = await link.get_attribute("href")
        await link.click()
        await visitor.page.wait_for_url(f"**{href}")
        await visitor.page.go_back()
        await expect(items).to_have_count(long)
        await visitor.page.wait_for_function(f"{_FOCUSED} === {href!r}")
        await expect(items.nth(long - 1).locator("a")).to_be_in_viewport()


async def test_coming_anew_begins_anew(visit: Any) -> None:
    async with visit() as visitor:
        await visitor.go("/nb/forslag")
        items = visitor.page.locator("#forslagsliste > li")
        short = await items.count()
        await visitor.click("Vis flere")
        await expect(items).not_to_have_count(short)
        await visitor.go("/nb/")
        await visitor.go("/nb/forslag")
        await visitor.page.wait_for_load_state()
        assert await items.count() == short


async def test_back_after_an_answer_is_no_error(visit: Any, javascript: bool) -> None:
    number = NUMBERS[javascript]
    async with visit(PLANNER, javascript=javascript) as planner:
        await planner.go(f"/nb/saksbehandling/forslag/{number}")
        await planner.page.get_by_label("Tas delvis til følge").first.check()
        await planner.fill("Begrunnelse", "Vi gjør en del av dette til våren, når teleen har gått.")
        await planner.click("Se hvordan det blir")
        await planner.sees("Slik leser innbyggerne det")
        await planner.click("Gi svaret på 1 forslag")
        await planner.sees("Svaret er gitt")
        response = await planner.page.go_back()
        assert response is None or response.ok
        await planner.sees("Slik leser innbyggerne det")
        # Sent once more, it is the same answer.
        await planner.click("Gi svaret på 1 forslag")
        await planner.sees("Svaret er gitt")


async def test_nothing_is_gone_back_to_after_logging_out(visit: Any) -> None:
    async with visit(PLANNER) as planner:
        await planner.go("/nb/saksbehandling/forslag/44")
        await planner.page.get_by_label("Tas delvis til følge").first.check()
        await planner.fill("Begrunnelse", "Vi gjør en del av dette til våren, når teleen har gått.")
        await planner.click("Se hvordan det blir")
        await planner.sees("Slik leser innbyggerne det")
        await planner.click("Logg ut")
        await planner.page.wait_for_url(lambda url: "saksbehandling" not in url)
        await planner.go("/nb/")
        for _ in range(3):
            try:
                await planner.page.go_back(timeout=3_000)
            except Exception:  # a browser that has nothing to show says so
                break
            assert "når teleen har gått" not in await planner.page.content()


async def test_following_keeps_place_and_focus(visit: Any, javascript: bool) -> None:
    async with visit(MODERATOR, javascript=javascript, viewport={"width": 390, "height": 600}) as her:
        for path, follow in (
            ("/nb/tema/mobilitetsstrategi", "Følg temaet"),
            ("/nb/forslag/14", "Følg forslaget"),
        ):
            await her.go(path)
            await her.button(follow).first.scroll_into_view_if_needed()
            before = await her.page.evaluate("scrollY")
            await her.click(follow)
            await expect(her.button("Slutt å følge")).to_be_in_viewport()
            if javascript:
                assert abs(await her.page.evaluate("scrollY") - before) < 40
                assert await her.page.evaluate("document.activeElement.id") == "folgknapp"
            await her.click("Slutt å følge")
            await expect(her.button(follow)).to_be_in_viewport()


async def test_who_supports_by_script_reads_that_they_are_notified(visit: Any) -> None:
    async with visit(RESIDENT) as her:
        await her.go("/nb/forslag/42")
        await her.click("Støtt forslaget")
        await her.sees("Slå av varsler om forslaget")
        await her.click("Trekk støtten")
        await her.sees("Følg forslaget")
