"""CSV (RFC 4180) as rows. A record that breaks the rules is one bad row; the next line starts anew."""

import csv
import re
from collections.abc import Iterator, Sequence
from typing import Final

from backend.imports.errors import RowError, UnreadableFile, row_error
from backend.imports.guard import unguard
from backend.imports.report import FileReport
from backend.imports.rows import RawRow
from backend.imports.schema import ImportMapping
from backend.imports.source import MAX_RECORD_BYTES, RecordTooLongError, Source

_TRAILER: Final = re.compile(r"#rows=(\d{1,12})")

_Record = tuple[int, list[str], tuple[RowError, ...]]


def csv_rows(source: Source, mapping: ImportMapping, report: FileReport) -> Iterator[RawRow]:
    """The rows below the header. A header that lacks columns is reported once, and no row is read."""
    records = _records(source, mapping.delimiter)
    header = _header(records, report)
    report.see(name for name in header if name)
    if not _usable(header, mapping, report):
        return
    for line, cells, errors in records:
        if not errors and mapping.own_format and (count := _trailer(cells)) is not None:
            report.announce(count)
        elif errors:
            yield RawRow(line, {}, errors)
        elif len(fitted := _without_leftovers(cells, len(header))) != len(header):
            detail = f"{len(fitted)}/{len(header)}"
            yield RawRow(line, {}, (row_error(line, "ragged", value=cells[0], detail=detail),))
        else:
            texts = map(unguard, fitted) if mapping.own_format else fitted
            values = dict(zip(header, texts, strict=True))
            values.pop("", None)
            yield RawRow(line, values)


def _without_leftovers(cells: list[str], columns: int) -> list[str]:
    """The cells without blank ones beyond the header's, which spreadsheets leave where something once stood."""
    while len(cells) > columns and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def _records(source: Source, delimiter: str) -> Iterator[_Record]:
    """Every record with the line it starts on; blank lines, and those of blank cells, are skipped."""
    # The limit is the process's; the source bounds a record before the parser's own limit could.
    csv.field_size_limit(max(csv.field_size_limit(), MAX_RECORD_BYTES + 1))
    parser = csv.reader(source, delimiter=delimiter, strict=True)
    while True:
        line = source.start_record()
        try:
            cells = next(parser)
        except StopIteration:
            return
        except RecordTooLongError:
            yield line, [], (*source.take_flaws(), row_error(line, "unterminated_quote"))
            continue
        except csv.Error as error:
            yield line, [], (*source.take_flaws(), _parse_error(line, error))
            continue
        errors = source.take_flaws()
        if errors or any(cell.strip() for cell in cells):
            yield line, cells, errors


def _parse_error(line: int, error: csv.Error) -> RowError:
    if "unexpected end" in str(error):
        return row_error(line, "unterminated_quote")
    return row_error(line, "malformed_csv", detail=error)


def _header(records: Iterator[_Record], report: FileReport) -> list[str]:
    line, header, errors = next(records, (0, [], ()))
    if not line:
        raise UnreadableFile("empty", "{file} er tom.", file=report.file)
    if errors:
        raise UnreadableFile(
            "bad_header",
            "{file}: overskriften kan ikke leses. {reason}",
            file=report.file,
            reason=errors[0].message,
        )
    header = [name.strip() for name in header]
    named = [name for name in header if name]
    if len(set(named)) != len(named):
        raise UnreadableFile(
            "duplicate_columns", "{file}: to kolonner i overskriften heter det samme.", file=report.file
        )
    return header


def _usable(header: Sequence[str], mapping: ImportMapping, report: FileReport) -> bool:
    missing = [column for column in mapping.required_columns if column not in header]
    if missing and len(header) == 1:
        report.problems.append(row_error(1, "wrong_delimiter", value=header[0], detail=mapping.delimiter))
    else:
        report.problems += [row_error(1, "missing_column", column=column) for column in missing]
    return not missing


def _trailer(cells: Sequence[str]) -> int | None:
    """The count in `#rows=N`; a spreadsheet may have filled up the line with empty cells."""
    match = _TRAILER.fullmatch(cells[0])
    return int(match[1]) if match and not any(cells[1:]) else None
