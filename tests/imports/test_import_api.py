"""An import over the API, by the queue's own job: started, watched, and told in the reader's language."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

import workers.imports
from api.node_ids import to_global_id
from backend.imports.runs import only_import
from backend.imports.uploads import receive_upload
from backend.platform.authz import Actor, Role
from backend.platform.database import fetch_row, fetch_value
from backend.platform.settings import Settings
from tests.fixtures.operations import ask
from workers.__main__ import load_jobs
from workers.job import run_row


async def send(actor: Actor, content: bytes) -> str:
    async def body() -> AsyncIterator[bytes]:
        yield content

    return to_global_id("ImportUpload", await receive_upload(actor, "liste.csv", body()))


@pytest.fixture
def work(fresh: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Does the job that was asked for last; tells whether its row is done."""
    load_jobs()
    monkeypatch.setattr(workers.imports, "get_settings", lambda: replace(fresh, municipality=1))

    async def run() -> bool:
        row_id = await fetch_value("SELECT max(id) FROM outbox WHERE job = 'import_upload'")
        await run_row(row_id)
        row = await fetch_row(
            "SELECT queue, done_at IS NOT NULL AS is_done FROM outbox WHERE id = $1", row_id
        )
        assert row is not None
        assert row["queue"] == "slow"
        return bool(row["is_done"])

    return run


async def test_started_watched_and_listed(fresh: Settings, person: Any, topic_id: Any, work: Any) -> None:
    planner = await person(role=Role.PLANNER, name="Planlegger")
    topic = to_global_id("Topic", await topic_id())
    started = await ask(
        fresh,
        planner,
        "StartImport",
        upload=await send(planner, b"nr;navn\n1;Benker i parken\n2;Lys langs stien\n"),
        topic=topic,
        dryRun=False,
        mapping={
            "source": "liste-2026",
            "key": ["nr"],
            "columns": [{"field": "TITLE", "column": "navn"}],
            "delimiter": ";",
        },
        idempotencyKey="k",
    )
    run = started["run"]
    assert (run["state"], run["progress"], run["source"]) == ("WAITING", 0, "liste-2026")
    async with only_import(fresh, "liste-2026"):
        assert not await work()
    assert await work()
    found = await ask(fresh, planner, "ImportRun", id=run["id"])
    assert (found["state"], found["progress"], found["newCount"], found["rowsRead"]) == ("DONE", 100, 2, 2)
    assert (found["upload"], found["problemCode"], found["errors"]["nodes"]) == (None, None, [])
    assert (found["topic"]["id"], found["startedBy"]["displayName"]) == (topic, "Planlegger")
    mine = await ask(fresh, planner, "MyImportRuns")
    assert [node["id"] for node in mine["importRuns"]["nodes"]] == [run["id"]]
    assert (await ask(fresh, await person(), "MyImportRuns"))["importRuns"]["nodes"] == []


async def test_errors_are_shown_page_by_page(fresh: Settings, person: Any, work: Any) -> None:
    planner = await person(role=Role.PLANNER)
    rows = b"".join(b"%d,,mobilitetsstrategi\n" % number for number in range(5))
    upload = await send(planner, b"key,title,topic\n" + rows)
    run = (await ask(fresh, planner, "StartImport", upload=upload, dryRun=True))["run"]
    assert await work()
    page = await ask(fresh, planner, "ImportRun", id=run["id"], first=3)
    assert (page["state"], page["rowsBad"], page["upload"]) == ("REFUSED", 5, upload)
    assert page["problemMessage"] == "liste.csv: 5 feil. Ingenting er hentet inn."
    assert page["errors"]["nodes"][0] == {
        "line": 2,
        "column": "title",
        "value": "",
        "code": "required",
        "message": "title må ha en verdi.",
        "isWarning": False,
    }
    rest = await ask(fresh, planner, "ImportRun", id=run["id"], after=page["errors"]["pageInfo"]["endCursor"])
    lines = [node["line"] for part in (page, rest) for node in part["errors"]["nodes"]]
    assert lines == [2, 3, 4, 5, 6]


async def test_what_cannot_be_started_says_why(fresh: Settings, person: Any) -> None:
    planner = await person(role=Role.PLANNER)
    upload = await send(planner, b"key,title\n1,Benker\n")
    for variables, code in (
        ({"upload": "nothing"}, "id_not_valid"),
        ({"upload": to_global_id("ImportUpload", 99)}, "upload_not_found"),
        ({"topic": to_global_id("Topic", 999)}, "topic_not_found"),
        ({"mapping": {"name": "/etc/passwd"}}, "mapping_unknown"),
        ({"mapping": {"columns": [{"field": "BODY", "column": "a"}], "source": "x"}}, "title_column_missing"),
    ):
        shown = await ask(fresh, planner, "StartImport", **{"upload": upload, "dryRun": True, **variables})
        assert shown["code"] == code
    assert await fetch_value("SELECT count(*) FROM import_run") == 0


async def test_all_that_is_wrong_with_an_order_is_said_at_once(fresh: Settings, person: Any) -> None:
    planner = await person(role=Role.PLANNER)
    columns = [{"field": "BODY", "column": "a"}, {"field": "TITLE", "column": " "}]
    mapping = {
        "columns": columns,
        "source": "Æ",
        "state": "answered",
        "decimal": ";",
        "encoding": "x",
        "language": "xx",
    }
    wrong = {"mapping.columns", "mapping.source", "mapping.state", "mapping.decimal", "mapping.encoding"}
    wrong |= {"mapping.language", "upload", "topic"}
    for upload, topic in (
        ("nothing", "nothing"),
        (to_global_id("ImportUpload", 99), to_global_id("Topic", 999)),
    ):
        answer = await ask(
            fresh, planner, "StartImport", upload=upload, topic=topic, dryRun=True, mapping=mapping
        )
        assert {answer["field"], *(each["field"] for each in answer["alsoInvalid"])} == wrong
    assert await fetch_value("SELECT count(*) FROM import_run") == 0
