"""A file out of a Norwegian spreadsheet, as it comes: its letters, its separator, its headings, dates and leftovers."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.imports.dates import read_time
from backend.imports.errors import ImportRefused
from backend.imports.guess import guess_columns, read_head, source_from
from backend.imports.mapping import mapping_for
from backend.imports.plan import ImportPlan, read_proposals
from backend.imports.store import import_plan
from backend.platform.database import fetch
from backend.platform.errors import Invalid
from backend.platform.settings import Settings

from .conftest import Write

ZONE = "Europe/Oslo"
FILE = """;;;;
Tittel;Tekst;Dato;Sted;
Benker ved elva;"Vi trenger ""flere"" benker; gjerne nå";1. mai 2026;Sandvika;
Lys på stien;;02.05.26 14:30;;
;;;;
Badeplass på øya;Stranda er fin.;lør. 3/5-2026;;
"""


def read(path: Path) -> ImportPlan:
    return read_proposals(path, mapping_for(path).with_constants(topic="mobilitetsstrategi"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_a_norwegian_file_is_read_as_it_is(write: Write, encoding: str, separator: str) -> None:
    text = FILE.replace("benker; gjerne", "benker, gjerne").replace(";", separator)
    plan = read(write("Innspill frå møtet.csv", text.encode(encoding)))
    assert plan.errors == ()
    assert [row.title for row in plan.proposals] == ["Benker ved elva", "Lys på stien", "Badeplass på øya"]
    assert plan.proposals[0].body == 'Vi trenger "flere" benker, gjerne nå'
    assert plan.proposals[0].place_label == "Sandvika"
    assert [row.created_at for row in plan.proposals] == [
        datetime(2026, 4, 30, 22, tzinfo=UTC),
        datetime(2026, 5, 2, 12, 30, tzinfo=UTC),
        datetime(2026, 5, 2, 22, tzinfo=UTC),
    ]
    assert plan.mapping.source == "innspill-fra-motet"
    assert len({row.external_key for row in plan.proposals}) == 3


def test_a_column_of_numbers_is_the_key(write: Write) -> None:
    plan = read(write("a.csv", "Nr;Tittel;Tekst\n7;Benker;Flere\n8;Lys;Mer\n"))
    assert [row.external_key for row in plan.proposals] == ["7", "8"]


def test_the_same_words_are_the_same_proposal(write: Write) -> None:
    once = read(write("a.csv", "Tittel;Tekst\nBenker;Flere\nLys;Mer\n"))
    again = read(write("b.csv", "Tittel;Tekst\nLys;Mer\nBenker;Flere\nBenker;Flere\n"))
    assert {row.external_key for row in once.proposals} == {row.external_key for row in again.proposals}


def test_a_decimal_comma_is_understood(write: Write) -> None:
    (row,) = read(write("a.csv", "Tittel;Breddegrad;Lengdegrad\nBenker;59,8907;10,5241\n")).proposals
    assert (row.latitude, row.longitude) == (59.8907, 10.5241)


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("2026-05-01", "2026-05-01T00:00"),
        ("2026-05-01T14:30", "2026-05-01T14:30"),
        ("1. mai 2026", "2026-05-01T00:00"),
        ("1 mai 2026", "2026-05-01T00:00"),
        ("01.05.2026", "2026-05-01T00:00"),
        ("1.5.26", "2026-05-01T00:00"),
        ("1/5-2026", "2026-05-01T00:00"),
        ("1/5/2026 09.05", "2026-05-01T09:05"),
        ("fredag 1. mai 2026 kl. 14:30", "2026-05-01T14:30"),
        ("1. Mai 2026, kl 14.30", "2026-05-01T14:30"),
        ("24. des. 2025", "2025-12-24T00:00"),
        ("29.02.2024 23:59:58", "2024-02-29T23:59:58"),
        ("17 May 2025", "2025-05-17T00:00"),
    ],
)
def test_dates_as_people_write_them(text: str, local: str) -> None:
    assert read_time(text, ZONE) == read_time(local, ZONE)


@pytest.mark.parametrize(
    "text", ["i går", "mai 2026", "2026", "1. mais 2026", "uke 18", "45778", "1.5", "", "1.1.1.1"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    try:
        assert read_time(text, ZONE) is None
    except ValueError:
        return


def _in(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("1,A,,,2099-01-01,", "created_at", "in_the_future"),
        ("1,A,,,,2099-01-01", "published_at", "in_the_future"),
        (f"1,A,,,,{_in(3)}", "published_at", "in_the_future"),
        ("1,A,,,0021-05-01,", "created_at", "too_long_ago"),
        ("1,A,,,31. februar 2026,", "created_at", "not_a_time"),
        ("1,A,,,2026-05-02,2026-05-01", "published_at", "published_before_created"),
        ("1,A,0,0,,", "lat", "null_island"),
        ("1,A,0.0,-0.0,,", "lat", "null_island"),
    ],
)
def test_the_impossible_is_refused_by_row(write: Write, row: str, column: str, code: str) -> None:
    plan = read(write("a.csv", f"key,title,lat,lon,created_at,published_at\n{row}\n2,B,,,,\n"))
    assert [(error.line, error.column, error.code) for error in plan.errors] == [(2, column, code)]
    assert [row.external_key for row in plan.proposals] == ["2"]


async def _import(settings: Settings, path: Path) -> Any:
    return await import_plan(settings, read(path), file_name=path.name)


async def test_degrees_that_changed_places_are_refused(fresh: Settings, write: Write) -> None:
    path = write("a.csv", "key,title,lat,lon\n1,A,10.52,59.89\n2,B,59.89,10.52\n")
    with pytest.raises(ImportRefused) as refused:
        await _import(fresh, path)
    assert [(error.line, error.code) for error in refused.value.errors] == [(2, "swapped")]


async def test_points_outside_are_said_and_taken_in(fresh: Settings, write: Write) -> None:
    report = await _import(fresh, write("a.csv", "key,title,lat,lon\n1,A,60.17,24.94\n2,B,59.89,10.52\n"))
    assert [(warning.line, warning.code) for warning in report.warnings] == [(2, "outside")]
    assert (report.created, report.errors) == (2, ())
    many = "".join(f"{number},T{number},60.17,24.94\n" for number in range(10, 40))
    report = await _import(fresh, write("b.csv", f"key,title,lat,lon\n{many}"))
    assert [(warning.line, warning.code, warning.detail) for warning in report.warnings] == [
        (0, "many_outside", "30")
    ]
    assert report.created == 30


async def test_the_file_is_taken_in_whole(fresh: Settings, write: Write) -> None:
    report = await _import(fresh, write("Møte.csv", FILE.encode("cp1252")))
    assert (report.created, report.errors) == (3, ())
    rows = await fetch(
        "SELECT title, source, created_at = published_at AS same FROM proposal ORDER BY created_at"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("Benker ved elva", "mote", True),
        ("Lys på stien", "mote", True),
        ("Badeplass på øya", "mote", True),
    ]
    again = await _import(fresh, write("Møte.csv", FILE.encode("utf-8")))
    assert (again.created, again.unchanged) == (0, 3)


def test_leftovers_refuse_nothing(write: Write) -> None:
    plan = read(write("a.csv", "\n,,,\nkey,title,,\n1,A,,,,,\n,,,\n2,B,,\n\n,,\n"))
    assert plan.errors == ()
    assert [row.external_key for row in plan.proposals] == ["1", "2"]


def test_what_stands_beyond_the_columns_is_an_error(write: Write) -> None:
    plan = read(write("a.csv", "key,title,\n1,A,,noe\n2,B\n"))
    assert [(error.line, error.code, error.detail) for error in plan.errors] == [
        (2, "ragged", "4/3"),
        (3, "ragged", "2/3"),
    ]


def test_unicode_text_says_how_to_save_it(write: Write) -> None:
    with pytest.raises(Invalid, match="utf16"):
        mapping_for(write("a.csv", FILE.encode("utf-16")))


def test_headings_in_plain_words() -> None:
    assert guess_columns(["Nr", "OVERSKRIFT", "Beskrivelse", "Bydel", "Innsendt"]) == {
        "title": "OVERSKRIFT",
        "body": "Beskrivelse",
        "place_label": "Bydel",
        "created_at": "Innsendt",
    }
    assert guess_columns(["a", "b"]) == {}


def test_a_source_is_the_files_name() -> None:
    assert source_from("Innbyggerdag 2026 – østre Bærum.csv") == "innbyggerdag-2026-ostre-baerum"
    assert source_from("æøå" * 40 + ".csv") == ("aeoa" * 40)[:40]
    assert source_from("???.csv") == "regneark"


def test_a_cut_head_loses_its_last_line_only() -> None:
    whole = "Tittel;Tekst\n" + "".join(f"{n};{'x' * 100}\n" for n in range(5_000))
    head = read_head(whole.encode()[: 256 * 1024], most=3)
    assert head.header == ("Tittel", "Tekst")
    assert len(head.rows) == 3
