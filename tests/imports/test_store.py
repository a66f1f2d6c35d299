"""Imports into the database: whole or not at all, once, and changed only where the file changed."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import asyncpg
import orjson
import pytest

from backend.imports.errors import ImportRefused
from backend.imports.mapping import load_mapping
from backend.imports.outcome import ImportReport
from backend.imports.plan import ImportPlan, read_proposals
from backend.imports.runs import only_import
from backend.imports.store import CHUNK, import_plan
from backend.imports.topics import create_topic
from backend.platform.database import connection_parameters, execute, fetch, fetch_row, fetch_value
from backend.platform.errors import Conflict, NotFound
from backend.platform.settings import Settings
from backend.proposals.supports import support
from tests.fixtures.databases import execute_as_owner, owner
from tests.fixtures.people import MakePerson

from .conftest import Write

TOPIC = "mobilitetsstrategi"


def row(key: str = "a1", **values: Any) -> dict[str, Any]:
    return {"key": key, "title": f"Forslag {key}", "body": "Flere benker langs stien.", **values}


@pytest.fixture
def read(write: Write) -> Any:
    def _read(*rows: dict[str, Any], source: str = "plain", topic: str = TOPIC) -> ImportPlan:
        path = write("rows.jsonl", "".join(json.dumps(item) + "\n" for item in rows))
        return read_proposals(path, load_mapping("plain").with_constants(topic=topic, source=source))

    return _read


async def import_rows(settings: Settings, plan: ImportPlan, **choices: Any) -> ImportReport:
    return await import_plan(settings, plan, file_name="rows.jsonl", **choices)


async def stored(key: str = "a1") -> asyncpg.Record:
    found = await fetch_row("SELECT * FROM proposal WHERE external_key = $1", key)
    assert found is not None
    return found


async def counts() -> Sequence[int]:
    tables = ("proposal", "proposal_transition", "proposal_version", "proposal_link", "import_run")
    return [await fetch_value(f"SELECT count(*) FROM {table}") for table in tables]


async def test_a_row_becomes_a_proposal_with_its_timeline(fresh: Settings, read: Any) -> None:
    link = {"target": "Plan 7", "selected": True, "numbers": {"budget": 1500.5}}
    plan = read(
        row(
            lat=59.9,
            lon=10.5,
            place="sandvika",
            state="answered",
            outcome="partly",
            created_at="2024-05-01T10:00:00Z",
            links=[link],
        )
    )
    report = await import_rows(fresh, plan)
    assert (report.created, report.updated, report.unchanged) == (1, 0, 0)
    found = await stored()
    assert (found["state"], found["outcome"], found["step"], found["version"]) == ("answered", "partly", 1, 1)
    assert (found["latitude"], found["longitude"]) == (59.9, 10.5)
    assert found["author_id"] is None
    assert found["created_at"] == found["submitted_at"] == found["published_at"] == found["active_at"]
    assert found["answered_at"] is None
    place = await fetch_value("SELECT name FROM place WHERE id = $1", found["place_id"])
    assert place == "Sandvika"
    steps = await fetch("SELECT from_state, to_state, actor_role FROM proposal_transition")
    assert [tuple(step.values()) for step in steps] == [("none", "answered", "import")]
    links = await fetch("SELECT kind, target, detail FROM proposal_link")
    assert [(item["kind"], item["target"]) for item in links] == [("plan", "Plan 7")]
    assert orjson.loads(links[0]["detail"]) == {"selected": True, "budget": 1500.5}
    assert await fetch_value("SELECT count(*) FROM proposal WHERE search @@ to_tsquery('simple', 'benk:*')")


async def test_without_times_the_import_is_the_publication(fresh: Settings, read: Any) -> None:
    await import_rows(fresh, read(row(state="withdrawn", place="Et sted ingen kjenner")))
    found = await stored()
    assert found["created_at"] == found["published_at"] == found["active_at"]
    assert found["submitted_at"] is None
    assert found["place_id"] is None
    link = await fetch_row("SELECT kind, target FROM proposal_link")
    assert link is not None
    assert tuple(link.values()) == ("place", "Et sted ingen kjenner")


async def test_the_same_file_again_changes_nothing(fresh: Settings, read: Any) -> None:
    plan = read(*(row(f"k{number}") for number in range(3)))
    await import_rows(fresh, plan)
    before = [dict(item) for item in await fetch("SELECT * FROM proposal ORDER BY id")]
    report = await import_rows(fresh, plan)
    assert (report.created, report.updated, report.unchanged) == (0, 0, 3)
    assert [dict(item) for item in await fetch("SELECT * FROM proposal ORDER BY id")] == before


async def test_a_changed_row_is_updated_and_its_old_words_preserved(fresh: Settings, read: Any) -> None:
    await import_rows(fresh, read(row(links=[{"target": "gammel"}, {"target": "felles"}]), row("a2")))
    link = {"target": "felles", "selected": False, "numbers": {}}
    changed = row(title="Et annet navn", lat=59.0, lon=10.0, links=[link, {"target": "ny"}])
    report = await import_rows(fresh, read(changed, row("a2")))
    assert (report.created, report.updated, report.unchanged) == (0, 1, 1)
    found = await stored()
    assert (found["title"], found["version"], found["latitude"]) == ("Et annet navn", 2, 59.0)
    versions = await fetch(
        "SELECT number, title, is_amendment FROM proposal_version WHERE proposal_id = $1 ORDER BY number",
        found["id"],
    )
    assert [tuple(version.values()) for version in versions] == [
        (1, "Forslag a1", False),
        (2, "Et annet navn", False),
    ]
    links = await fetch(
        "SELECT target FROM proposal_link WHERE proposal_id = $1 ORDER BY target", found["id"]
    )
    assert [link["target"] for link in links] == ["felles", "ny"]
    await import_rows(fresh, read(row(title="Et annet navn", lat=58.0, lon=10.0), row("a2")))
    assert (await stored())["version"] == 2


async def test_words_that_somebody_supports_are_amended_openly(
    fresh: Settings, person: MakePerson, read: Any
) -> None:
    await import_rows(fresh, read(row()))
    await support(await person(), (await stored())["id"])
    await import_rows(fresh, read(row(body="Færre benker langs stien.")))
    assert await fetch_value("SELECT is_amendment FROM proposal_version WHERE number = 2")
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'amended'") == 1


async def test_a_state_is_never_changed_and_the_report_says_so(fresh: Settings, read: Any) -> None:
    await import_rows(fresh, read(row(state="published")))
    answered = read(row(state="answered", outcome="accepted"))
    for expected in ((1, 0), (0, 1)):
        report = await import_rows(fresh, answered)
        assert (report.updated, report.unchanged) == expected
        listed = report.as_json()["states_kept"]
        assert listed == [{"key": "a1", "line": 1, "in_file": "answered/accepted", "here": "published"}]
    found = await stored()
    assert (found["state"], found["outcome"], found["step"]) == ("published", None, 1)


async def test_a_bad_row_refuses_the_whole_file(fresh: Settings, read: Any) -> None:
    before = await counts()
    plan = read(row("a1"), row("a2", lat=95, lon=10), row("a3", state="ukjent"))
    with pytest.raises(ImportRefused) as refused:
        await import_rows(fresh, plan)
    assert [(error.line, error.column, error.value) for error in refused.value.errors] == [
        (2, "lat", "95"),
        (3, "state", "ukjent"),
    ]
    assert await counts() == before


async def test_sound_proposals_are_imported_whole_when_prompted_to(fresh: Settings, read: Any) -> None:
    plan = read(row("a1"), row("a2"), row("a2", lat=95, lon=10))
    report = await import_rows(fresh, plan, skip_bad=True)
    assert (report.created, report.left_out, len(report.errors)) == (1, ("a2",), 1)
    assert [item["external_key"] for item in await fetch("SELECT external_key FROM proposal")] == ["a1"]
    saved = orjson.loads(await fetch_value("SELECT report FROM import_run"))
    assert saved["errors"][0]["line"] == 3
    assert saved["left_out"] == ["a2"]


async def test_a_file_cut_short_is_refused_even_then(fresh: Settings, write: Write) -> None:
    path = write("rows.jsonl", json.dumps(row()) + "\n" + '{"end": true, "rows": 2}\n')
    plan = read_proposals(path, load_mapping("plain").with_constants(topic=TOPIC))
    with pytest.raises(ImportRefused):
        await import_rows(fresh, plan, skip_bad=True)


async def test_personal_data_is_masked_and_reported(fresh: Settings, read: Any) -> None:
    body = "Ring meg på tlf. 412 34 567 eller skriv til kari@example.org."
    report = await import_rows(fresh, read(row(title="Skriv til ola@example.org", body=body)))
    found = await stored()
    assert found["title"] == "Skriv til [fjernet]"
    assert found["body"] == "Ring meg på tlf. [fjernet] eller skriv til [fjernet]."
    progress = [(item["line"], item["column"], item["kind"]) for item in report.as_json()["masked"]]
    assert progress == [(1, "title", "email"), (1, "body", "phone"), (1, "body", "email")]
    assert "example.org" not in await fetch_value(
        "SELECT string_agg(title || body, '') FROM proposal_version"
    )
    assert "example.org" not in await fetch_value("SELECT report::text FROM import_run")
    assert not await fetch_value("SELECT count(*) FROM proposal WHERE search @@ to_tsquery('simple', 'kari')")


async def test_masking_does_not_make_a_text_too_long(fresh: Settings, read: Any) -> None:
    title = f"{'x' * 187} tlf 41234567"
    assert len(title) == 200
    await import_rows(fresh, read(row(title=title)))
    assert len((await stored())["title"]) <= 200


async def test_a_key_that_is_a_person_is_refused_and_not_shown(fresh: Settings, read: Any) -> None:
    plan = read(row("kari@example.org"), row("a2"))
    with pytest.raises(ImportRefused) as refused:
        await import_rows(fresh, plan)
    assert [error.code for error in refused.value.errors] == ["personal_key"]
    report = await import_rows(fresh, plan, skip_bad=True)
    assert report.created == 1
    assert "example.org" not in json.dumps(report.as_json())


async def test_a_title_of_invisible_characters_is_a_bad_row(fresh: Settings, read: Any) -> None:
    with pytest.raises(ImportRefused) as refused:
        await import_rows(fresh, read(row(title="\u200b\u2060")))
    assert [(error.code, error.column) for error in refused.value.errors] == [("empty", "title")]


async def test_a_topic_that_is_not_there_is_named(fresh: Settings, read: Any) -> None:
    with pytest.raises(NotFound, match="topic_not_found") as refused:
        await import_rows(fresh, read(row(), topic="finnes-ikke"))
    assert refused.value.params == {"line": 1, "slug": "finnes-ikke"}
    assert await fetch_value("SELECT count(*) FROM import_run") == 0


async def test_a_shipped_topic_is_made_once_however_many_ask(fresh: Settings) -> None:
    made = await asyncio.gather(*(create_topic(fresh, "omastadi") for _ in range(4)))
    assert sorted(made) == [False, False, False, True]
    languages = await fetch(
        """SELECT language FROM topic_text w JOIN topic t ON t.id = w.topic_id
           WHERE t.slug = 'omastadi' ORDER BY 1"""
    )
    assert [item["language"] for item in languages] == ["en", "nb", "nn"]
    with pytest.raises(NotFound):
        await create_topic(fresh, "finnes-ikke")


async def test_a_dry_run_tells_and_writes_nothing(fresh: Settings, read: Any) -> None:
    await import_rows(fresh, read(row("a1"), row("a2")))
    before = await counts()
    report = await import_rows(fresh, read(row("a1"), row("a2", title="Nytt navn"), row("a3")), dry_run=True)
    assert (report.created, report.updated, report.unchanged) == (1, 1, 1)
    assert await counts() == before


async def test_two_imports_of_one_source_at_once(fresh: Settings, read: Any) -> None:
    plan = read(*(row(f"k{number}") for number in range(2 * CHUNK)))
    outcomes = await asyncio.gather(*(import_rows(fresh, plan) for _ in range(3)), return_exceptions=True)
    assert await fetch_value("SELECT count(*) FROM proposal") == 2 * CHUNK
    for outcome in outcomes:
        assert isinstance(outcome, (ImportReport, Conflict))
    done = [outcome for outcome in outcomes if isinstance(outcome, ImportReport)]
    assert sum(report.created for report in done) == 2 * CHUNK


async def test_the_second_says_that_the_first_is_not_done(fresh: Settings, read: Any) -> None:
    async with only_import(fresh, "plain"):
        with pytest.raises(Conflict) as refused:
            await import_rows(fresh, read(row()))
        assert refused.value.code == "import_running"
        other = await import_rows(fresh, read(row(), source="annen"))
    assert other.created == 1
    assert (await import_rows(fresh, read(row()))).created == 1


async def test_progress_is_shown_and_preserved(fresh: Settings, read: Any) -> None:
    progress: list[tuple[int, int]] = []
    plan = read(*(row(f"k{number}") for number in range(CHUNK + 1)))
    await import_rows(fresh, plan, on_progress=lambda done, total: progress.append((done, total)))
    assert progress == [(CHUNK, CHUNK + 1), (CHUNK + 1, CHUNK + 1)]
    run = await fetch_row("SELECT * FROM import_run")
    assert run is not None
    assert (run["state"], run["done"], run["total"], run["created"]) == ("done", 501, 501, 501)
    assert bytes(run["file_digest"]).hex() == plan.digest
    assert run["finished_at"] is not None


async def test_a_failure_in_the_middle_keeps_what_was_done_and_can_go_on(fresh: Settings, read: Any) -> None:
    plan = read(*(row(f"k{number}") for number in range(2 * CHUNK)))
    other = await owner(fresh)
    # The database itself refuses one row of the second chunk.
    await other.execute("ALTER TABLE proposal ADD CONSTRAINT trap CHECK (external_key <> 'k700')")
    with pytest.raises(asyncpg.CheckViolationError):
        await import_rows(fresh, plan)
    assert await fetch_value("SELECT count(*) FROM proposal") == CHUNK
    run = await fetch_row("SELECT state, done, created FROM import_run")
    assert run is not None
    assert tuple(run.values()) == ("failed", CHUNK, CHUNK)
    await other.execute("ALTER TABLE proposal DROP CONSTRAINT trap")
    await other.close()
    report = await import_rows(fresh, plan)
    assert (report.created, report.unchanged) == (CHUNK, CHUNK)


async def test_everybody_hears_of_it(fresh: Settings, read: Any) -> None:
    heard: list[str] = []
    listener = await asyncpg.connect(**connection_parameters(fresh.database_url))
    await listener.add_listener("changed", lambda *parts: heard.append(str(parts[-1])))
    await import_rows(fresh, read(row("a1"), row("a2")))
    topic_id = await fetch_value("SELECT id FROM topic WHERE slug = $1", TOPIC)
    await import_rows(fresh, read(row("a1"), row("a2", title="Nytt navn")))
    await import_rows(fresh, read(row("a1"), row("a2", title="Nytt navn")))
    await listener.execute("SELECT 1")
    await listener.close()
    changed = (await stored("a2"))["id"]
    assert heard == [
        f"proposals topic:{topic_id}",
        f"proposal:{changed} proposals topic:{topic_id}",
    ]


async def test_rows_of_another_municipality_are_not_touched(fresh: Settings, read: Any) -> None:
    await import_rows(fresh, read(row()))
    await execute_as_owner("INSERT INTO municipality (id, name) VALUES (9999, 'Prøve')")
    await execute(
        """INSERT INTO topic (municipality_id, slug, goals, opens_at, answer_days, moderation_mode)
           VALUES (9999, $1, '{1}', now(), 30, 'hold_risky')""",
        TOPIC,
    )

    await import_rows(replace(fresh, municipality=9999), read(row(title="Et annet navn")))
    titles = await fetch("SELECT municipality_id, title FROM proposal ORDER BY 1")
    assert [tuple(item.values()) for item in titles] == [(3201, "Forslag a1"), (9999, "Et annet navn")]
