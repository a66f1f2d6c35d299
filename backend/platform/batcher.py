"""Joining concurrent calls of one process into one call: a loader for reads, and for writes too.

Everything asked for during one turn of the event loop, and while the previous batch is under way, is handed
on together. Each caller is answered after the joint call returned, so a write is durable before anyone is told.
"""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Generic, TypeVar

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")


class Batcher(Generic[Ask, Answer]):
    """Collects asks and passes them to `work` as one list; `work` returns one answer per ask, in order.

    An exception that `work` raises reaches every caller of that batch; an exception it returns in place of an
    answer reaches that caller alone. At most `batch` asks travel together and at most `lanes` batches at once;
    beside a running batch another one starts only when `crowd` asks wait, since few are better joined. After a
    batch the next one waits up to `linger` seconds until as many ask as did last time: a crowd that is answered
    together comes back together, instead of in two halves that take turns. Whoever comes to a quiet one never waits.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Ask]], Awaitable[Sequence[Answer | Exception]]],
        *,
        batch: int = 500,
        lanes: int = 2,
        crowd: int = 25,
        linger: float = 0.0,
    ) -> None:
        self._work = work
        self._batch = batch
        self._lanes = lanes
        self._crowd = crowd
        self._linger = linger
        self._expected = 0
        self._linger_until = 0.0
        self._waiting: list[tuple[Ask, asyncio.Future[Answer]]] = []
        self._running: set[asyncio.Task[None]] = set()

    async def __call__(self, ask: Ask) -> Answer:
        """The answer to one ask."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((ask, future))
        if len(self._waiting) in (1, self._crowd, self._expected):
            loop.call_soon(self._start)
        return await future

    def _start(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting and self._may_start(loop.time()):
            taken, self._waiting = self._waiting[: self._batch], self._waiting[self._batch :]
            # A task of its own: it must not inherit the transaction of whoever happened to ask first.
            task = loop.create_task(self._run(taken), context=contextvars.Context())
            self._running.add(task)
            task.add_done_callback(partial(self._finish, answered=len(taken)))
        if self._waiting and not self._running:
            loop.call_at(self._linger_until, self._start)

    def _may_start(self, now: float) -> bool:
        if self._running:
            return len(self._running) < self._lanes and len(self._waiting) >= self._crowd
        return len(self._waiting) >= self._expected or now >= self._linger_until

    def _finish(self, task: "asyncio.Task[None]", answered: int) -> None:
        self._running.discard(task)
        if self._linger:
            self._expected = min(answered + len(self._waiting), self._batch)
            self._linger_until = asyncio.get_running_loop().time() + self._linger
        self._start()

    async def _run(self, taken: list[tuple[Ask, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._work([ask for ask, _ in taken])
            if len(answers) != len(taken):
                raise RuntimeError(f"{len(taken)} asks were given {len(answers)} answers")
        except Exception as error:
            answers = [error] * len(taken)
        except BaseException:
            # Whoever ends this process ends the waiting too.
            for _, future in taken:
                future.cancel()
            raise
        for (_, future), answer in zip(taken, answers, strict=True):
            if future.done():
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)
