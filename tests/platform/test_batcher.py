"""Joining concurrent calls: batches, answers, refusals, and callers that leave."""

import asyncio
from collections.abc import Sequence
from contextvars import ContextVar

import pytest

from backend.platform.batcher import Batcher

_who: ContextVar[str] = ContextVar("who", default="nobody")


class _Desk:
    """Work that notes its batches, and waits at the door until it is opened."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.door = asyncio.Event()
        self.door.set()
        self.inside = 0
        self.most_inside = 0

    async def work(self, asks: Sequence[int]) -> list[int | Exception]:
        self.batches.append(list(asks))
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        try:
            await self.door.wait()
        finally:
            self.inside -= 1
        return [KeyError(ask) if ask < 0 else ask * 10 for ask in asks]


@pytest.fixture
def desk() -> _Desk:
    return _Desk()


async def test_what_is_requested_in_one_turn_travels_together(desk: _Desk) -> None:
    joined: Batcher[int, int] = Batcher(desk.work)
    assert await asyncio.gather(*(joined(n) for n in range(5))) == [0, 10, 20, 30, 40]
    assert desk.batches == [[0, 1, 2, 3, 4]]
    assert await joined(7) == 70
    assert desk.batches[1:] == [[7]]


async def test_a_batch_has_a_largest_size(desk: _Desk) -> None:
    joined: Batcher[int, int] = Batcher(desk.work, max_batch=2, max_workers=1)
    assert await asyncio.gather(*(joined(n) for n in range(5))) == [0, 10, 20, 30, 40]
    assert desk.batches == [[0, 1], [2, 3], [4]]
    assert desk.most_inside == 1


async def test_what_comes_while_all_lanes_are_busy_gathers(desk: _Desk) -> None:
    desk.door.clear()
    joined: Batcher[int, int] = Batcher(desk.work, max_workers=2, min_batch=1)
    callers = []
    for number in range(6):
        callers.append(asyncio.create_task(joined(number)))
        await asyncio.sleep(0.005)
    assert desk.batches == [[0], [1]]
    desk.door.set()
    assert await asyncio.gather(*callers) == [0, 10, 20, 30, 40, 50]
    assert desk.batches == [[0], [1], [2, 3, 4, 5]]
    assert desk.most_inside == 2


async def test_a_few_wait_for_the_batch_under_way_and_a_crowd_does_not(desk: _Desk) -> None:
    desk.door.clear()
    joined: Batcher[int, int] = Batcher(desk.work, max_workers=2, min_batch=3)
    callers = []
    for number in range(4):
        assert desk.batches == [[0]][:number]
        callers.append(asyncio.create_task(joined(number)))
        await asyncio.sleep(0.005)
    assert desk.batches == [[0], [1, 2, 3]]
    desk.door.set()
    assert await asyncio.gather(*callers) == [0, 10, 20, 30]


async def test_an_exception_in_place_of_an_answer_reaches_one(desk: _Desk) -> None:
    joined: Batcher[int, int] = Batcher(desk.work)
    answers = await asyncio.gather(joined(1), joined(-2), joined(3), return_exceptions=True)
    assert [answers[0], answers[2]] == [10, 30]
    assert isinstance(answers[1], KeyError)
    assert len(desk.batches) == 1


async def test_an_exception_that_is_raised_reaches_all_of_its_batch() -> None:
    async def work(asks: Sequence[int]) -> list[int | Exception]:
        if 13 in asks:
            raise OSError("away")
        return list(asks)

    joined: Batcher[int, int] = Batcher(work)
    answers = await asyncio.gather(*(joined(n) for n in (12, 13, 14)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [OSError, OSError, OSError]
    # The next batch is as good as ever.
    assert await joined(15) == 15


async def test_too_few_answers_are_an_error_and_nobody_waits_for_ever() -> None:
    async def work(asks: Sequence[int]) -> list[int | Exception]:
        return list(asks)[1:]

    joined: Batcher[int, int] = Batcher(work)
    async with asyncio.timeout(5):
        answers = await asyncio.gather(joined(1), joined(2), return_exceptions=True)
    assert all(isinstance(answer, Exception) for answer in answers)


async def test_one_who_leaves_takes_nobody_along(desk: _Desk) -> None:
    desk.door.clear()
    joined: Batcher[int, int] = Batcher(desk.work)
    callers = [asyncio.create_task(joined(n)) for n in range(3)]
    await asyncio.sleep(0.005)
    callers[1].cancel()
    await asyncio.sleep(0)
    desk.door.set()
    answers = await asyncio.gather(*callers, return_exceptions=True)
    assert [answers[0], answers[2]] == [0, 20]
    assert isinstance(answers[1], asyncio.CancelledError)


async def test_when_all_have_left_the_lanes_are_free_again(desk: _Desk) -> None:
    desk.door.clear()
    joined: Batcher[int, int] = Batcher(desk.work, max_workers=1)
    callers = [asyncio.create_task(joined(n)) for n in range(3)]
    await asyncio.sleep(0.005)
    for caller in callers:
        caller.cancel()
    await asyncio.gather(*callers, return_exceptions=True)
    desk.door.set()
    assert await joined(4) == 40


async def test_work_that_is_cancelled_leaves_nobody_waiting() -> None:
    async def work(_asks: Sequence[int]) -> list[int | Exception]:
        raise asyncio.CancelledError

    joined: Batcher[int, int] = Batcher(work)
    caller = asyncio.create_task(joined(1))
    done, _ = await asyncio.wait([caller], timeout=5)
    assert done
    assert caller.cancelled()


async def test_work_sees_nobodys_context() -> None:
    seen: list[str] = []

    async def work(asks: Sequence[int]) -> list[int | Exception]:
        seen.append(_who.get())
        _who.set("the work")
        return list(asks)

    joined: Batcher[int, int] = Batcher(work)

    async def ask(name: str) -> str:
        _who.set(name)
        await joined(1)
        return _who.get()

    assert await asyncio.gather(ask("Kari"), ask("Ola")) == ["Kari", "Ola"]
    assert seen == ["nobody"]


async def test_a_crowd_that_was_answered_together_is_waited_for(desk: _Desk) -> None:
    joined: Batcher[int, int] = Batcher(desk.work, max_wait=60.0)
    await asyncio.gather(*(joined(n) for n in range(3)))
    first = asyncio.create_task(joined(3))
    await asyncio.sleep(0.01)
    assert desk.batches == [[0, 1, 2]]
    await asyncio.gather(first, joined(4), joined(5))
    assert desk.batches == [[0, 1, 2], [3, 4, 5]]


async def test_nobody_is_waited_for_longer_than_the_crowd_has(desk: _Desk) -> None:
    joined: Batcher[int, int] = Batcher(desk.work, max_wait=0.05)
    await asyncio.gather(*(joined(n) for n in range(3)))
    assert await asyncio.wait_for(joined(3), 5) == 30
    assert desk.batches == [[0, 1, 2], [3]]


async def test_what_waits_and_what_was_answered_become_one_batch(desk: _Desk) -> None:
    desk.door.clear()
    joined: Batcher[int, int] = Batcher(desk.work, max_wait=60.0)
    before = [asyncio.create_task(joined(n)) for n in range(2)]
    await asyncio.sleep(0.01)
    meanwhile = [asyncio.create_task(joined(n)) for n in (2, 3)]
    await asyncio.sleep(0.01)
    desk.door.set()
    await asyncio.gather(*before)
    again = [asyncio.create_task(joined(n)) for n in (4, 5)]
    await asyncio.gather(*meanwhile, *again)
    assert desk.batches == [[0, 1], [2, 3, 4, 5]]
