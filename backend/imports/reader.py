"""Files read row by row: CSV and JSON Lines as a stream, JSON as a whole up to a bound.

Content never raises here: a row that cannot be read is a `RawRow` with errors. Only a file in which no row
can be found at all raises UnreadableFile.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

from backend.imports.csv_rows import csv_rows
from backend.imports.errors import RowError, UnreadableFile, row_error
from backend.imports.json_scan import JsonError, JsonScanner, parse
from backend.imports.mapping import file_format
from backend.imports.report import FileReport
from backend.imports.rows import RawRow
from backend.imports.schema import FileFormat, ImportMapping
from backend.imports.source import Source

MAX_JSON_BYTES: Final = 50_000_000
"""A JSON file is held in memory as a whole; a larger one has to be JSON Lines."""


class _Format(Protocol):
    def __call__(self, source: Source, mapping: ImportMapping, report: FileReport) -> Iterator[RawRow]: ...


class FileRows:
    """The rows of an open file, once. After the last one, `report` and `digest()` are final."""

    def __init__(self, source: Source, mapping: ImportMapping, read: _Format) -> None:
        self._source = source
        self._mapping = mapping
        self._read = read
        self.report = FileReport()
        self.rows_read = 0

    def __iter__(self) -> Iterator[RawRow]:
        counted = 0
        for row in self._read(self._source, self._mapping, self.report):
            self.rows_read += 1
            if self.report.announced is None:
                counted += 1
                yield row
            else:
                yield RawRow(row.line, {}, (row_error(row.line, "after_end"),))
        self.report.check_end(counted, self._source.line)
        self.report.check_columns(self._mapping)

    def digest(self) -> str:
        """Hex SHA-256 of the file."""
        return self._source.digest()


@contextmanager
def open_rows(path: Path, mapping: ImportMapping) -> Iterator[FileRows]:
    """The rows of a file; raises UnreadableFile when it cannot be opened or holds none."""
    kind = file_format(path, mapping)
    try:
        size = path.stat().st_size
        stream = path.open("rb")
    except OSError as error:
        raise UnreadableFile("unreadable", "{file} kan ikke åpnes.", file=path.name) from error
    with stream:
        _check_size(path, size, kind)
        rows = FileRows(Source(stream, mapping.encoding), mapping, _FORMATS[kind])
        rows.report.file = path.name
        yield rows


def _check_size(path: Path, size: int, kind: FileFormat) -> None:
    if size == 0:
        raise UnreadableFile("empty", "{file} er tom.", file=path.name)
    if kind == "json" and size > MAX_JSON_BYTES:
        raise UnreadableFile(
            "json_too_large",
            "{file} er større enn {figure} byte. Lagre den som JSON Lines, ett objekt per linje.",
            file=path.name,
            figure=MAX_JSON_BYTES,
        )


def _jsonl_rows(source: Source, mapping: ImportMapping, report: FileReport) -> Iterator[RawRow]:
    source.start_record()
    for text in source:
        line = source.line
        source.start_record()
        errors = source.take_flaws()
        if not errors and not text.strip():
            continue
        value, errors = (None, errors) if errors else _parsed(text, line)
        if mapping.own_format and isinstance(value, dict) and value.get("end") is True:
            report.announce(value.get("rows"))
            continue
        yield _object_row(value, line, errors, report)


def _parsed(text: str, line: int) -> tuple[Any, tuple[RowError, ...]]:
    try:
        return parse(text), ()
    except JsonError as error:
        return None, (row_error(line, "malformed_json", value=text.strip(), detail=error),)


def _object_row(value: Any, line: int, errors: tuple[RowError, ...], report: FileReport) -> RawRow:
    if errors:
        return RawRow(line, {}, errors)
    if not isinstance(value, dict):
        return RawRow(line, {}, (row_error(line, "not_an_object", value=value),))
    report.see(value)
    return RawRow(line, value)


def _json_rows(source: Source, mapping: ImportMapping, report: FileReport) -> Iterator[RawRow]:
    """A list of objects, or a GeoJSON FeatureCollection."""
    try:
        scanner = JsonScanner(source.read_all().decode("utf-8"))
        if scanner.peek() == "{":
            yield from _collection(scanner, mapping, report)
        else:
            for line, value in scanner.items():
                yield _object_row(value, line, (), report)
        if scanner.peek():
            scanner.fail("extra data")
    except UnicodeDecodeError as error:
        raise _broken(report, "UTF-8", 1) from error
    except JsonError as error:
        # Where one value ends nobody can tell after a mistake, so a broken file is not half an import.
        raise _broken(report, str(error), error.line) from error


def _broken(report: FileReport, reason: str, line: int) -> UnreadableFile:
    return UnreadableFile(
        "malformed_json",
        "{file}, linje {line}: dette er ikke gyldig JSON ({reason}).",
        file=report.file,
        line=line,
        reason=reason,
    )


def _collection(scanner: JsonScanner, mapping: ImportMapping, report: FileReport) -> Iterator[RawRow]:
    found = False
    for name in scanner.members():
        if name == "features":
            found = True
            for line, feature in scanner.items():
                yield _object_row(_flat(feature, mapping), line, (), report)
        else:
            value = scanner.value()
            if name == "rows" and mapping.own_format:
                report.announce(value)
    if not found:
        scanner.fail("expected features")


def _flat(feature: Any, mapping: ImportMapping) -> Any:
    """A feature's properties, with the point under the columns that the mapping reads coordinates from."""
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        return feature
    values = dict(feature["properties"])
    geometry = feature.get("geometry")
    if isinstance(geometry, dict) and geometry.get("type") == "Point":
        position = geometry.get("coordinates")
        if isinstance(position, list) and len(position) >= 2:
            values[mapping.columns.get("longitude", "lon")] = position[0]
            values[mapping.columns.get("latitude", "lat")] = position[1]
    return values


_FORMATS: Final[dict[FileFormat, _Format]] = {"csv": csv_rows, "json": _json_rows, "jsonl": _jsonl_rows}
