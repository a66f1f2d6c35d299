"""Joining concurrent calls of one process into one call: a loader for reads, and for writes too.

Everything asked for during one turn of the event loop, and while the previous batch is under way, is handed
on together. Each caller is answered after the joint call returned, so a write is durable before anyone is told.
"""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Generic, TypeVar

Request = TypeVar("Request")
Result = TypeVar("Result")


class Batcher(Generic[Request, Result]):
    """Collects requests and passes them to `work` as one list; `work` returns one result per request, in order.

    An exception that `work` raises reaches every caller of that batch; an exception it returns in place of a result
    reaches that caller alone. At most `max_batch` requests travel together and at most `max_workers` batches at once;
    beside a running batch another one starts only when `min_batch` requests wait, since few are better joined. After a
    batch the next one waits up to `max_wait` seconds until as many have come as last time: callers that are answered
    together come back together, instead of in two halves that take turns. Whoever comes to a quiet one never waits.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Request]], Awaitable[Sequence[Result | Exception]]],
        *,
        max_batch: int = 500,
        max_workers: int = 2,
        min_batch: int = 25,
        max_wait: float = 0.0,
    ) -> None:
        self._work = work
        self._max_batch = max_batch
        self._max_workers = max_workers
        self._min_batch = min_batch
        self._max_wait = max_wait
        self._expected = 0
        self._wait_until = 0.0
        self._waiting: list[tuple[Request, asyncio.Future[Result]]] = []
        self._running: set[asyncio.Task[None]] = set()

    async def __call__(self, request: Request) -> Result:
        """The result of one request."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        self._waiting.append((request, future))
        if len(self._waiting) in (1, self._min_batch, self._expected):
            loop.call_soon(self._start)
        return await future

    def _start(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting and self._may_start(loop.time()):
            taken, self._waiting = self._waiting[: self._max_batch], self._waiting[self._max_batch :]
            # A task of its own: it must not inherit the transaction of whoever happened to ask first.
            task = loop.create_task(self._run(taken), context=contextvars.Context())
            self._running.add(task)
            task.add_done_callback(partial(self._finish, answered=len(taken)))
        if self._waiting and not self._running:
            loop.call_at(self._wait_until, self._start)

    def _may_start(self, now: float) -> bool:
        if self._running:
            return len(self._running) < self._max_workers and len(self._waiting) >= self._min_batch
        return len(self._waiting) >= self._expected or now >= self._wait_until

    def _finish(self, task: "asyncio.Task[None]", answered: int) -> None:
        self._running.discard(task)
        if self._max_wait:
            self._expected = min(answered + len(self._waiting), self._max_batch)
            self._wait_until = asyncio.get_running_loop().time() + self._max_wait
        self._start()

    async def _run(self, taken: list[tuple[Request, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._work([request for request, _ in taken])
            if len(results) != len(taken):
                raise RuntimeError(f"{len(taken)} requests were given {len(results)} results")
        except Exception as error:
            results = [error] * len(taken)
        except BaseException:
            # Whoever ends this process ends the waiting too.
            for _, future in taken:
                future.cancel()
            raise
        for (_, future), result in zip(taken, results, strict=True):
            if future.done():
                continue
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)
