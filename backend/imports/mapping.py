"""Which mapping a file is read with: by name, by path, or by its own header."""

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from backend.imports.errors import UnreadableFile
from backend.imports.mapping_file import parse_mapping
from backend.imports.schema import FileFormat, ImportMapping

SUFFIXES: Final[Mapping[str, FileFormat]] = {
    ".csv": "csv",
    ".json": "json",
    ".geojson": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
PLAIN: Final = "plain"

_SHIPPED: Final = Path(__file__).parent / "mappings"
_DELIMITERS: Final = (",", ";", "\t")
_HEADER_BYTES: Final = 64_000


def file_format(path: Path, mapping: ImportMapping) -> FileFormat:
    """The format by the mapping, else by the suffix; an unknown suffix raises UnreadableFile."""
    found = mapping.format or SUFFIXES.get(path.suffix.lower())
    if found is None:
        raise UnreadableFile(
            "unknown_format",
            "{file}: filen må hete noe som slutter på {suffixes}.",
            file=path.name,
            suffixes=", ".join(SUFFIXES),
        )
    return found


def shipped_names() -> tuple[str, ...]:
    """The names of the mappings that come with the platform."""
    return tuple(sorted(path.stem for path in _SHIPPED.glob("*.toml")))


def load_mapping(path_or_name: str | Path) -> ImportMapping:
    """A shipped mapping by name, or a mapping file by path. MappingError names the file and the key."""
    named = str(path_or_name)
    path = _SHIPPED / f"{named}.toml" if named in shipped_names() else Path(path_or_name)
    return parse_mapping(path)


def mapping_for(path: Path) -> ImportMapping:
    """The mapping for a file that came without one, by `mapping_by_header`."""
    is_csv = SUFFIXES.get(path.suffix.lower(), "csv") == "csv"
    return mapping_by_header(path.name, _first_line(path) if is_csv else b"")


def mapping_by_header(file_name: str, head: bytes) -> ImportMapping:
    """A shipped mapping whose columns the header has, else "plain"; `head` is how the file begins.

    For CSV the delimiter is taken from the header too; with ";" a decimal comma is understood.
    """
    plain = load_mapping(PLAIN)
    if SUFFIXES.get(Path(file_name).suffix.lower(), "csv") != "csv":
        return plain
    special = [load_mapping(name) for name in shipped_names() if name != PLAIN]
    headers = {delimiter: _header(head, delimiter) for delimiter in _DELIMITERS}
    for mapping in special:
        for delimiter, header in headers.items():
            if mapping.recognise and mapping.recognise <= header:
                return _separated(mapping, delimiter)
    for delimiter, header in headers.items():
        if set(plain.required_columns) <= header:
            return _separated(replace(plain, format="csv"), delimiter)
    return replace(plain, format="csv")


def _separated(mapping: ImportMapping, delimiter: str) -> ImportMapping:
    return replace(mapping, delimiter=delimiter, decimal="," if delimiter == ";" else mapping.decimal)


def _first_line(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.readline(_HEADER_BYTES)
    except OSError as error:
        raise UnreadableFile("unreadable", "{file} kan ikke åpnes.", file=path.name) from error


def _header(head: bytes, delimiter: str) -> frozenset[str]:
    """The names on the first line; nothing when it cannot be read, which the reader will explain."""
    line = head[:_HEADER_BYTES].partition(b"\n")[0].decode("utf-8-sig", "replace")
    try:
        return frozenset(next(csv.reader([line], delimiter=delimiter), []))
    except csv.Error:
        return frozenset()
