"""Taking proposals in from a file in a browser: sent, tried, told row by row, and done for real."""

from typing import Any

import pytest

from backend.imports.running import run_import
from backend.platform.authz import Role
from backend.platform.database import fetch, fetch_value
from backend.platform.settings import Settings
from tests.fixtures.server import Served
from tests.web.test_planning import Planner, planner

__all__ = ["planner"]

GOOD = b"key,title,topic\na,Benker langs stien,mobilitetsstrategi\n"
BAD = GOOD + b"b,,mobilitetsstrategi\n"
OWN = "Nr;Overskrift\n1;Benker på torget\n".encode("cp1252")


async def send(planner: Planner, content: bytes, name: str = "liste.csv") -> str:
    """The number of the file that was sent in."""
    files = {"fil": (name, content)}
    sent = await planner.http.post(
        "/import/opplasting?sprak=nb", files=files, headers={"accept": "text/html"}
    )
    assert sent.status_code == 303, sent.text
    address, _, number = sent.headers["location"].partition("?fil=")
    assert address == "/nb/saksbehandling/import"
    return number


async def work(settings: Settings) -> None:
    """Do what the worker has to do."""
    for row in await fetch("SELECT id FROM import_run WHERE state = 'running' ORDER BY id"):
        await run_import(settings, row["id"])


async def try_out(settings: Settings, planner: Planner, content: bytes, **fields: Any) -> str:
    """The page of the run, done."""
    started = await planner.post("/import", fil=await send(planner, content), **fields)
    assert started.status_code == 303, started.text
    await work(settings)
    return started.headers["location"].removeprefix("/nb/saksbehandling")


async def taken_in() -> int:
    found: int = await fetch_value("SELECT count(*) FROM proposal WHERE source IS NOT NULL")
    return found


async def test_a_file_is_tried_and_then_taken_in_once(fresh: Settings, planner: Planner) -> None:
    number = await send(planner, GOOD)
    assert f'value="{number}"' in (await planner.get(f"/import?fil={number}")).text
    started = await planner.post("/import", fil=number, nokkel="k")
    page = started.headers["location"].removeprefix("/nb/saksbehandling")
    waiting = await planner.get(page)
    assert f'hx-get="/nb/saksbehandling{page}/gang"' in waiting.text
    assert "Venter på tur" in (await planner.get(f"{page}/gang")).text
    await work(fresh)
    done = (await planner.get(f"{page}/gang")).text
    assert "Ingenting er tatt inn" in done
    assert "hx-trigger" not in done
    assert await taken_in() == 0
    addresses = {(await planner.post(f"{page}/hent", nokkel="k2")).headers["location"] for _ in range(2)}
    assert len(addresses) == 1
    await work(fresh)
    assert await taken_in() == 1
    gone = await planner.post(f"{page}/hent", nokkel="k3")
    assert (gone.status_code, "Send den inn på nytt" in gone.text) == (409, True)
    assert "liste.csv" in (await planner.get("/import")).text


async def test_bad_rows_are_shown_and_may_be_left_out(fresh: Settings, planner: Planner) -> None:
    page = await try_out(fresh, planner, BAD)
    page_text = (await planner.get(page)).text
    assert "<td>3</td><td>title</td>" in page_text
    assert (await planner.post(f"{page}/hent", nokkel="k", hopp="ja")).status_code == 303
    await work(fresh)
    assert await taken_in() == 1


async def test_columns_of_ones_own_are_read_alike_both_times(
    fresh: Settings, planner: Planner, topic_id: Any
) -> None:
    own = {"tilordning": "egne", "nokkelkolonner": "Nr", "kolonne-TITLE": "Overskrift", "kilde": "dag-2026"}
    written = {"skilletegn": ";", "tegnsett": "cp1252", "tema": str(await topic_id())}
    page = await try_out(fresh, planner, OWN, **own, **written)
    assert "Prøvekjøringen er ferdig" in (await planner.get(page)).text
    await planner.post(f"{page}/hent", nokkel="k")
    await work(fresh)
    assert await fetch_value("SELECT title FROM proposal WHERE source = 'dag-2026'") == "Benker på torget"


async def test_what_cannot_be_read_so_is_shown_with_everything_preserved(
    planner: Planner, topic_id: Any
) -> None:
    there = str(await topic_id("klimastrategi-2030"))
    number = await send(planner, GOOD)
    for fields, field in (
        ({"kilde": "Store Bokstaver"}, "kilde"),
        ({"tilordning": "egne"}, "kolonne-TITLE"),
        ({"tilordning": "egne", "kolonne-TITLE": "title"}, "kilde"),
        ({"tilordning": "tull"}, "tilordning"),
        ({"tema": there}, None),
        ({"fil": "999999"}, "fil"),
    ):
        page_text = await planner.post("/import", **{"fil": number, **fields})
        assert 400 <= page_text.status_code < 500, fields
        assert "Dette må rettes" in page_text.text
        assert field is None or f'href="#{field}"' in page_text.text
        assert "Prøvekjør" in page_text.text
    assert (await planner.post("/import", fil="tull")).status_code == 400


async def test_a_run_is_its_planners_alone(
    fresh: Settings, served: Served, planner: Planner, person: Any, session_cookie: Any
) -> None:
    page = await try_out(fresh, planner, GOOD)
    served.http.cookies.clear()
    assert (await planner.get(f"{page}/gang")).status_code == 204
    assert (await planner.get(page)).status_code == 303
    served.http.cookies.update(await session_cookie(await person(role=Role.PLANNER)))
    for answer in (await planner.get(page), await planner.get(f"{page}/gang")):
        assert answer.status_code == 404
    assert (await planner.post(f"{page}/hent")).status_code == 404
    assert await taken_in() == 0


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe" * 1000])
async def test_a_file_that_is_none_is_shown_as_a_page(planner: Planner, content: bytes) -> None:
    sent = await planner.http.post(
        "/import/opplasting?sprak=nn", files={"fil": ("f.exe", content)}, headers={"accept": "text/html"}
    )
    assert sent.status_code == 400
    assert "/nn/saksbehandling/import" in sent.text


SPREADSHEET = (
    "Nr;Overskrift;Beskrivelse;Dato\n1;Benker på torget;Det er for få;1. mai 2026\n2;Lys i løypa;Mørkt;02.05.2026\n"
).encode("cp1252")


async def test_a_files_own_columns_are_shown_and_chosen(planner: Planner, fresh: Settings) -> None:
    number = await send(planner, SPREADSHEET, "Innspill frå møtet.csv")
    page = await planner.get(f"/import?fil={number}")
    assert page.status_code == 200
    for shown in ("Benker på torget", "1. mai 2026", '<th scope="col">Beskrivelse</th>'):
        assert shown in page.text
    assert '<option value="Overskrift" selected>Overskrift</option>' in page.text
    assert 'value="innspill-fra-motet"' in page.text


async def test_a_spreadsheets_file_is_taken_in_as_it_is(planner: Planner, fresh: Settings) -> None:
    topic = await fetch_value("SELECT id FROM topic WHERE slug = 'mobilitetsstrategi'")
    done = await try_out(fresh, planner, SPREADSHEET, tema=str(topic))
    assert "Prøvekjøringen er ferdig" in (await planner.get(done)).text
    run = await fetch_value("SELECT max(id) FROM import_run")
    taken = await fetch("SELECT total, rows_bad, source FROM import_run WHERE id = $1", run)
    assert [tuple(row.values()) for row in taken] == [(2, 0, "liste")]


async def test_headings_that_say_nothing_are_to_be_chosen(planner: Planner, fresh: Settings) -> None:
    number = await send(planner, b"a;b\n1;2\n")
    page = await planner.get(f"/import?fil={number}")
    assert 'value="egne" checked' in page.text
    assert '<option value="a">a</option>' in page.text


async def test_a_sample_is_what_it_takes(planner: Planner, fresh: Settings) -> None:
    sample = await planner.http.get("/import/eksempel.csv")
    assert sample.status_code == 200
    topic = await fetch_value("SELECT id FROM topic WHERE slug = 'mobilitetsstrategi'")
    done = await try_out(fresh, planner, sample.content, tema=str(topic))
    assert "Prøvekjøringen er ferdig" in (await planner.get(done)).text
    row = await fetch("SELECT total, rows_bad, rows_read FROM import_run ORDER BY id DESC LIMIT 1")
    assert tuple(row[0].values()) == (2, 0, 2)


async def test_without_a_topic_its_field_says_so(planner: Planner, fresh: Settings) -> None:
    answer = await planner.post("/import", fil=await send(planner, SPREADSHEET))
    assert answer.status_code == 400
    assert '<a class="ds-link" href="#tema">Velg temaet forslagene skal inn i.</a>' in answer.text
    assert await fetch_value("SELECT count(*) FROM import_run") == 0
