"""Turning a domain refusal into a member of a payload's union, at every mutation alike."""

import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, ParamSpec, get_args, get_origin

import strawberry
from strawberry.utils.str_converters import to_camel_case

from api.context import context_of
from api.errors import problem_of
from backend.errors import DomainError, NotFound

P = ParamSpec("P")


def with_problems(resolve: Callable[P, Awaitable[Any]]) -> Callable[P, Awaitable[Any]]:
    """Answer a DomainError as the Problem that tells it; anything else is a bug and stays an error.

    What is not found, and does not say which part of the input was meant, is what the first id names.
    """
    first_id = _first_id(resolve)

    @functools.wraps(resolve)
    async def answered(*args: P.args, **kwargs: P.kwargs) -> Any:
        try:
            return await resolve(*args, **kwargs)
        except DomainError as refusal:
            info: Any = kwargs["info"]
            if isinstance(refusal, NotFound) and refusal.field is None:
                refusal.field = first_id
            return problem_of(refusal, context_of(info).language)

    return answered


def _first_id(resolve: Callable[P, Awaitable[Any]]) -> str | None:
    """The API's name of the first argument that is an id."""
    for name, parameter in inspect.signature(resolve).parameters.items():
        annotation = parameter.annotation
        kind = get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
        if kind is strawberry.ID:
            return to_camel_case(name)
    return None
