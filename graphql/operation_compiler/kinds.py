"""What kind of thing a resolver gave, decided once per Python type."""

from collections.abc import Callable
from enum import IntEnum
from functools import lru_cache

from graphql.pyutils import Undefined


class ValueKind(IntEnum):
    """`PLAIN` is false, so that the usual case is one test."""

    PLAIN = 0
    NULL = 1
    AWAITABLE = 2
    EXCEPTION = 3


def _kind_of(type_: type) -> ValueKind:
    if type_ is type(None) or type_ is type(Undefined):
        return ValueKind.NULL
    if hasattr(type_, "__await__"):
        return ValueKind.AWAITABLE
    return ValueKind.EXCEPTION if issubclass(type_, Exception) else ValueKind.PLAIN


kind_of: Callable[[type], ValueKind] = lru_cache(maxsize=4096)(_kind_of)
"""The kind of a type's values. Generators are plain: those for coroutines left asyncio with Python 3.11."""
