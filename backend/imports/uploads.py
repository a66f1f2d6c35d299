"""Files that planners send in: kept in the database in parts, since who takes them in is another machine."""

import hashlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from backend.imports.mapping import SUFFIXES
from backend.imports.rules import import_files
from backend.platform.authz import Actor, require
from backend.platform.database import execute, fetch_row, fetch_value, unit_of_work
from backend.platform.errors import Invalid, LimitExceeded, NotFound
from backend.text.markup import clean_text

MAX_BYTES: Final = 20_000_000
MOST_STORED: Final = 10
"""How many files of one person are kept at a time, those being sent included."""

_PART_BYTES: Final = 256 * 1024
_LONGEST_NAME: Final = 255
_FOLDERS: Final = re.compile(r"[/\\]")


@dataclass(frozen=True, slots=True)
class UploadRow:
    """A whole file; `size` in bytes, `digest` its SHA-256."""

    id: int
    file_name: str
    size: int
    digest: bytes
    created_at: datetime


def too_large(size: int) -> LimitExceeded:
    """What a file of `size` bytes, or of that many so far, is refused with."""
    return LimitExceeded("upload_large", "Filen kan ha høyst {limit} byte.", limit=MAX_BYTES, figure=size)


async def receive_upload(actor: Actor, name: str, chunks: AsyncIterator[bytes]) -> int:
    """Keep a file while it arrives; returns its id. Whatever fails on the way, nothing of it stays.

    For planners. Raises Unauthenticated, Forbidden, Invalid (name, empty), LimitExceeded (`MAX_BYTES`, `MOST_STORED`).
    """
    require(import_files(actor, None))
    upload_id = await _begin(actor, _fit_name(name))
    try:
        await _store(actor.municipality_id, upload_id, chunks)
    except BaseException:
        await delete_upload(actor.municipality_id, upload_id)
        raise
    return upload_id


def _fit_name(name: str) -> str:
    """The file's own name without folders, cleaned; raises Invalid unless its suffix tells the format."""
    own = clean_text(_FOLDERS.split(name)[-1], multiline=False)
    suffix = Path(own).suffix
    if suffix.lower() not in SUFFIXES:
        raise Invalid(
            "unknown_format", "Filen må hete noe som slutter på {suffixes}.", suffixes=", ".join(SUFFIXES)
        )
    return own[: _LONGEST_NAME - len(suffix)].removesuffix(suffix) + suffix


async def _begin(actor: Actor, name: str) -> int:
    async with unit_of_work():
        # Two at once: the second waits here, and then counts the first.
        await execute(
            "SELECT FROM account WHERE municipality_id = $1 AND id = $2 FOR UPDATE",
            actor.municipality_id,
            actor.account_id,
        )
        stored = await fetch_value(
            "SELECT count(*) FROM import_upload WHERE municipality_id = $1 AND account_id = $2",
            actor.municipality_id,
            actor.account_id,
        )
        if stored >= MOST_STORED:
            raise LimitExceeded(
                "uploads_many",
                "Du har {figure} filer liggende. De slettes innen et døgn.",
                limit=MOST_STORED,
                figure=stored,
            )
        upload_id: int = await fetch_value(
            """INSERT INTO import_upload (municipality_id, account_id, file_name)
               VALUES ($1, $2, $3) RETURNING id""",
            actor.municipality_id,
            actor.account_id,
            name,
        )
    return upload_id


async def _store(municipality_id: int, upload_id: int, chunks: AsyncIterator[bytes]) -> None:
    """Store the parts one by one: a slow sender holds no connection to the database."""
    digest, size, ordinal, waiting = hashlib.sha256(), 0, 0, bytearray()
    async for chunk in chunks:
        size += len(chunk)
        if size > MAX_BYTES:
            raise too_large(size)
        digest.update(chunk)
        waiting += chunk
        while len(waiting) >= _PART_BYTES:
            await _store_part(municipality_id, upload_id, ordinal, bytes(waiting[:_PART_BYTES]))
            del waiting[:_PART_BYTES]
            ordinal += 1
    if not size:
        raise Invalid("empty", "Filen er tom.")
    if waiting:
        await _store_part(municipality_id, upload_id, ordinal, bytes(waiting))
    await execute(
        "UPDATE import_upload SET size = $3, digest = $4 WHERE municipality_id = $1 AND id = $2",
        municipality_id,
        upload_id,
        size,
        digest.digest(),
    )


async def _store_part(municipality_id: int, upload_id: int, ordinal: int, content: bytes) -> None:
    await execute(
        """INSERT INTO import_upload_chunk (municipality_id, upload_id, ordinal, content)
           VALUES ($1, $2, $3, $4)""",
        municipality_id,
        upload_id,
        ordinal,
        content,
    )


async def own_upload(actor: Actor, upload_id: int) -> UploadRow:
    """A whole file that the actor sent in. Raises NotFound, also for those of others."""
    row = await fetch_row(
        """SELECT id, file_name, size, digest, created_at FROM import_upload
           WHERE municipality_id = $1 AND id = $2 AND account_id = $3 AND size IS NOT NULL""",
        actor.municipality_id,
        upload_id,
        actor.account_id,
    )
    if row is None:
        raise NotFound("upload_not_found", "Filen finnes ikke, eller er slettet.", field="upload")
    return UploadRow(*row.values())


async def upload_part(municipality_id: int, upload_id: int, ordinal: int) -> bytes:
    """A part by its number from 0; b"" after the last one."""
    found: bytes | None = await fetch_value(
        """SELECT content FROM import_upload_chunk
           WHERE municipality_id = $1 AND upload_id = $2 AND ordinal = $3""",
        municipality_id,
        upload_id,
        ordinal,
    )
    return found or b""


async def delete_upload(municipality_id: int, upload_id: int) -> None:
    """Forget a file; its parts go with it."""
    await execute(
        "DELETE FROM import_upload WHERE municipality_id = $1 AND id = $2", municipality_id, upload_id
    )
