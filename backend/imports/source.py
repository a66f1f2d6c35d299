"""A file as lines of text, with a bound on memory and a digest of exactly the bytes that were read."""

import hashlib
from typing import BinaryIO, Final

from backend.imports.errors import RowError, row_error

MAX_RECORD_BYTES: Final = 1_000_000
"""The longest line, and the longest record over several lines; a real one is below a tenth of it."""

_CHUNK: Final = 65_536
_BOM: Final = b"\xef\xbb\xbf"


class RecordTooLongError(Exception):
    """A record runs over too many lines, most likely because a quote was never closed."""


class Source:
    """An iterator of decoded lines that never fails on content.

    What is wrong with a line is kept in `take_flaws()`, and a stand-in is returned that opens and closes as
    many quotes, so that a CSV parser finds the end of the record and only that record is lost.
    """

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._encoding = "utf-8" if encoding == "utf-8-sig" else encoding
        self._digest = hashlib.sha256()
        self._flaws: list[RowError] = []
        self._record_bytes = 0
        self.line = 0

    def __iter__(self) -> "Source":
        return self

    def __next__(self) -> str:
        raw = self._read_line(MAX_RECORD_BYTES + 1)
        if not raw:
            raise StopIteration
        self.line += 1
        if self.line == 1 and self._encoding == "utf-8":
            raw = raw.removeprefix(_BOM)
        if len(raw) > MAX_RECORD_BYTES:
            return self._skip_long(raw)
        self._record_bytes += len(raw)
        if self._record_bytes > MAX_RECORD_BYTES:
            raise RecordTooLongError
        return self._decode(raw)

    def start_record(self) -> int:
        """Forget the size of the record before; the line on which the next one starts."""
        self._record_bytes = 0
        return self.line + 1

    def take_flaws(self) -> tuple[RowError, ...]:
        """What was wrong with the lines since the last call."""
        flaws, self._flaws = tuple(self._flaws), []
        return flaws

    def read_all(self) -> bytes:
        """The rest of the file as bytes without a byte order mark; the caller has checked the size."""
        raw = self._stream.read()
        self._digest.update(raw)
        return raw.removeprefix(_BOM)

    def digest(self) -> str:
        """Hex SHA-256 of the whole file, whatever of it was looked at."""
        while chunk := self._stream.read(_CHUNK):
            self._digest.update(chunk)
        return self._digest.hexdigest()

    def _read_line(self, limit: int) -> bytes:
        raw = self._stream.readline(limit)
        self._digest.update(raw)
        return raw

    def _skip_long(self, raw: bytes) -> str:
        quotes = raw.count(b'"')
        while not raw.endswith(b"\n") and (raw := self._read_line(_CHUNK)):
            quotes += raw.count(b'"')
        self._flaws.append(row_error(self.line, "line_too_long", detail=MAX_RECORD_BYTES))
        return '"\n' if quotes % 2 else "\n"

    def _decode(self, raw: bytes) -> str:
        if b"\0" in raw:
            self._flaws.append(row_error(self.line, "nul"))
            raw = raw.replace(b"\0", b"")
        try:
            return raw.decode(self._encoding)
        except UnicodeDecodeError as error:
            bad = raw[error.start : error.end]
            self._flaws.append(row_error(self.line, "encoding", value=bad, detail=self._encoding.upper()))
            return raw.decode(self._encoding, "replace")
