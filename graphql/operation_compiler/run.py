"""One execution: its errors, and everything it still waits for."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from inspect import iscoroutine
from typing import Any, NamedTuple, TypeAlias

from graphql import FieldNode, GraphQLError, located_error
from graphql.execution.values import VariableValues

from operation_compiler.frames import Frame, path_of

Completer: TypeAlias = Callable[[Any, "Run", Frame], Any]
"""Turns what a resolver gave into what is answered. Gives None in place of what is deferred."""


class Waiting(NamedTuple):
    """A value that is not there yet, and what to do with it."""

    awaitable: Awaitable[Any]
    frame: Frame
    complete: Completer
    nodes: list[FieldNode]


class Run:
    """State of one execution.

    Values that must be awaited are put aside with the place they belong to, while everything that can be had
    at once proceeds; then all are awaited together, each is filled in when it comes, and what lies beneath it
    proceeds without waiting for the others. Loaders so see all keys of a level in one turn of the event loop.
    """

    __slots__ = (
        "_background",
        "_failures",
        "_nulled",
        "_ready",
        "_running",
        "_waiting",
        "_wakeup",
        "context",
        "errors",
        "extensions",
        "lost",
        "root",
        "variables",
    )

    def __init__(
        self, root: Any, context: Any, variables: VariableValues, extensions: dict[str, Any] | None
    ) -> None:
        self.root = root
        self.context = context
        self.variables = variables
        self.extensions = extensions
        self.errors: list[GraphQLError] = []
        self.lost = False
        """Whether an error has gone all the way up, so that there is no data."""
        self._waiting: list[Waiting] = []
        self._running: dict[int, tuple[Waiting, asyncio.Future[Any]]] = {}
        self._ready: list[tuple[Waiting, asyncio.Future[Any]]] = []
        self._wakeup: asyncio.Future[None] | None = None
        self._failures: list[tuple[GraphQLError, Frame]] = []
        self._nulled: dict[int, Frame] = {}
        self._background: set[asyncio.Future[Any]] = set()

    def defer(
        self, awaitable: Awaitable[Any], frame: Frame, complete: Completer, nodes: list[FieldNode]
    ) -> None:
        """Complete a value into its frame's place when it comes; until then the caller leaves null there."""
        self._waiting.append(Waiting(awaitable, frame, complete, nodes))

    def fail(self, error: Exception, nodes: list[FieldNode], frame: Frame) -> None:
        """Answer null at the frame and record the error; raise it, located, where null may not stand."""
        located = located_error(error, nodes, path_of(frame))
        if not frame[4]:
            raise located
        self.errors.append(located)
        self._nulled[id(frame)] = frame

    def track(self, values: Sequence[Any]) -> None:
        """Let awaitables among the values finish before the execution does; their errors concern nobody."""
        self._background.update(
            asyncio.ensure_future(value) for value in values if hasattr(value, "__await__")
        )

    async def finish(self) -> None:
        """Wait until nothing is put aside any more. When cancelled, leaves nothing running behind."""
        try:
            while self._running or self._waiting:
                if len(self._waiting) == 1 and not self._running:
                    await self._await_alone(self._waiting.pop())
                else:
                    self._start_waiting()
                    await self._until_some_are_ready()
                    self._take_ready()
                self._let_failures_rise()
        finally:
            await self.abandon()

    async def abandon(self) -> None:
        """Give up what is awaited; returns when none of it runs any more."""
        for waiting in self._waiting:
            _discard(waiting.awaitable)
        self._waiting.clear()
        own = [future for waiting, future in self._running.values() if future is not waiting.awaitable]
        self._running.clear()
        for future in own:
            future.cancel()
        if own or self._background:
            await asyncio.gather(*own, *self._background, return_exceptions=True)
            self._background.clear()

    async def _await_alone(self, waiting: Waiting) -> None:
        """Without a task of its own: the commonest case is one resolver that reads the database."""
        if self._is_lost(waiting.frame):
            _discard(waiting.awaitable)
            return
        try:
            value = await waiting.awaitable
        except Exception as error:
            self._fail_later(error, waiting)
        else:
            self._fill(waiting, value)

    def _start_waiting(self) -> None:
        starting, self._waiting = self._waiting, []
        for waiting in starting:
            if self._is_lost(waiting.frame):
                _discard(waiting.awaitable)
                continue
            future = asyncio.ensure_future(waiting.awaitable)
            self._running[id(waiting)] = (waiting, future)
            future.add_done_callback(partial(self._finished, waiting))

    def _finished(self, waiting: Waiting, future: asyncio.Future[Any]) -> None:
        if not future.cancelled():
            # Asking marks the error as seen, also where nobody needs the value any more.
            future.exception()
        self._ready.append((waiting, future))
        if self._wakeup is not None and not self._wakeup.done():
            self._wakeup.set_result(None)

    async def _until_some_are_ready(self) -> None:
        if self._running and not self._ready:
            self._wakeup = asyncio.get_running_loop().create_future()
            await self._wakeup

    def _take_ready(self) -> None:
        ready, self._ready = self._ready, []
        for waiting, future in ready:
            if self._running.pop(id(waiting), None) is None or self._is_lost(waiting.frame):
                continue
            try:
                value = future.result()
            except Exception as error:
                self._fail_later(error, waiting)
            else:
                self._fill(waiting, value)

    def _fill(self, waiting: Waiting, value: Any) -> None:
        _, key, _, container, _ = waiting.frame
        try:
            container[key] = waiting.complete(value, self, waiting.frame)
        except Exception as error:
            self._fail_later(error, waiting)

    def _fail_later(self, error: Exception, waiting: Waiting) -> None:
        try:
            self.fail(error, waiting.nodes, waiting.frame)
        except GraphQLError as located:
            # Siblings that are ready in this same turn still have their say.
            self._failures.append((located, waiting.frame))

    def _let_failures_rise(self) -> None:
        failures, self._failures = self._failures, []
        for error, frame in failures:
            if not self._is_lost(frame):
                self.errors.append(error)
                self._nullify(frame[0])
        if failures:
            self._stop_lost()

    def _nullify(self, frame: Frame | None) -> None:
        """Put null at the first place upwards where it may stand."""
        while frame is not None and not frame[4]:
            frame = frame[0]
        if frame is None:
            self.lost = True
            return
        _, key, _, container, _ = frame
        container[key] = None
        self._nulled[id(frame)] = frame

    def _stop_lost(self) -> None:
        for key, (waiting, future) in list(self._running.items()):
            if self._is_lost(waiting.frame):
                if future is waiting.awaitable:
                    # A loader's future may be awaited elsewhere too: it is not ours to cancel.
                    del self._running[key]
                else:
                    future.cancel()

    def _is_lost(self, frame: Frame | None) -> bool:
        if self.lost or not self._nulled:
            return self.lost
        while frame is not None:
            if id(frame) in self._nulled:
                return True
            frame = frame[0]
        return False


def _discard(awaitable: Awaitable[Any]) -> None:
    if iscoroutine(awaitable):
        awaitable.close()
