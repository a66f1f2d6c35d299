"""Waking those who wait for a change: tags on one side, running subscriptions on the other.

Nothing is queued. A change only means "read again", so whoever is still busy when several come reads once.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable

from api.context import Context

# After a silence everybody reads again, spread over this time so that the database can follow.
SPREAD_SECONDS = 2.0
# A crowd that follows one thing reads one after the other, so many a second; the first few read at once.
AT_ONCE = 50
PER_SECOND = 200
# One subscription reads at most this often, however often its thing changes.
LEAST_SECONDS = 0.5


class Subscriber:
    """One who waits for some tags."""

    def __init__(self, broker: "Broker") -> None:
        self._broker = broker
        self._changed = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self.tags: frozenset[str] = frozenset()

    def listen(self, tags: Iterable[str]) -> None:
        """Wait for these from now on, in place of those before."""
        self._broker.replace(self, frozenset(tags))

    def wake(self, seconds: float = 0.0) -> None:
        """Let the next `changed` return after so many seconds, or sooner if that was promised already."""
        if not seconds:
            self._wake_now()
        elif self._timer is None and not self._changed.is_set():
            self._timer = asyncio.get_running_loop().call_later(seconds, self._wake_now)

    def _wake_now(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._changed.set()

    async def changed(self) -> None:
        """Return when one of the tags has changed since this returned last."""
        await self._changed.wait()
        self._changed.clear()

    def close(self) -> None:
        """Wait for nothing any more."""
        if self._timer is not None:
            self._timer.cancel()
        self._broker.replace(self, frozenset())


class Broker:
    """Everyone in this process who waits for tags."""

    def __init__(self) -> None:
        self._subscribers: dict[str, set[Subscriber]] = {}

    def subscribe(self) -> Subscriber:
        """A new one, which listens to nothing yet; close it."""
        return Subscriber(self)

    def replace(self, subscriber: Subscriber, tags: frozenset[str]) -> None:
        """Let `subscriber` listen to `tags` only."""
        for tag in subscriber.tags - tags:
            subscribers = self._subscribers[tag]
            subscribers.discard(subscriber)
            if not subscribers:
                del self._subscribers[tag]
        for tag in tags - subscriber.tags:
            self._subscribers.setdefault(tag, set()).add(subscriber)
        subscriber.tags = tags

    def on_tags(self, tags: Iterable[str]) -> None:
        """Wake all who wait for one of these."""
        for tag in tags:
            for place, subscriber in enumerate(self._subscribers.get(tag, ())):
                subscriber.wake(0.0 if place < AT_ONCE else place / PER_SECOND)

    def wake_all(self) -> None:
        """Wake everybody, one after the other: what has changed during a silence is not known."""
        for subscriber in {
            subscriber for subscribers in self._subscribers.values() for subscriber in subscribers
        }:
            subscriber.wake(random.random() * SPREAD_SECONDS)  # noqa: S311 - spreads load, hides nothing

    def __len__(self) -> int:
        return len(self._subscribers)


class Feed:
    """What drives one subscription: a context of its own now, and another after every change.

    `open_context` asks anew who the viewer is; when it raises, the subscription ends with that error.
    """

    def __init__(self, broker: Broker, open_context: Callable[[], Awaitable[Context]]) -> None:
        self._subscriber = broker.subscribe()
        self._open_context = open_context
        self._is_first = True
        self.context: Context | None = None

    def of(self, *tags: str) -> "Feed":
        """Follow these tags: `async for context in feed.of("proposal:7")`."""
        self._subscriber.listen(tags)
        return self

    def __aiter__(self) -> "Feed":
        return self

    async def __anext__(self) -> Context:
        # The tags are listened to before the first reading, so no change falls between.
        if not self._is_first:
            await asyncio.sleep(LEAST_SECONDS)
            await self._subscriber.changed()
        self._is_first = False
        self.context = await self._open_context()
        return self.context

    def close(self) -> None:
        """Follow nothing any more."""
        self._subscriber.close()
