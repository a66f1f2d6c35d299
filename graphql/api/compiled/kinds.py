"""What kind of thing a resolver gave, decided once per Python type."""

from collections.abc import Callable
from enum import IntEnum
from functools import lru_cache

from graphql.pyutils import Undefined


class Kind(IntEnum):
    """`PLAIN` is false, so that the usual case is one test."""

    PLAIN = 0
    NULL = 1
    AWAITABLE = 2
    EXCEPTION = 3


def _kind_of(type_: type) -> Kind:
    if type_ is type(None) or type_ is type(Undefined):
        return Kind.NULL
    if hasattr(type_, "__await__"):
        return Kind.AWAITABLE
    return Kind.EXCEPTION if issubclass(type_, Exception) else Kind.PLAIN


kind_of: Callable[[type], Kind] = lru_cache(maxsize=4096)(_kind_of)
"""The kind of a type's values. Generators are plain: those for coroutines left asyncio with Python 3.11."""
