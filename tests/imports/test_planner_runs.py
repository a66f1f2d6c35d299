"""Imports that planners start: checked, taken in by a worker, told row by row, and safe to be killed."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

import backend.imports.store as store
from backend.imports.choice import ColumnChoice, MappingChoice, StateChoice
from backend.imports.queries import ImportRunRow, import_run, own_import_runs
from backend.imports.retention import settle_imports
from backend.imports.row_errors import errors_of_runs
from backend.imports.running import BusyError, run_import
from backend.imports.runs import only_import
from backend.imports.service import ImportOrder, start_import
from backend.imports.uploads import receive_upload
from backend.platform.authz import Actor, Role
from backend.platform.database import execute, fetch, fetch_row, fetch_value
from backend.platform.errors import Conflict, Forbidden, Invalid, NotFound
from backend.platform.settings import Settings
from tests.fixtures.people import MakePerson

TOPIC = "mobilitetsstrategi"


async def send(actor: Actor, content: str, name: str = "liste.csv") -> int:
    async def body() -> AsyncIterator[bytes]:
        yield content.encode()

    return await receive_upload(actor, name, body())


def rows(count: int, *, title: str = "Forslag", topic: str = TOPIC) -> str:
    lines = [f"k{number},{title} {number},Flere benker langs stien.,{topic}\n" for number in range(count)]
    return "key,title,body,topic\n" + "".join(lines)


async def import_rows(settings: Settings, actor: Actor, content: str, **order: Any) -> ImportRunRow:
    name = order.pop("name", "liste.csv")
    run_id = await start_import(actor, ImportOrder(await send(actor, content, name), **order))
    await run_import(settings, run_id)
    return await import_run(actor, run_id)


async def errors_of(run: ImportRunRow) -> list[tuple[int, str, str, str]]:
    found = await errors_of_runs(3201, [run.id], after=0, limit=100)
    return [(error.line, error.column, error.value, error.code) for error in found[run.id]]


async def test_a_file_is_taken_in_and_forgotten(fresh: Settings, person: MakePerson) -> None:
    planner = await person(role=Role.PLANNER)
    run = await import_rows(fresh, planner, rows(3))
    assert (run.state, run.progress, run.rows_read, run.created, run.rows_bad) == ("done", 100, 3, 3, 0)
    assert (run.upload_id, run.problem, run.source) == (None, None, "plain")
    assert await fetch_value("SELECT count(*) FROM import_upload") == 0
    assert await fetch_value("SELECT count(*) FROM proposal WHERE source = 'plain'") == 3
    changed = rows(4).replace("Forslag 1", "Et annet navn")
    again = await import_rows(fresh, planner, changed)
    assert (again.created, again.updated, again.unchanged) == (1, 1, 2)
    assert [
        each.id for each in await own_import_runs(3201, planner.account_id or 0, before=None, limit=5)
    ] == [
        again.id,
        run.id,
    ]


async def test_a_dry_run_writes_nothing_and_keeps_the_file(fresh: Settings, person: MakePerson) -> None:
    planner = await person(role=Role.PLANNER)
    run = await import_rows(fresh, planner, rows(3), dry_run=True)
    assert (run.state, run.progress, run.created) == ("done", 100, 3)
    assert await fetch_value("SELECT count(*) FROM proposal WHERE source = 'plain'") == 0
    assert run.upload_id is not None
    run_id = await start_import(planner, ImportOrder(run.upload_id))
    await run_import(fresh, run_id)
    assert (await import_run(planner, run_id)).created == 3


async def test_bad_rows_refuse_the_file_and_are_shown_one_by_one(fresh: Settings, person: MakePerson) -> None:
    planner = await person(role=Role.PLANNER)
    bad = (
        "key,title,body,topic,lat,lon\na,Tittel,Tekst,{0},95,10\nb,,Tekst,{0},,\nola@example.org,T,T,{0},,\n"
    )
    run = await import_rows(fresh, planner, bad.format(TOPIC))
    assert (run.state, run.rows_read, run.rows_bad, run.created, run.upload_id) == ("refused", 3, 3, 0, None)
    assert run.problem is not None
    assert run.problem["code"] == "import_refused"
    assert await errors_of(run) == [
        (2, "lat", "95", "out_of_range"),
        (3, "title", "", "required"),
        (4, "key", "", "personal_key"),
    ]
    assert await fetch_value("SELECT count(*) FROM proposal WHERE source = 'plain'") == 0
    some = await import_rows(fresh, planner, bad.format(TOPIC) + f"c,Tittel,Tekst,{TOPIC},,\n", skip_bad=True)
    assert (some.state, some.created, some.rows_bad) == ("done", 1, 3)
    assert len(await errors_of(some)) == 3


async def test_no_personal_data_is_in_what_is_shown(fresh: Settings, person: MakePerson) -> None:
    planner = await person(role=Role.PLANNER)
    run = await import_rows(fresh, planner, f"key,title,body,topic,state\na,T,B,{TOPIC},kari@example.org\n")
    assert await errors_of(run) == [(2, "state", "[fjernet]", "unknown_value")]


async def test_a_file_that_says_nothing_fails_with_a_reason(fresh: Settings, person: MakePerson) -> None:
    planner = await person(role=Role.PLANNER)
    run = await import_rows(fresh, planner, '[{"key": "a"', name="liste.json")
    assert run.state == "failed"
    assert run.problem is not None
    assert run.problem["code"] == "malformed_json"
    assert run.problem["params"]["file"] == "liste.json"
    run = await import_rows(fresh, planner, rows(1, topic="finnes-ikke"))
    assert run.problem is not None
    assert (run.problem["code"], run.problem["params"]["slug"]) == ("topic_not_found", "finnes-ikke")


async def test_own_columns_and_words(fresh: Settings, person: MakePerson, topic_id: Any) -> None:
    planner = await person(role=Role.PLANNER)
    choice = MappingChoice(
        source="sak-2019",
        key=("Nr",),
        columns=(
            ColumnChoice("title", "Tittel"),
            ColumnChoice("body", "Forklaring"),
            ColumnChoice("state", "Vedtak"),
        ),
        states=(StateChoice("Ja", "answered", "accepted"), StateChoice("Åpen", "published")),
        delimiter=";",
    )
    content = "Nr;Tittel;Forklaring;Vedtak\n1;Benker;Flere benker;Ja\n2;Lys;Mer lys;Åpen\n"
    run = await import_rows(fresh, planner, content, choice=choice, topic_id=await topic_id())
    assert (run.state, run.created, run.source) == ("done", 2, "sak-2019")
    found = await fetch(
        "SELECT title, state, outcome FROM proposal WHERE source = 'sak-2019' ORDER BY external_key"
    )
    assert [tuple(row.values()) for row in found] == [
        ("Benker", "answered", "accepted"),
        ("Lys", "published", None),
    ]


@pytest.mark.parametrize(
    ("choice", "code"),
    [
        (MappingChoice(name="../../etc/passwd"), "mapping_unknown"),
        (MappingChoice(source="Med Mellomrom"), "source"),
        (MappingChoice(state="answered"), "state_unknown"),
        (MappingChoice(columns=(ColumnChoice("title", "t"),), key=("k",)), "source_missing"),
        # Without a key the words are the key, but there must be a title.
        (MappingChoice(columns=(ColumnChoice("body", "t"),), source="x"), "title_column_missing"),
        (
            MappingChoice(
                columns=(ColumnChoice("title", "t"), ColumnChoice("nothing", "n")), key=("k",), source="x"
            ),
            "mapping_invalid",
        ),
        (MappingChoice(columns=(ColumnChoice("title", "t" * 300),), key=("k",), source="x"), "mapping_large"),
        # What a shipped mapping does not use is stored and told all the same.
        (MappingChoice(name="plain", key=("k",) * 101), "mapping_large"),
        (MappingChoice(states=(StateChoice("åpen", "published"),) * 101), "mapping_large"),
        (MappingChoice(columns=(ColumnChoice("title", "t"),) * 2, key=("k",), source="x"), "field_twice"),
        (
            MappingChoice(columns=(ColumnChoice("title", "t"),), key=("k",), source="x", delimiter="\n"),
            "mapping_invalid",
        ),
    ],
)
async def test_a_mapping_that_cannot_be_used_is_refused_at_once(
    person: MakePerson, choice: MappingChoice, code: str
) -> None:
    planner = await person(role=Role.PLANNER)
    with pytest.raises(Invalid) as refused:
        await start_import(planner, ImportOrder(await send(planner, rows(1)), choice=choice))
    assert refused.value.code == code
    assert await fetch_value("SELECT count(*) FROM import_run") == 0


async def test_a_planner_of_one_topic_writes_into_that_one_only(
    fresh: Settings, person: MakePerson, topic_id: Any
) -> None:
    mine, other = await topic_id(), await topic_id("kommunegarden")
    of_all = await person(role=Role.PLANNER)
    of_one = await person(role=Role.PLANNER, topic_id=mine)
    assert (await import_rows(fresh, of_one, rows(1))).created == 1
    upload = await send(of_one, rows(1))
    with pytest.raises(Forbidden):
        await start_import(of_one, ImportOrder(upload, topic_id=other))
    elsewhere = await import_rows(fresh, of_one, rows(2, topic="kommunegarden"))
    assert (elsewhere.state, {error[3] for error in await errors_of(elsewhere)}) == (
        "refused",
        {"topic_not_yours"},
    )
    await import_rows(fresh, of_all, "key,title,topic\nx1,Deres,kommunegarden\n")
    stolen = await import_rows(fresh, of_one, f"key,title,topic\nx1,Mitt,{TOPIC}\n")
    assert [error[3] for error in await errors_of(stolen)] == ["held_elsewhere"]
    assert await fetch_value("SELECT title FROM proposal WHERE external_key = 'x1'") == "Deres"


async def test_a_role_that_ended_meanwhile_imports_nothing(fresh: Settings, person: MakePerson) -> None:
    planner = await person(role=Role.PLANNER)
    run_id = await start_import(planner, ImportOrder(await send(planner, rows(1))))
    await execute("UPDATE role_grant SET ended_at = now() WHERE account_id = $1", planner.account_id)
    await run_import(fresh, run_id)
    run = await import_run(planner, run_id)
    assert run.problem is not None
    assert (run.state, run.problem["code"], run.created) == ("failed", "planners_only", 0)


async def test_who_may_and_what_others_see(fresh: Settings, person: MakePerson) -> None:
    planner, other, admin = (
        await person(role=Role.PLANNER),
        await person(role=Role.PLANNER),
        await person(role=Role.ADMIN),
    )
    upload = await send(planner, rows(1))
    for actor, error in ((await person(), Forbidden), (admin, Forbidden), (other, NotFound)):
        with pytest.raises(error):
            await start_import(actor, ImportOrder(upload))
    run_id = await start_import(planner, ImportOrder(upload))
    assert (await import_run(admin, run_id)).state == "waiting"
    for actor in (other, await person()):
        with pytest.raises(NotFound):
            await import_run(actor, run_id)


async def test_requested_twice_it_is_done_once(fresh: Settings, person: MakePerson) -> None:
    planner = await person(role=Role.PLANNER)
    order = ImportOrder(await send(planner, rows(2)))
    ids = await asyncio.gather(*(start_import(planner, order, key="k") for _ in range(5)))
    assert len(set(ids)) == 1
    with pytest.raises(Conflict):
        await start_import(planner, order)
    assert await fetch_value("SELECT count(*) FROM outbox WHERE job = 'import_upload'") == 1
    ends = await asyncio.gather(*(run_import(fresh, ids[0]) for _ in range(3)), return_exceptions=True)
    assert all(end is None or isinstance(end, BusyError) for end in ends)
    run = await import_run(planner, ids[0])
    assert (run.state, run.created) == ("done", 2)


async def test_it_waits_for_another_import_of_the_source(fresh: Settings, person: MakePerson) -> None:
    planner = await person(role=Role.PLANNER)
    run_id = await start_import(planner, ImportOrder(await send(planner, rows(1))))
    async with only_import(fresh, "plain"):
        with pytest.raises(BusyError):
            await run_import(fresh, run_id)
    assert (await import_run(planner, run_id)).state == "waiting"


async def test_killed_in_the_middle_it_goes_on_and_counts_right(
    fresh: Settings, person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "CHUNK", 10)
    planner = await person(role=Role.PLANNER)
    await import_rows(fresh, planner, rows(5))
    run_id = await start_import(planner, ImportOrder(await send(planner, rows(45))))
    import_chunk, done = store._import_chunk, 0

    async def dies(*arguments: Any) -> None:
        nonlocal done
        if done == 2:
            raise asyncio.CancelledError
        await import_chunk(*arguments)
        done += 1

    monkeypatch.setattr(store, "_import_chunk", dies)
    with pytest.raises(asyncio.CancelledError):
        await run_import(fresh, run_id)
    run = await import_run(planner, run_id)
    assert (run.state, run.created, run.total) == ("running", 15, 45)
    assert 10 < run.progress < 100
    monkeypatch.setattr(store, "_import_chunk", import_chunk)
    await run_import(fresh, run_id)
    run = await import_run(planner, run_id)
    assert (run.state, run.created, run.updated, run.unchanged) == ("done", 40, 0, 5)
    assert await fetch_value("SELECT count(*) FROM proposal WHERE source = 'plain'") == 45
    await run_import(fresh, run_id)
    assert (await import_run(planner, run_id)).created == 40


async def test_a_run_that_was_given_up_is_shown_so(fresh: Settings, person: MakePerson) -> None:
    planner = await person(role=Role.PLANNER)
    run_id = await start_import(planner, ImportOrder(await send(planner, rows(1))))
    await execute("UPDATE import_run SET created_at = now() - interval '5 minutes'")
    await settle_imports(3201)
    assert (await import_run(planner, run_id)).state == "waiting"
    await execute("UPDATE outbox SET failed_at = now() WHERE job = 'import_upload'")
    await settle_imports(3201)
    run = await import_run(planner, run_id)
    assert run.problem is not None
    assert (run.state, run.problem["code"]) == ("failed", "import_given_up")


async def test_every_row_bad_keeps_the_first_ten_thousand(fresh: Settings, person: MakePerson) -> None:
    planner = await person(role=Role.PLANNER)
    run = await import_rows(
        fresh, planner, "key,title,topic\n" + "".join(f"{n},,{TOPIC}\n" for n in range(12_000))
    )
    assert run.rows_bad == 12_000
    assert await fetch_value("SELECT count(*) FROM import_row_error") == 10_000
    assert (await fetch_row("SELECT max(ordinal), min(ordinal) FROM import_row_error")) == (10_000, 1)


async def test_hostile_files_are_rows_with_errors_or_reasons(fresh: Settings, person: MakePerson) -> None:
    planner = await person(role=Role.PLANNER)
    for name, content in (
        ("a.csv", "key,title,topic\n" + '"' * 5_000),
        ("a.jsonl", json.dumps({"key": "a\ud800", "title": "\0", "topic": TOPIC}) + "\n[" * 2_000),
        ("a.json", "[" * 100_000),
        ("a.csv", "key;title\n\0;\0\n"),
    ):
        run = await import_rows(fresh, planner, content, name=name)
        assert run.state in ("failed", "refused"), name


async def test_a_bug_is_tried_again(
    fresh: Settings, person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    planner = await person(role=Role.PLANNER)
    run_id = await start_import(planner, ImportOrder(await send(planner, rows(1))))

    async def breaks(*_arguments: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(store, "_import_chunk", breaks)
        with pytest.raises(ZeroDivisionError):
            await run_import(fresh, run_id)
    await run_import(fresh, run_id)
    assert (await import_run(planner, run_id)).state == "done"
