"""Proposals streamed out as CSV, JSON Lines or GeoJSON, with constant memory.

Every format ends with a count of its rows, so that a stream cut short is not taken for a whole one:

- CSV: a last line `#rows=N`. RFC 4180 has no native way; the line is one cell, the "plain" mapping checks
  and drops it, and any other reader sees at worst one odd row at the end. Text that a spreadsheet could run
  is guarded as `guard` describes, and a byte order mark makes spreadsheets read the file as UTF-8.
- CSV for Norwegian spreadsheets (`SPREADSHEET`): separated by semicolons, with decimal commas, times as Norwegian
  clocks show them, and no last line, since people read it and nobody imports it unseen.
- JSON Lines: a last line `{"end":true,"rows":N}`.
- GeoJSON (RFC 7946): `"rows":N` after the features; a cut stream lacks the closing brackets and is no JSON.

An error while encoding leaves the generator before the ending is written: whoever writes a file of it must not let
anybody have that file.
"""

import csv
import io
import json
import math
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from backend.imports.guard import guard

COLUMNS: Final = (
    "key",
    "title",
    "body",
    "topic",
    "language",
    "lat",
    "lon",
    "place",
    "state",
    "outcome",
    "created_at",
    "published_at",
    "links",
)
"""What the "plain" mapping reads back; an export may have more columns, which an import ignores and names."""

SPREADSHEET: Final = "spreadsheet"
"""The variant of CSV that Norwegian spreadsheets open by a double click."""

_ZONE: Final = ZoneInfo("Europe/Oslo")

CHUNK_BYTES: Final = 65_536

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """How a format is announced and named."""

    media_type: str
    suffix: str


FORMATS: Final = {
    "csv": ExportFormat("text/csv; charset=utf-8", ".csv"),
    "jsonl": ExportFormat("application/jsonl", ".jsonl"),
    "geojson": ExportFormat("application/geo+json", ".geojson"),
}


class _Encoder(Protocol):
    """Text before, of and after the rows."""

    def start(self) -> str: ...
    def row(self, row: Row, number: int) -> str: ...
    def end(self, rows: int) -> str: ...


def encode(format: str, rows: AsyncIterator[Row], columns: Sequence[str] = COLUMNS) -> AsyncIterator[bytes]:  # noqa: A002 -- the word people use
    """The rows as bytes in chunks of about `CHUNK_BYTES`. An unknown format raises ValueError at once.

    Values may be text, numbers, booleans, None, aware times, lists and dicts. A row with a name outside
    `columns`, a time without a zone, a number that is not finite or text that is not Unicode raises
    ValueError; another type raises TypeError.
    """
    makers: dict[str, Callable[[Sequence[str]], _Encoder]] = {
        "csv": _Csv,
        SPREADSHEET: _Spreadsheet,
        "jsonl": _JsonLines,
        "geojson": _GeoJson,
    }
    if format not in makers:
        raise ValueError(f"unknown export format: {format}")
    return _stream(makers[format](columns), frozenset(columns), rows)


async def _stream(
    encoder: _Encoder, columns: frozenset[str], rows: AsyncIterator[Row]
) -> AsyncIterator[bytes]:
    buffer = bytearray(encoder.start().encode("utf-8"))
    number = 0
    async for row in rows:
        if not columns.issuperset(row):
            raise ValueError(f"columns not announced: {sorted(set(row) - columns)}")
        buffer += encoder.row(row, number).encode("utf-8")
        number += 1
        if len(buffer) >= CHUNK_BYTES:
            yield bytes(buffer)
            buffer.clear()
    yield bytes(buffer) + encoder.end(number).encode("utf-8")


class _Csv:
    delimiter = ","

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns
        self._buffer = io.StringIO(newline="")
        self._writer = csv.writer(self._buffer, delimiter=self.delimiter, lineterminator="\r\n")

    def start(self) -> str:
        return "\ufeff" + self._line(list(self._columns))

    def row(self, row: Row, number: int) -> str:
        return self._line([self._cell(row.get(column)) for column in self._columns])

    def _cell(self, value: object) -> str:
        return _cell(value)

    def end(self, rows: int) -> str:
        return f"#rows={rows}\r\n"

    def _line(self, cells: list[str]) -> str:
        self._writer.writerow(cells)
        text = self._buffer.getvalue()
        self._buffer.seek(0)
        self._buffer.truncate()
        return text


class _Spreadsheet(_Csv):
    delimiter = ";"

    def _cell(self, value: object) -> str:
        if isinstance(value, float):
            return _cell(value).replace(".", ",")
        if isinstance(value, datetime):
            return _aware(value).astimezone(_ZONE).strftime("%Y-%m-%d %H:%M")
        return _cell(value)

    def end(self, rows: int) -> str:
        return ""


class _JsonLines:
    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns

    def start(self) -> str:
        return ""

    def row(self, row: Row, number: int) -> str:
        return _json({column: row.get(column) for column in self._columns}) + "\n"

    def end(self, rows: int) -> str:
        return _json({"end": True, "rows": rows}) + "\n"


class _GeoJson:
    """A proposal without a place is a feature without a geometry, as RFC 7946 has it."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = [column for column in columns if column not in {"lat", "lon"}]

    def start(self) -> str:
        return '{"type":"FeatureCollection","features":['

    def row(self, row: Row, number: int) -> str:
        latitude, longitude = row.get("lat"), row.get("lon")
        placed = latitude is not None and longitude is not None
        feature = {
            "type": "Feature",
            "id": row.get("key"),
            "geometry": {"type": "Point", "coordinates": [longitude, latitude]} if placed else None,
            "properties": {column: row.get(column) for column in self._columns},
        }
        return (",\n" if number else "\n") + _json(feature)

    def end(self, rows: int) -> str:
        return f'\n],"rows":{rows}}}\n'


def _cell(value: object) -> str:
    """Text is guarded; what is not text cannot be a formula, and a negative number stays a number."""
    if value is None:
        return ""
    if isinstance(value, str):
        return guard(value)
    if isinstance(value, datetime):
        return _time(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        if not math.isfinite(value):
            raise ValueError("a number that is not finite")
        return repr(value)
    return _json(value) if value else ""


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_special)


def _special(value: Any) -> str:
    if isinstance(value, datetime):
        return _time(value)
    raise TypeError(f"cannot be exported: {type(value).__name__}")


def _time(value: datetime) -> str:
    return _aware(value).astimezone(UTC).isoformat()


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a time without a zone")
    return value
