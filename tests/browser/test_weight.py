"""What a first visit costs: bytes on the wire, no jumping about, and nothing from anybody else's host."""

from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Request, Response

MOST_BYTES = 60_000
MOST_SCRIPT_BYTES = 20_000
_SHIFTS = """() => new Promise(done => {
    let sum = 0;
    new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value; })
        .observe({type: "layout-shift", buffered: true});
    setTimeout(() => done(sum), 500);
})"""


async def sizes(visitor: Any, path: str) -> dict[str, tuple[str, int]]:
    """Each address that a page loads, with its kind and its bytes on the wire."""
    finished: list[Request] = []
    visitor.page.on("requestfinished", lambda request: finished.append(request))
    await visitor.go(path)
    # A proposal's page listens for news for as long as it is open, so the network is never idle.
    await visitor.page.wait_for_timeout(1000)
    found = {}
    for request in finished:
        spent = await request.sizes()
        found[request.url] = (request.resource_type, spent["responseBodySize"])
    return found


async def test_the_first_page_is_light(visit: Any) -> None:
    async with visit() as visitor:
        loaded = await sizes(visitor, "/nb/")
    weights = {url: size for url, (kind, size) in loaded.items() if kind != "font"}
    scripts = {url: size for url, (kind, size) in loaded.items() if kind == "script"}
    assert len(scripts) >= 2
    assert sum(weights.values()) <= MOST_BYTES, weights
    assert sum(scripts.values()) <= MOST_SCRIPT_BYTES, scripts


async def test_a_proposal_loads_no_more_script_than_a_first_page_may(visit: Any) -> None:
    async with visit() as visitor:
        loaded = await sizes(visitor, "/nb/forslag/14")
    # Its map comes beside; whoever reads the list of places does without.
    scripts = {url: size for url, (kind, size) in loaded.items() if kind == "script" and "map" not in url}
    assert len(scripts) >= 3
    assert sum(scripts.values()) <= MOST_SCRIPT_BYTES, scripts


async def test_nothing_moves_while_a_page_comes(visit: Any) -> None:
    async with visit(viewport={"width": 390, "height": 800}) as visitor:
        for path in ("/nb/", "/nb/forslag", "/nb/tema/mobilitetsstrategi", "/nb/forslag/14"):
            await visitor.go(path)
            assert await visitor.page.evaluate(_SHIFTS) < 0.01, path


async def test_a_visitor_is_shown_to_nobody_else(visit: Any) -> None:
    hosts: set[str] = set()

    def note(response: Response) -> None:
        hosts.add(urlsplit(response.url).netloc)

    async with visit() as visitor:
        visitor.page.on("response", note)
        for path in ("/nb/", "/nb/forslag", "/nb/om", "/nb/om/api", "/nb/logg-inn"):
            await visitor.go(path)
            await visitor.page.wait_for_load_state("networkidle")
        assert hosts == {urlsplit(visitor.site.url).netloc}


async def test_a_page_is_there_before_any_script(visit: Any) -> None:
    async with visit() as visitor:
        await visitor.page.route("**/*.js", lambda route: route.abort())
        await visitor.go("/nb/")
        await visitor.sees("Vi former Bærum sammen")
        await visitor.click("Se alle forslag")
        await visitor.sees("Alle forslag")
        visitor.complaints.clear()
