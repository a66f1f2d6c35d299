"""Whatever is refused, wherever, is told in the visitor's language, and has a way on: as a page and as JSON."""

import re
from collections import Counter
from typing import Any

import httpx
import pytest

from tests.fixtures.server import Served
from web.app import _ROUTES

_FILLED = {"number": "999999", "note": "1", "grant": "1", "slug": "finnes-ikke", "act": "suspend"}
ROUTES = sorted(
    {
        (method, route.path)
        for route in _ROUTES
        for method in (getattr(route, "methods", None) or ()) - {"HEAD"}
        if route.path.startswith("/{language:language}/")
    }
)
LANGUAGES = ("nb", "nn", "en")
# What scripts and programs fetch by themselves, and show nowhere as a page.
_PARTS = re.compile(r"/(atom\.xml|strom|kort\.png|antall|deler|fremdrift|gang|utkast|sjekk|forhandsvis)$")


def _address(path: str, language: str) -> str:
    def fill(found: re.Match[str]) -> str:
        name = found[1].partition(":")[0]
        return language if name == "language" else _FILLED.get(name, "x" * 20)

    return re.sub(r"\{([^}]+)\}", fill, path)


def _has_a_way_on(page: httpx.Response, language: str) -> bool:
    main = page.text.partition("<main")[2].partition("</main>")[0]
    return (
        f'<html lang="{language}"' in page.text
        and "<h1" in main
        and len(re.sub(r"<[^>]+>|\s+", " ", main).split()) > 5
        and bool(re.search(rf'(href|action)="/({language}|login)/', main))
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("who", ["stranger", "resident"])
async def test_every_address(
    served: Served, person: Any, session_cookie: Any, who: str, language: str
) -> None:
    if who == "resident":
        served.http.cookies.update(await session_cookie(await person()))
    found: Counter[int] = Counter()
    lacking = []
    for method, path in ROUTES:
        address = _address(path, language)
        sites = ("same-origin", "cross-site") if method == "POST" else ("same-origin",)
        for site in sites:
            page = await served.http.request(
                method, address, data={} if method == "POST" else None, headers={"sec-fetch-site": site}
            )
            if page.status_code < 400:
                continue
            found[page.status_code] += 1
            if page.headers.get("content-type", "").startswith("text/html") and "<main" in page.text:
                if not _has_a_way_on(page, language):
                    lacking.append((method, address, site, page.status_code))
            elif not _PARTS.search(address):
                lacking.append(
                    (
                        method,
                        address,
                        site,
                        page.status_code,
                        page.headers.get("content-type"),
                        page.text[:80],
                    )
                )
    assert lacking == []
    assert {401 if who == "stranger" else 403, 404} <= set(found), found
    assert all(status < 500 for status in found)


async def test_the_api_says_it_in_the_persons_language(served: Served) -> None:
    for language, word in (("nb", "må logge inn"), ("nn", "må logge inn"), ("en", "log in")):
        answer = await served.ask(
            'mutation { follow(id: "VG9waWM6MQ") { ... on LoginProblem { code message } } }',
            **{"accept-language": language},
        )
        problem = answer.json()["data"]["follow"]
        assert word in problem["message"].lower()
        assert problem["code"] == "login_required"
    refused = await served.http.post(
        "/graphql", json={"query": "{ __typename }"}, headers={"authorization": "Bearer x"}
    )
    extensions = refused.json()["errors"][0]["extensions"]
    assert refused.status_code == 401
    assert extensions["loginUrl"]
