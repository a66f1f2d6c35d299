"""What Samskap says of itself, and that its examples are true."""

import asyncio
import html
import json
import re
import shutil
import sys
from pathlib import Path

import pytest

from api.schema import sdl
from tests.fixtures.server import WORDS, Served
from web.build import find_node

PAGES = (
    "/om",
    "/om/regler",
    "/om/personvern",
    "/om/tilgjengelighet",
    "/om/data",
    "/om/api",
    "/om/api/utforsk",
)


async def _run(*command: str) -> str:
    """What a program says; it must end well."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, complaint = await process.communicate()
    assert process.returncode == 0, complaint.decode()
    return said.decode()


async def _example(served: Served, name: str) -> str:
    page = (await served.http.get("/nb/om/api")).text
    found = re.search(rf'<code id="{name}">(.*?)</code>', page, re.DOTALL)
    assert found
    return html.unescape(found[1])


async def test_the_pages_are_there_in_three_languages(served: Served) -> None:
    for language in ("nb", "nn", "en"):
        for tail in PAGES:
            page = await served.http.get(f"/{language}{tail}")
            assert page.status_code == 200, tail
            assert page.text.count("<h1") == 1
            assert f'<html lang="{language}"' in page.text


async def test_rules_tell_the_grounds_of_the_api(served: Served) -> None:
    page = (await served.http.get("/nb/om/regler")).text
    assert "Angriper eller trakasserer en person." in page
    assert "Hører ikke til temaet." in page


async def test_whom_to_write_to_is_a_setting(served: Served) -> None:
    assert served.settings.municipality_site in (await served.http.get("/nb/om/personvern")).text


async def test_open_data_links_lead_to_files(served: Served, published: int) -> None:
    page = (await served.http.get("/nb/om/data")).text
    for ending in ("csv", "jsonl", "geojson"):
        assert f'href="/eksport/forslag.{ending}"' in page
        assert f'href="/eksport/forslag.{ending}?tema=mobilitetsstrategi"' in page
    assert WORDS.title in (await served.http.get("/eksport/forslag.csv?tema=mobilitetsstrategi")).text


async def test_the_schema_is_a_file(served: Served) -> None:
    answer = await served.http.get("/om/api/schema.graphql")
    assert answer.text == sdl()
    known = {"if-none-match": answer.headers["etag"]}
    assert (await served.http.get("/om/api/schema.graphql", headers=known)).status_code == 304
    data = (await served.http.get("/om/api/schema.json")).json()["data"]
    assert data["__schema"]["queryType"]["name"] == "Query"


async def test_only_the_explorer_may_have_style_elements(served: Served) -> None:
    for tail in PAGES:
        policy = (await served.http.get(f"/nb{tail}")).headers["content-security-policy"]
        assert ("'unsafe-inline'" in policy) == (tail == "/om/api/utforsk")
        assert "script-src 'self';" in policy
        assert "style-src 'self';" in policy
    page = (await served.http.get("/nb/om/api/utforsk")).text
    assert "//cdn" not in page
    assert "unpkg" not in page


async def test_a_browser_at_the_apis_address_is_led_to_its_page(served: Served) -> None:
    answer = await served.http.get("/graphql", headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/nb/om/api")
    # Who asks something gets an answer, whatever it accepts.
    known = served.app.state.executor.trusted.by_name["TopicList"].id
    response = await served.http.get(f"/graphql?documentId={known}", headers={"accept": "text/html"})
    assert response.json()["data"]["topics"]["nodes"]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not on this machine")
async def test_the_examples_for_curl_run(served: Served, published: int) -> None:
    ad_hoc, trusted = [
        json.loads(await _run("sh", "-c", await _example(served, name)))["data"]
        for name in ("curl-fritt", "curl-lagret")
    ]
    for lists in (ad_hoc["topic"], trusted):
        assert lists["proposals"]["nodes"][0]["title"] == WORDS.title


async def test_the_example_for_python_runs(served: Served, published: int, tmp_path: Path) -> None:
    file = tmp_path / "example.py"
    file.write_text(await _example(served, "python-fritt"))
    assert await _run(sys.executable, str(file)) == f"0 {WORDS.title}\n"


async def test_the_example_for_javascript_runs(served: Served, published: int, tmp_path: Path) -> None:
    file = tmp_path / "example.js"
    file.write_text(await _example(served, "javascript-fritt"))
    assert await _run(find_node(), str(file)) == f"0 {WORDS.title}\n"
