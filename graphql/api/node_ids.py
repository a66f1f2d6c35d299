"""Global ids: what a client holds for a thing, opaque to it and the same in every operation."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache

from backend.errors import NotFound

_NOT_FOUND = ("node_not_found", "Det du ser etter, finnes ikke.")
_MAX_LENGTH = 100


@lru_cache(20_000)
def to_global_id(type_name: str, number: int) -> str:
    """The id of a thing of this type."""
    return urlsafe_b64encode(f"{type_name}:{number}".encode()).decode().rstrip("=")


def from_global_id(value: str) -> tuple[str, int]:
    """The type's name and the number; raises NotFound for anything that is no id of ours."""
    try:
        padded = value[:_MAX_LENGTH] + "=" * (-len(value) % 4)
        type_name, _, number = urlsafe_b64decode(padded.encode("ascii")).decode("ascii").partition(":")
        found = int(number)
    except ValueError:
        raise NotFound(*_NOT_FOUND) from None
    if not 0 < found < 2**63 or to_global_id(type_name, found) != value:
        raise NotFound(*_NOT_FOUND)
    return type_name, found


def number_of(value: str, type_name: str, *, field: str | None = None) -> int:
    """The number in an id that must be of this type; raises NotFound otherwise."""
    found_type, number = from_global_id(value)
    if found_type != type_name:
        raise NotFound(*_NOT_FOUND, field=field)
    return number
