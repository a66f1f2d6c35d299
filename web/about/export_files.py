"""Exports as files: written once for all who ask until something changes, and sent from disk.

Only while a file is written does an export hold a database connection; how slowly its readers read matters to nobody
else. A file has no name in any folder, so that nothing is left of it when its last reader has gone.
"""

import asyncio
import hashlib
import os
import tempfile
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import IO, Final

from api.answers import SingleFlights
from backend.platform.errors import Unavailable

MOST_BYTES: Final = 128 * 1024 * 1024
"""How much of the disk one process remembers files on; the one that was asked for longest ago goes first."""

MOST_WAITING: Final = 8
"""Different files that may be wanted at the same time; they are written one after the other."""

_CONCERNING: Final = ("proposal", "topic", "place")
"""The tags of what an export tells: each proposal with its figures, and the names of topics and places."""

Write = Callable[[IO[bytes]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A whole export; `etag` is a strong validator of its bytes. Closed when nobody holds it any more."""

    descriptor: int
    size: int
    etag: bytes

    def __del__(self) -> None:
        os.close(self.descriptor)


class ExportFiles:
    """The exports of one process. They are kept only while changes are heard (`set_listening`)."""

    def __init__(self) -> None:
        self._files: OrderedDict[str, ExportFile] = OrderedDict()
        self._flights: SingleFlights[ExportFile] = SingleFlights()
        self._waiting = 0
        self._one_at_a_time = asyncio.Semaphore(1)
        self._is_open = False
        self._changes = 0

    def on_tags(self, tags: Iterable[str]) -> None:
        """Forget every file when something it tells has changed; what is being sent is sent to its end."""
        if any(tag.startswith(_CONCERNING) for tag in tags):
            self._changes += 1
            self._files.clear()

    def set_listening(self, *, up: bool) -> None:
        """Keep files while changes are heard; forget those from before a silence."""
        self._is_open = up
        self._changes += 1
        self._files.clear()

    async def find(self, name: str, write: Write) -> ExportFile:
        """The file called `name`; written by `write` for all who ask for it at the same time, one file at a time.

        Raises Unavailable when `MOST_WAITING` others are wanted already.
        """
        found = self._files.get(name)
        if found is not None:
            self._files.move_to_end(name)
            return found
        flight = ((name, b"", ""), self._changes)
        # Whoever goes away again leaves a file behind that is written all the same.
        if flight not in self._flights and self._waiting >= MOST_WAITING:
            raise Unavailable("exports_busy", "Mange laster ned akkurat nå. Prøv igjen om et halvt minutt.")
        return await self._flights.join(flight, lambda: self._make(name, write))

    async def _make(self, name: str, write: Write) -> ExportFile:
        self._waiting += 1
        try:
            async with self._one_at_a_time:
                changes = self._changes
                made = await _written(write)
        finally:
            self._waiting -= 1
        if self._is_open and changes == self._changes and made.size <= MOST_BYTES:
            self._files[name] = made
            while sum(file.size for file in self._files.values()) > MOST_BYTES:
                self._files.popitem(last=False)
        return made


async def _written(write: Write) -> ExportFile:
    with tempfile.TemporaryFile(prefix="samskap-export-") as stream:
        await write(stream)
        stream.flush()
        digest = await asyncio.to_thread(_digest, stream)
        return ExportFile(os.dup(stream.fileno()), stream.tell(), b'"' + digest.encode() + b'"')


def _digest(stream: IO[bytes]) -> str:
    stream.seek(0)
    digest = hashlib.blake2b(digest_size=12)
    while chunk := stream.read(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()
