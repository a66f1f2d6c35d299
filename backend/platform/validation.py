"""Checking every part of an input before any is refused, so that a person is told of all that is wrong at once."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar, cast

from backend.platform.errors import DomainError, Invalid, NotFound

P = ParamSpec("P")
T = TypeVar("T")


class Checks:
    """Runs checks, and remembers which parts of the input they refuse.

    What a check gives may be used only after the block: when it refused, there is no value, and the block raises.
    """

    def __init__(self) -> None:
        self._refusals: list[DomainError] = []

    @property
    def has_refused(self) -> bool:
        """Whether a part is wrong already: what needs it sound is not to be checked then."""
        return bool(self._refusals)

    def __call__(self, check: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the check gives."""
        try:
            return check(*args, **kwargs)
        except (Invalid, NotFound) as refusal:
            return cast(T, self._remember(refusal))

    async def wait(self, check: Awaitable[T]) -> T:
        """What the check gives, once it has looked."""
        try:
            return await check
        except (Invalid, NotFound) as refusal:
            return cast(T, self._remember(refusal))

    def _remember(self, refusal: DomainError) -> None:
        # What is about no part of the input is about all of it.
        if refusal.field is None:
            raise refusal
        self._refusals += [refusal, *refusal.also]
        refusal.also = ()

    def finish(self) -> None:
        """Raise the first refusal, which carries the others; nothing when all parts are sound."""
        if self._refusals:
            first, *others = self._refusals
            first.also = tuple(others)
            raise first


@contextmanager
def all_checked() -> Iterator[Checks]:
    """Checks whose refusals are raised together at the end of the block."""
    checks = Checks()
    yield checks
    checks.finish()
