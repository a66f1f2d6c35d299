"""What a spreadsheet's file is, guessed from how it begins: its letters, its separator, and what its columns mean."""

import codecs
import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from backend.imports.schema import ImportMapping
from backend.platform.errors import Invalid

DELIMITERS: Final = (",", ";", "\t", "|")
HEAD_BYTES: Final = 256 * 1024
SPREADSHEET: Final = "regneark"
"""The name of a mapping that was guessed from headings in plain words."""

_ALIASES: Final = {
    "title": "tittel title overskrift heading forslag forslaget tema for forslaget navn namn hva",
    "body": "tekst text body beskrivelse beskriving skildring innhold innspill forslagstekst description begrunnelse",
    "created_at": "dato date opprettet skrevet innsendt sendt inn created tidspunkt oppretta",
    "published_at": "publisert published",
    "place_label": "sted stad place område bydel grend adresse",
    "latitude": "breddegrad latitude lat breiddegrad",
    "longitude": "lengdegrad longitude lon lng",
    "language": "språk language",
}
_KEYS: Final = ("nøkkel", "key", "id", "løpenummer", "saksnummer", "nummer", "nr", "nr.")
_PHRASES: Final = ("tema for forslaget", "sendt inn")
_ZONE: Final = "Europe/Oslo"
_SOURCE: Final = re.compile(r"[^a-z0-9]+")
_LETTERS: Final = str.maketrans({"æ": "ae", "ø": "o", "å": "a"})
_LONGEST_SOURCE: Final = 40


def _names(words: str) -> frozenset[str]:
    found = set()
    for phrase in _PHRASES:
        if phrase in words:
            found.add(phrase)
            words = words.replace(phrase, "")
    return frozenset(found | set(words.split()))


_FIELDS: Final = {field: _names(words) for field, words in _ALIASES.items()}


@dataclass(frozen=True, slots=True)
class Head:
    """How a CSV file begins: in which letters, with which separator, its header and the rows after it."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def decimal(self) -> str:
        """Norwegian spreadsheets separate by semicolons because the comma is the decimal sign."""
        return "," if self.delimiter == ";" else "."


def read_head(
    head: bytes, *, encoding: str | None = None, delimiter: str | None = None, most: int = 0
) -> Head:
    """The header and at most `most` rows; what is given is not guessed. Blank lines before the header are passed.

    Raises Invalid for UTF-16, whose lines nothing else here can read.
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Invalid(
            "utf16", "Filen er lagret som Unicode-tekst. Lagre den som «CSV UTF-8» og send den inn på nytt."
        )
    encoding = encoding or guess_encoding(head)
    text = _decoded(head[:HEAD_BYTES], encoding)
    delimiter = delimiter or _guess_delimiter(text)
    rows: list[tuple[str, ...]] = []
    try:
        # The last line may be cut, so it is read only when the head is the whole file.
        for cells in csv.reader(_lines(text, whole=len(head) < HEAD_BYTES), delimiter=delimiter):
            if any(cell.strip() for cell in cells):
                rows.append(tuple(cells))
            if len(rows) > most:
                break
    except (csv.Error, ValueError):
        # What is wrong with a separator, which newer Pythons refuse here, is said where the mapping is read.
        pass
    header = tuple(name.strip() for name in rows[0]) if rows else ()
    return Head(encoding, delimiter, header, tuple(rows[1:]))


def guess_encoding(head: bytes) -> str:
    """UTF-8 where the bytes are that, else what Windows writes in Norway."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def spreadsheet_mapping(file_name: str, head: Head) -> ImportMapping | None:
    """The mapping for a header in plain words, such as Tittel;Tekst;Dato; None when it names no title.

    Without a column that numbers the rows, the words themselves are the key. The source is the file's name.
    """
    columns = guess_columns(head.header)
    if "title" not in columns:
        return None
    key = guess_keys(head.header)
    return ImportMapping(
        name=SPREADSHEET,
        source=source_from(file_name),
        key=key,
        columns=columns,
        format="csv",
        delimiter=head.delimiter,
        decimal=head.decimal,
        encoding=head.encoding,
        timezone=_ZONE,
        repeats="refuse" if key else "first",
        defaults={"language": "nb", "state": "published"},
    )


def guess_columns(header: Sequence[str]) -> dict[str, str]:
    """The column of each field that the header names in plain words; the first of several."""
    found: dict[str, str] = {}
    for name in header:
        for field, names in _FIELDS.items():
            if name.lower() in names:
                found.setdefault(field, name)
    return found


def guess_keys(header: Sequence[str]) -> tuple[str, ...]:
    """The column that numbers the rows, if there is one."""
    return tuple(name for name in header if name.lower() in _KEYS)[:1]


def source_from(file_name: str) -> str:
    """A source's name out of a file's: small letters, digits and hyphens, at most 40."""
    stem = Path(file_name).stem.lower().translate(_LETTERS)
    return _SOURCE.sub("-", stem)[:_LONGEST_SOURCE].strip("-") or SPREADSHEET


def _decoded(head: bytes, encoding: str) -> str:
    return head.decode("utf-8-sig" if encoding == "utf-8" else encoding, "replace")


def _lines(text: str, *, whole: bool) -> list[str]:
    lines = text.splitlines(keepends=True)
    return lines if whole or len(lines) < 2 else lines[:-1]


def _guess_delimiter(text: str) -> str:
    """What splits the first line that is not blank into most columns."""
    for line in text.splitlines()[:20]:
        if not line.strip(' \t;,|"'):
            continue
        return max(DELIMITERS, key=lambda sign: len(_cells(line, sign)))
    return DELIMITERS[0]


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []
