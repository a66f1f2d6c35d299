"""Values that are given out again and again: copied where a resolver could change them."""

from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

_IMMUTABLE = (str, int, float, bool, bytes, type(None), Enum, date, time, timedelta, Decimal, UUID)


def can_be_repeated(value: Any) -> bool:
    """Whether `repeated` gives an equal value that shares nothing that can be changed."""
    if type(value) is list:
        return all(map(can_be_repeated, value))
    if type(value) is dict:
        return all(map(can_be_repeated, value.values()))
    return isinstance(value, _IMMUTABLE)


def repeated(value: Any) -> Any:
    """The value once more."""
    if type(value) is list:
        return [repeated(item) for item in value]
    if type(value) is dict:
        return {key: repeated(item) for key, item in value.items()}
    return value
