"""How work grows with its input, in seconds of this thread's own computing: other work on the machine counts
for nothing, so the answer is the same on a busy day."""

import time
from collections.abc import Callable

# Five times the input may take fifteen times as long: linear work takes five times, quadratic twenty-five.
FACTOR = 5
_MOST = 3 * FACTOR
# Below a second for five times the input nothing is told of its growth.
_TOO_SHORT_TO_TELL = 1 / _MOST


def computing(work: Callable[[], object]) -> float:
    """Seconds that this thread computes for `work`, the best of three."""

    def once() -> float:
        started = time.thread_time()
        work()
        return time.thread_time() - started

    return min(once() for _ in range(3))


def assert_linear(work: Callable[[int], object], size: int) -> None:
    """Assert that `work(FACTOR * size)` takes no longer than linear work would, with room to spare."""
    small = computing(lambda: work(size))
    large = computing(lambda: work(FACTOR * size))
    assert large < _MOST * max(small, _TOO_SHORT_TO_TELL), (small, large)
