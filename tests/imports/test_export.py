"""Exports: safe to open, recognisable when cut short, and read back as they were."""

import csv
import io
import json
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backend.imports.errors import UnreadableFile
from backend.imports.export import CHUNK_BYTES, FORMATS, Row, encode
from backend.imports.guard import guard, unguard
from backend.imports.mapping import load_mapping, mapping_for
from backend.imports.plan import ImportPlan, read_proposals
from backend.imports.rows import ImportedProposal, ProposalLink, link_value, row_digest

from .conftest import Write


def export_row(row: ImportedProposal) -> dict[str, object]:
    """A proposal under the names of `COLUMNS`."""
    return {
        "key": row.external_key,
        "title": row.title,
        "body": row.body,
        "topic": row.topic,
        "language": row.language,
        "lat": row.latitude,
        "lon": row.longitude,
        "place": row.place_label,
        "state": row.state,
        "outcome": row.outcome,
        "created_at": row.created_at,
        "published_at": row.published_at,
        "links": [link_value(link) for link in row.links],
    }


ROW = ImportedProposal("k1", 2, "Tittel", "Tekst", "nb", "mobilitet", "published")


async def stream(rows: Iterable[Row]) -> AsyncIterator[Row]:
    for row in rows:
        yield row


async def exported(name: str, rows: Iterable[Row]) -> bytes:
    return b"".join([chunk async for chunk in encode(name, stream(rows))])


def read_back(name: str, content: bytes) -> ImportPlan:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"a{FORMATS[name].suffix}"
        path.write_bytes(content)
        return read_proposals(path, mapping_for(path))


# Text as it is after an import: no control characters, no blanks around it; titles on one line.
_letters = st.characters(exclude_categories=["Cc", "Cs", "Z"])
_word = st.text(_letters, min_size=1, max_size=12)
_line = st.lists(_word | st.sampled_from(list("=+-@'\"#,;＝{[")), min_size=1, max_size=6).map(" ".join)
_text = st.lists(_line | st.just(""), max_size=5).map("\n".join).map(str.strip)
_key = st.text(_letters | st.sampled_from("=+-@'\"#:%"), min_size=1, max_size=20)
_time = st.none() | st.datetimes(
    # Naive bounds, as the strategy wants them. What is ahead of now is no import.
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001
    max_value=datetime(2025, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
_number = st.floats(allow_nan=False, allow_infinity=False).map(lambda number: number + 0.0)
_link = st.builds(
    ProposalLink,
    target=_line,
    selected=st.none() | st.booleans(),
    numbers=st.dictionaries(_word, _number, max_size=3).map(lambda found: tuple(sorted(found.items()))),
)
_links = st.lists(_link, max_size=3, unique_by=lambda link: link.target).map(
    lambda links: tuple(sorted(links, key=lambda link: link.target))
)
_place = st.none() | st.tuples(
    st.floats(-90, 90).map(lambda number: number + 0.0), st.floats(-180, 180).map(lambda number: number + 0.0)
).filter(lambda place: place != (0.0, 0.0))
_state = st.sampled_from(
    [("published", None), ("withdrawn", None), ("answered", "partly"), ("done", "accepted")]
)


@st.composite
def proposals(draw: st.DrawFn) -> ImportedProposal:
    place, (state, outcome) = draw(_place), draw(_state)
    times = draw(_time), draw(_time)
    created, published = sorted(times, key=lambda time: time or datetime.min.replace(tzinfo=UTC))
    return ImportedProposal(
        external_key=draw(_key),
        line=2,
        title=draw(_line),
        body=draw(_text),
        language=draw(st.sampled_from(["nb", "nn", "en", "fi"])),
        topic=draw(st.sampled_from(["mobilitet", "klima-2030"])),
        state=state,
        outcome=outcome,
        latitude=place and place[0],
        longitude=place and place[1],
        place_label=draw(_line | st.just("")),
        created_at=created,
        published_at=published,
        links=draw(_links),
    )


@pytest.mark.parametrize("name", sorted(FORMATS))
@settings(max_examples=60, deadline=None)
@given(rows=st.lists(proposals(), max_size=5, unique_by=lambda row: row.external_key))
async def test_what_goes_out_comes_back(name: str, rows: list[ImportedProposal]) -> None:
    plan = read_back(name, await exported(name, [export_row(row) for row in rows]))
    assert plan.errors == ()
    assert plan.complete is True
    assert [row_digest(row) for row in plan.proposals] == [row_digest(row) for row in rows]


@given(st.text() | st.text("=+-@' \t\r\n＝a", max_size=6))
@example("'")
@example("''=")
@example("\u2003=1")
def test_the_guard_can_be_undone_exactly(cell: str) -> None:
    guarded = guard(cell)
    assert unguard(guarded) == cell
    assert not guarded.strip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert not guarded.startswith(("\t", "\r", "\n"))


async def test_csv_is_safe_in_a_spreadsheet_and_numbers_stay_numbers() -> None:
    row = {**export_row(ROW), "title": '=HYPERLINK("http://x")', "body": "- punkt", "lat": -5.5, "lon": -0.25}
    content = await exported("csv", [row])
    assert content.startswith(b"\xef\xbb\xbfkey,title,")
    cells = next(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert cells["title"] == '\'=HYPERLINK("http://x")'
    assert cells["body"] == "'- punkt"
    assert (cells["lat"], cells["lon"]) == ("-5.5", "-0.25")
    assert content.endswith(b"\r\n#rows=1\r\n")


async def test_hand_written_apostrophes_are_left_alone(write: Write) -> None:
    plan = read_proposals(write("a.csv", "key,title,topic\n1,'Tis noe,t\n"), load_mapping("plain"))
    assert plan.proposals[0].title == "'Tis noe"


@pytest.mark.parametrize("count", [0, 1, 3])
async def test_each_format_says_how_many_rows_it_has(count: int) -> None:
    rows = [export_row(ROW)] * count
    assert (await exported("csv", rows)).endswith(f"#rows={count}\r\n".encode())
    lines = (await exported("jsonl", rows)).splitlines()
    assert json.loads(lines[-1]) == {"end": True, "rows": count}
    assert len(lines) == count + 1
    collection = json.loads(await exported("geojson", rows))
    assert (collection["type"], collection["rows"], len(collection["features"])) == (
        "FeatureCollection",
        count,
        count,
    )


async def test_geojson_puts_longitude_first_and_allows_no_place() -> None:
    rows = [{**export_row(ROW), "lat": 59.9, "lon": 10.5}, export_row(ROW)]
    features = json.loads(await exported("geojson", rows))["features"]
    assert features[0]["geometry"] == {"type": "Point", "coordinates": [10.5, 59.9]}
    assert features[0]["id"] == "k1"
    assert "lat" not in features[0]["properties"]
    assert features[1]["geometry"] is None


async def _five(name: str) -> bytes:
    rows = [export_row(ImportedProposal(f"k{n}", 2, "T", "x", "nb", "t", "published")) for n in range(5)]
    return await exported(name, rows)


@pytest.mark.parametrize("name", ["csv", "jsonl"])
async def test_a_lost_row_is_noticed(name: str) -> None:
    lines = (await _five(name)).splitlines(keepends=True)
    plan = read_back(name, b"".join([*lines[:2], *lines[3:]]))
    assert plan.complete is False
    assert [error.code for error in plan.errors] == ["truncated"]
    assert len(plan.proposals) == 4


@pytest.mark.parametrize("name", ["csv", "jsonl"])
async def test_a_lost_ending_is_noticed(name: str) -> None:
    lines = (await _five(name)).splitlines(keepends=True)
    assert read_back(name, b"".join(lines[:-2])).complete is None


async def test_a_cut_geojson_is_no_json() -> None:
    content = await _five("geojson")
    for cut in (1, 3, 10, 200):
        with pytest.raises(UnreadableFile):
            read_back("geojson", content.rstrip()[:-cut])


async def test_two_exports_in_one_file_are_noticed() -> None:
    content = await _five("jsonl")
    plan = read_back("jsonl", content + content)
    assert [error.code for error in plan.errors] == ["after_end"] * 5
    assert (plan.rows_read, plan.rows_used, plan.rows_refused) == (10, 5, 5)


async def test_a_trailer_that_a_spreadsheet_filled_up_is_still_one() -> None:
    content = (await _five("csv")).replace(b"#rows=5", b"#rows=5" + b"," * 12)
    assert read_back("csv", content).complete is True


@pytest.mark.parametrize("name", sorted(FORMATS))
@pytest.mark.parametrize(
    "bad",
    [
        {"unknown": 1},
        {"lat": float("nan"), "lon": 1.0},
        {"lat": float("inf"), "lon": 1.0},
        {"title": "\ud800"},
        {"created_at": datetime(2024, 1, 1)},  # noqa: DTZ001 -- the naive time is the mistake under test
        {"links": [object()]},
    ],
)
async def test_a_failing_row_leaves_no_ending(name: str, bad: dict[str, Any]) -> None:
    chunks: list[bytes] = []

    async def collect() -> None:
        rows = [export_row(ROW)] * 2_000 + [{**export_row(ROW), **bad}]
        async for chunk in encode(name, stream(rows)):
            chunks.append(chunk)  # noqa: PERF401 -- what came before the failure must be kept

    with pytest.raises((ValueError, TypeError)):
        await collect()
    content = b"".join(chunks)
    assert content
    assert b"rows" not in content


async def test_a_source_that_fails_leaves_no_ending() -> None:
    async def failing() -> AsyncIterator[Row]:
        yield export_row(ROW)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        [chunk async for chunk in encode("csv", failing())]


def test_an_unknown_format_fails_at_once() -> None:
    with pytest.raises(ValueError, match="xlsx"):
        encode("xlsx", stream([]))


async def test_memory_is_bounded_by_the_chunk() -> None:
    row = {**export_row(ROW), "body": "x" * 1_000}
    sizes = [len(chunk) async for chunk in encode("geojson", stream([row] * 5_000))]
    assert sum(sizes) > 5_000_000
    assert max(sizes) < CHUNK_BYTES + 2_000


async def test_times_go_out_in_utc() -> None:
    oslo = datetime(2024, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    line = json.loads((await exported("jsonl", [{**export_row(ROW), "created_at": oslo}])).splitlines()[0])
    assert line["created_at"] == "2024-07-01T10:00:00+00:00"
