"""A resident takes her data with her, and leaves."""

import io
import json
import zipfile
from typing import Any

from tests.browser.journeys.words import publish, something_new

EXPORTER = "Tålmodig Hagespade"


async def test_she_gets_everything_about_her_as_a_file(visit: Any, javascript: bool) -> None:
    async with visit(EXPORTER, javascript=javascript) as her:
        await her.go("/nb/min-side/data")
        await her.click("Samle dataene mine")
        await her.sees_after_reload("Last ned")
        link = her.page.get_by_role("link", name="Last ned").first
        fetched = await her.page.request.get(her.site.url + (await link.get_attribute("href") or ""))
        with zipfile.ZipFile(io.BytesIO(await fetched.body())) as archive:
            texts = [archive.read(name) for name in archive.namelist() if name.endswith(".json")]
    assert any(EXPORTER in json.dumps(json.loads(text), ensure_ascii=False) for text in texts)


async def test_she_leaves_and_what_she_wrote_stays_without_her_name(visit: Any, javascript: bool) -> None:
    # Each way of the journey needs somebody who has not left yet.
    name = "Reisende Kompass" if javascript else "Varsam Lykt"
    async with visit(name, javascript=javascript) as her:
        number = await publish(her, something_new())
        await her.go("/nb/min-side/data")
        await her.click("Slett kontoen min")
        await her.page.get_by_label("La det stå uten navnet mitt").check()
        await her.page.get_by_label("for å bekrefte").fill("SLETT")
        await her.click("Slett kontoen min for godt")
        await her.page.wait_for_load_state()
    async with visit(javascript=javascript) as stranger:
        await stranger.go(f"/nb/forslag/{number}")
        for _ in range(60):
            await stranger.page.reload()
            if not await stranger.page.get_by_text(name).count():
                return
            await stranger.page.wait_for_timeout(250)
    raise AssertionError("her name is still there")
