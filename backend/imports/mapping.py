"""Which mapping a file is read with: by name, by path, or by its own header."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from backend.imports.errors import UnreadableFile
from backend.imports.guess import HEAD_BYTES, Head, read_head, spreadsheet_mapping
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
    return mapping_by_header(path.name, _head(path) if is_csv else b"")


def mapping_by_header(file_name: str, head: bytes) -> ImportMapping:
    """A shipped mapping whose columns the header has, else "plain"; `head` is how the file begins.

    For CSV the delimiter and the encoding are guessed too; with ";" a decimal comma is understood. A header in plain
    words (Tittel;Tekst;Dato) is read as `guess.py` understands it.
    """
    plain = load_mapping(PLAIN)
    if SUFFIXES.get(Path(file_name).suffix.lower(), "csv") != "csv":
        return plain
    found = read_head(head)
    header = frozenset(found.header)
    for name in shipped_names():
        mapping = load_mapping(name)
        if mapping.recognise and mapping.recognise <= header:
            return as_found(mapping, found)
    if set(plain.required_columns) <= header:
        return as_found(replace(plain, format="csv"), found)
    return spreadsheet_mapping(file_name, found) or as_found(replace(plain, format="csv"), found)


def as_found(mapping: ImportMapping, head: Head) -> ImportMapping:
    """The mapping with the separator, the decimal sign and the encoding that the file has."""
    decimal = "," if head.delimiter == ";" else mapping.decimal
    return replace(mapping, delimiter=head.delimiter, decimal=decimal, encoding=head.encoding)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(HEAD_BYTES)
    except OSError as error:
        raise UnreadableFile("unreadable", "{file} kan ikke åpnes.", file=path.name) from error
