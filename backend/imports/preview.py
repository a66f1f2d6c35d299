"""How a file that was sent in begins, so that whoever sent it can say what its columns are."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from backend.imports.guess import SPREADSHEET, guess_columns, guess_keys, read_head, source_from
from backend.imports.mapping import SUFFIXES, mapping_by_header
from backend.imports.rules import import_files
from backend.imports.uploads import own_upload, upload_part
from backend.platform.authz import Actor, require

ROWS_SHOWN: Final = 5
_COLUMNS_SHOWN: Final = 60
_CELL_SHOWN: Final = 120


@dataclass(frozen=True, slots=True)
class UploadPreview:
    """A file's first rows. `columns`, `rows` and `fields` are empty for what is no CSV.

    `mapping` is the one its header is read with by itself. `fields` are the columns that headings in plain words give
    to fields, `key` those that number the rows. `source` is a name made out of the file's, None where the mapping
    has one.
    """

    id: int
    file_name: str
    mapping: str
    source: str | None
    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    fields: dict[str, str]
    key: tuple[str, ...]


async def preview_upload(actor: Actor, upload_id: int) -> UploadPreview:
    """The beginning of a file of one's own. Raises Unauthenticated, Forbidden, NotFound, Invalid (UTF-16)."""
    require(import_files(actor, None))
    upload = await own_upload(actor, upload_id)
    head = await upload_part(actor.municipality_id, upload.id, 0)
    mapping = mapping_by_header(upload.file_name, head)
    if SUFFIXES.get(Path(upload.file_name).suffix.lower()) != "csv":
        return UploadPreview(upload.id, upload.file_name, mapping.name, None, "utf-8", "", (), (), {}, ())
    found = read_head(head, most=ROWS_SHOWN)
    named = [place for place, name in enumerate(found.header) if name][:_COLUMNS_SHOWN]
    is_own = mapping.name == SPREADSHEET or not guess_columns(found.header)
    return UploadPreview(
        id=upload.id,
        file_name=upload.file_name,
        mapping=mapping.name,
        source=source_from(upload.file_name) if is_own else None,
        encoding=found.encoding,
        delimiter=found.delimiter,
        columns=tuple(found.header[place] for place in named),
        rows=tuple(tuple(_shown(row, place) for place in named) for row in found.rows),
        fields=guess_columns(found.header),
        key=guess_keys(found.header),
    )


def _shown(row: tuple[str, ...], place: int) -> str:
    text = " ".join(row[place].split()) if place < len(row) else ""
    return text if len(text) <= _CELL_SHOWN else f"{text[: _CELL_SHOWN - 1]}…"
