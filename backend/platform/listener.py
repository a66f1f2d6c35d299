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

    def on_tags(self, hear: Callable[[frozenset[str]], None]) -> None:
        """Call `hear` with the tags of every change."""
        self._on_tags.append(hear)

    def on_state(self, hear: Callable[[bool], None]) -> None:
        """Call `hear` when listening begins (True) and when it is lost (False)."""
        self._on_state.append(hear)

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
            await held.add_listener(CHANNEL, lambda _c, _p, _n, payload: self._hear(str(payload).split(" ")))
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

    def _hear(self, tags: Iterable[str]) -> None:
        heard = frozenset(tags)
        for hear in self._on_tags:
            hear(heard)

    def _set_state(self, *, up: bool) -> None:
        if up != self.is_up:
            self.is_up = up
            for hear in self._on_state:
                hear(up)
