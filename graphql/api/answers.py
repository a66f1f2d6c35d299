"""Public answers kept in memory: found by document, variables and language, dropped by tags.

What an answer was made of is collected while it is made (Context.tags). When one of these changes, PostgreSQL
tells every process, and the answer is gone. An answer that was being made while its tags changed is not kept.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from sys import getsizeof
from time import monotonic
from typing import Any, Generic, TypeVar

from api.metrics import CACHED_BYTES

Key = tuple[str, bytes, str]
Flight = tuple[Key, int]
"""Which answer, and as of which moment of the cache."""
Made = TypeVar("Made")
_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """A finished response body with its validator."""

    body: bytes
    etag: bytes
    tags: frozenset[str]
    until: float
    about: tuple[str, ...] = ()
    """What its keeper wants to know again; nothing here reads it."""


class SingleFlights(Generic[Made]):
    """What is being made at the moment: all who ask for the same thing meanwhile wait for one making."""

    def __init__(self) -> None:
        self._running: dict[Flight, asyncio.Future[Made]] = {}

    def __contains__(self, flight: Flight) -> bool:
        """Whether it is under way."""
        return flight in self._running

    async def join(self, flight: Flight, make: Callable[[], Coroutine[Any, Any, Made]]) -> Made:
        """What `make` gives, begun by whoever comes first; it goes on whoever of them leaves."""
        if flight not in self._running:
            made = asyncio.ensure_future(make())
            made.add_done_callback(lambda _: self._running.pop(flight, None))
            self._running[flight] = made
        return await asyncio.shield(self._running[flight])


def etag_of(body: bytes) -> bytes:
    """A strong validator of these bytes."""
    return b'"' + hashlib.blake2b(body, digest_size=12).hexdigest().encode() + b'"'


def is_known(etag: bytes, if_none_match: bytes) -> bool:
    """Whether a client holds this answer already (RFC 9110, section 13.1.2; compared weakly)."""
    held = (part.strip().removeprefix(b"W/") for part in if_none_match.split(b","))
    return if_none_match.strip() == b"*" or etag in held


# What dictionaries and sets take around their contents, with the room they grow into: of an entry, of each of its tags,
# and of a tag that no other entry has.
_ENTRY_BYTES, _LINK_BYTES, _TAG_BYTES = 320, 60, 400


def _size(key: Key, entry: CacheEntry) -> int:
    """The bytes held by an entry. All of it counts: small answers are mostly what is around them, and strangers choose
    variables and how many tags there are."""
    parts = (
        key,
        *key,
        entry,
        entry.body,
        entry.etag,
        entry.tags,
        *entry.tags,
        entry.until,
        entry.about,
        *entry.about,
    )
    return sum(map(getsizeof, parts)) + _ENTRY_BYTES + _LINK_BYTES * len(entry.tags)


class AnswerCache:
    """Bounded by bytes, oldest use first out. `seconds` bounds how stale an answer could be if a message from
    PostgreSQL were lost, and with 0 nothing is kept; while the listener is down nothing is kept (`is_open` False)."""

    def __init__(self, *, max_bytes: int, seconds: float) -> None:
        self._entries: OrderedDict[Key, CacheEntry] = OrderedDict()
        self._by_tag: dict[str, set[Key]] = {}
        self._bytes = 0
        self._max_bytes = max_bytes
        self._seconds = seconds
        self._changes = 0
        self._recent: OrderedDict[str, int] = OrderedDict()
        # Of changes before this one nothing is remembered, so what was begun before it is not kept.
        self._horizon = 0
        self.is_open = False

    def get(self, key: Key) -> CacheEntry | None:
        """The answer, if it is still good."""
        found = self._entries.get(key)
        if found is None:
            return None
        if found.until < monotonic():
            self._drop(key)
            return None
        self._entries.move_to_end(key)
        return found

    def generation(self) -> int:
        """Note this before making an answer; pass it to `put`."""
        return self._changes

    def put(
        self, key: Key, body: bytes, tags: frozenset[str], generation: int, about: tuple[str, ...] = ()
    ) -> CacheEntry:
        """Keep an answer, unless something it was made of changed since `generation`."""
        entry = CacheEntry(body, etag_of(body), tags, monotonic() + self._seconds, about)
        is_fresh = generation >= self._horizon and not any(
            self._recent.get(tag, -1) >= generation for tag in tags
        )
        if self.is_open and is_fresh and _size(key, entry) <= self._max_bytes // 16:
            self._drop(key)
            self._entries[key] = entry
            self._bytes += _size(key, entry)
            for tag in tags:
                if tag not in self._by_tag:
                    self._by_tag[tag] = set()
                    self._bytes += _TAG_BYTES
                self._by_tag[tag].add(key)
            while self._bytes > self._max_bytes:
                self._drop(next(iter(self._entries)))
            CACHED_BYTES.set(self._bytes)
        return entry

    def drop(self, tags: Iterable[str]) -> None:
        """Forget every answer made of one of these."""
        for tag in tags:
            self._recent[tag] = self._changes
            self._recent.move_to_end(tag)
            for key in list(self._by_tag.get(tag, ())):
                self._drop(key)
        self._changes += 1
        while len(self._recent) > _REMEMBERED:
            _, change = self._recent.popitem(last=False)
            self._horizon = max(self._horizon, change + 1)

    def clear(self) -> None:
        """Forget everything; what is being made now will not be kept either."""
        self._entries.clear()
        self._by_tag.clear()
        self._bytes = 0
        self._changes += 1
        self._horizon = self._changes

    def _drop(self, key: Key) -> None:
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        self._bytes -= _size(key, entry)
        for tag in entry.tags:
            keys = self._by_tag.get(tag)
            if keys is not None:
                keys.discard(key)
                if not keys:
                    del self._by_tag[tag]
                    self._bytes -= _TAG_BYTES
