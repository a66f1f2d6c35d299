"""Residents discuss a proposal."""

from typing import Any

from tests.browser.journeys.words import publish, something_new
from tests.browser.states import RESIDENT

OTHER = "Tålmodig Hagespade"


async def test_one_comments_and_the_other_replies(visit: Any, javascript: bool) -> None:
    async with visit(RESIDENT, javascript=javascript) as author:
        number = await publish(author, something_new())
    said = something_new("Dette trenger vi virkelig, særlig om vinteren")
    async with visit(OTHER, javascript=javascript) as other:
        await other.go(f"/nb/forslag/{number}")
        await other.page.get_by_label("Jeg er for").check()
        await other.fill("Kommentaren din", said)
        await other.click("Send kommentaren")
        await other.go(f"/nb/forslag/{number}")
        await other.sees_after_reload(said)
    async with visit(RESIDENT, javascript=javascript) as author:
        await author.go(f"/nb/forslag/{number}")
        await author.sees_after_reload(said)
        answer = something_new("Takk, det gjelder flere enn jeg trodde")
        await author.click(f"Svar til {OTHER}")
        await author.fill("Svaret ditt", answer)
        await author.click("Send svaret")
        await author.go(f"/nb/forslag/{number}")
        await author.sees_after_reload(answer)
