"""Actors of the last few seconds, so that a burst of requests from one credential asks the database once.

Entries are dropped by tag when something about their session, token or account has changed; the lifetime
bounds how long a process that missed the message can be wrong.
"""

import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from backend.platform.authz import Actor

LIFETIME = 5.0
MAX_ENTRIES = 10_000


@dataclass(frozen=True, slots=True)
class _Entry:
    actor: Actor
    tags: tuple[str, ...]
    until: float


class ActorCache:
    """A bounded cache by the hash of a credential; the oldest entry leaves first."""

    def __init__(self) -> None:
        self._entries: OrderedDict[bytes, _Entry] = OrderedDict()
        self._by_tag: dict[str, set[bytes]] = {}

    def get(self, key: bytes) -> Actor | None:
        """The actor, unless it has been in here for too long."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry.until <= time.monotonic():
            self._remove(key)
            return None
        return entry.actor

    def put(self, key: bytes, actor: Actor, tags: Iterable[str]) -> None:
        """Keep an actor for a few seconds, or until one of its tags is announced."""
        self._remove(key)
        while len(self._entries) >= MAX_ENTRIES:
            self._remove(next(iter(self._entries)))
        entry = _Entry(actor, tuple(tags), time.monotonic() + LIFETIME)
        self._entries[key] = entry
        for tag in entry.tags:
            self._by_tag.setdefault(tag, set()).add(key)

    def forget(self, tags: Iterable[str]) -> None:
        """Drop every actor that one of these tags is about."""
        for tag in tags:
            for key in tuple(self._by_tag.get(tag, ())):
                self._remove(key)

    def clear(self) -> None:
        """Drop everything."""
        self._entries.clear()
        self._by_tag.clear()

    def _remove(self, key: bytes) -> None:
        entry = self._entries.pop(key, None)
        for tag in entry.tags if entry else ():
            keys = self._by_tag[tag]
            keys.discard(key)
            if not keys:
                del self._by_tag[tag]
