"""Turning a domain refusal into a member of a payload's union, at every mutation alike."""

import functools
from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec

from api.context import context_of
from api.errors import problem_of
from backend.errors import DomainError

P = ParamSpec("P")


def with_problems(resolve: Callable[P, Awaitable[Any]]) -> Callable[P, Awaitable[Any]]:
    """Answer a DomainError as the Problem that tells it; anything else is a bug and stays an error."""

    @functools.wraps(resolve)
    async def answered(*args: P.args, **kwargs: P.kwargs) -> Any:
        try:
            return await resolve(*args, **kwargs)
        except DomainError as refusal:
            info: Any = kwargs["info"]
            return problem_of(refusal, context_of(info).language)

    return answered
