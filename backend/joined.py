"""Joining concurrent calls of one process into one call: a loader for reads, and for writes too.

Everything asked for during one turn of the event loop, and while the previous batch is under way, is handed
on together. Each caller is answered after the joint call returned, so a write is durable before anyone is told.
"""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")


class Joined(Generic[Ask, Answer]):
    """Collects asks and passes them to `work` as one list; `work` returns one answer per ask, in order.

    An exception that `work` raises reaches every caller of that batch; an exception it returns in place of an
    answer reaches that caller alone. At most `batch` asks travel together and at most `lanes` batches at once;
    beside a running batch another one starts only when `crowd` asks wait, since few are better joined.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Ask]], Awaitable[Sequence[Answer | Exception]]],
        *,
        batch: int = 500,
        lanes: int = 2,
        crowd: int = 25,
    ) -> None:
        self._work = work
        self._batch = batch
        self._lanes = lanes
        self._crowd = crowd
        self._waiting: list[tuple[Ask, asyncio.Future[Answer]]] = []
        self._running: set[asyncio.Task[None]] = set()

    async def __call__(self, ask: Ask) -> Answer:
        """The answer to one ask."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((ask, future))
        if len(self._waiting) in (1, self._crowd):
            loop.call_soon(self._start)
        return await future

    def _start(self) -> None:
        while self._waiting and self._may_start():
            taken, self._waiting = self._waiting[: self._batch], self._waiting[self._batch :]
            # A task of its own: it must not inherit the transaction of whoever happened to ask first.
            task = asyncio.get_running_loop().create_task(self._run(taken), context=contextvars.Context())
            self._running.add(task)
            task.add_done_callback(self._finish)

    def _may_start(self) -> bool:
        if not self._running:
            return True
        return len(self._running) < self._lanes and len(self._waiting) >= self._crowd

    def _finish(self, task: "asyncio.Task[None]") -> None:
        self._running.discard(task)
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
