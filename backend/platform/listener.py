"""Hearing what changed in other processes: one connection that listens for tags."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable

import asyncpg
import structlog

from backend.platform.database import DATABASE_AWAY, connect
from backend.platform.settings import Settings
from backend.platform.tags import CHANNEL

log = structlog.get_logger("listener")
_RETRY_SECONDS = 0.5
_PROBE_SECONDS = 5.0


class Listener:
    """Tells its hearers every set of tags, and whether it can be relied on to hear them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._on_tags: list[Callable[[frozenset[str]], None]] = []
        self._on_state: list[Callable[[bool], None]] = []
        self.is_up = False

    def on_tags(self, callback: Callable[[frozenset[str]], None]) -> None:
        """Call `callback` with the tags of every change."""
        self._on_tags.append(callback)

    def on_state(self, callback: Callable[[bool], None]) -> None:
        """Call `callback` when listening begins (True) and when it is lost (False)."""
        self._on_state.append(callback)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen in the background until the block ends."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except (*DATABASE_AWAY, TimeoutError, asyncpg.PostgresError) as error:
                log.warning("listening was lost", error=type(error).__name__)
            finally:
                self._set_state(up=False)
            await asyncio.sleep(_RETRY_SECONDS)

    async def _listen(self) -> None:
        held = await connect(self._settings.database_url, timeout=5)
        try:
            ended = asyncio.Event()
            held.add_termination_listener(lambda _: ended.set())
            await held.add_listener(
                CHANNEL, lambda _c, _p, _n, payload: self._notify(str(payload).split(" "))
            )
            self._set_state(up=True)
            while not ended.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(ended.wait(), _PROBE_SECONDS)
                if not ended.is_set():
                    # A connection may die without a word; only asking finds out.
                    await held.execute("SELECT 1", timeout=5)
        finally:
            self._set_state(up=False)
            held.terminate()

    def _notify(self, tags: Iterable[str]) -> None:
        changed = frozenset(tags)
        for callback in self._on_tags:
            callback(changed)

    def _set_state(self, *, up: bool) -> None:
        if up != self.is_up:
            self.is_up = up
            for callback in self._on_state:
                callback(up)
