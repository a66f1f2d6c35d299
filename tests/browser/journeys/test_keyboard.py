"""Everything by keyboard alone, in an order that makes sense and with the focus in sight."""

from typing import Any

from tests.browser.journeys.words import publish, something_new
from tests.browser.states import MODERATOR, RESIDENT
from tests.browser.visitor import Visitor


async def focused(visitor: Visitor) -> str:
    """What has the focus, by its text, label or id; fails when it is out of sight or nothing shows it."""
    seen = await visitor.page.evaluate(
        """() => {
            const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
            const shown = e.matches(":focus-visible") && (style.outlineStyle !== "none" || style.boxShadow !== "none")
                || e.closest("article")?.matches(":has(:focus-visible)") || e.tabIndex === -1;
            return {text: (e.innerText || e.labels?.[0]?.innerText || e.id).trim(),
                    there: box.bottom > 0 && box.top < innerHeight && box.width > 0, shown};
        }"""
    )
    assert seen["there"], seen
    assert seen["shown"], seen
    return str(seen["text"])


async def tab_to(visitor: Visitor, text: str, most: int = 80) -> list[str]:
    """Press Tab until it is reached; what was passed on the way."""
    passed: list[str] = []
    for _ in range(most):
        await visitor.page.keyboard.press("Tab")
        passed.append(await focused(visitor))
        if passed[-1].startswith(text):
            return passed
    raise AssertionError(f"«{text}» is not reached: {passed}")


async def test_the_menu_is_skipped_and_a_proposal_supported(visit: Any) -> None:
    async with visit(RESIDENT) as author:
        number = await publish(author, something_new())
    async with visit("Tålmodig Hagespade") as her:
        await her.go(f"/nb/forslag/{number}")
        assert await tab_to(her, "Gå til innholdet") == ["Gå til innholdet"]
        await her.page.keyboard.press("Enter")
        assert "Ordentlig" in await her.page.evaluate("document.activeElement.innerText")
        passed = await tab_to(her, "Støtt forslaget")
        assert "Logg ut" not in passed
        await her.page.keyboard.press("Enter")
        await her.sees("Du støtter forslaget.")
        assert await focused(her) == "Trekk støtten"


async def test_a_proposal_is_written_by_keyboard(visit: Any) -> None:
    async with visit(RESIDENT) as her:
        await her.go("/nb/forslag/nytt?tema=mobilitetsstrategi")
        await tab_to(her, "Tittel")
        await her.page.keyboard.type(something_new())
        await tab_to(her, "Forslaget ditt")
        await her.page.keyboard.type("Det hadde hjulpet mange som sykler til toget hver dag.")
        await tab_to(her, "Neste: sted")
        await her.page.keyboard.press("Enter")
        await her.sees("Hvor gjelder det?")


async def test_a_moderators_shortcuts_are_listed_and_never_meddle_with_writing(visit: Any) -> None:
    async with visit(MODERATOR) as moderator:
        await moderator.go("/nb/moderering")
        await moderator.page.keyboard.press("?")
        await moderator.sees("neste sak")
        await moderator.page.keyboard.press("Escape")
        await moderator.page.keyboard.press("j")
        await moderator.page.keyboard.press("o")
        await moderator.sees("Avgjør saken")
        case = moderator.page.url
        await moderator.page.get_by_label("Begrunnelse til forfatteren").click()
        await moderator.page.keyboard.type("jkoca r?")
        assert moderator.page.url == case
        assert await moderator.page.get_by_label("Begrunnelse til forfatteren").input_value() == "jkoca r?"
        await moderator.page.get_by_label("Begrunnelse til forfatteren").fill("")
