"""What slices bring for others to find: by name, and loaded when first asked for."""

from functools import cache
from pkgutil import resolve_name
from typing import Any


@cache
def contributions(what: str) -> tuple[Any, ...]:
    """All that is listed under this name in `backend/slices.py`, in that order. Raises AttributeError, ImportError.

    Whoever asks stands below those who bring it, and so imports none of them.
    """
    return tuple(resolve_name(place) for place in resolve_name(f"backend.slices:{what}"))
