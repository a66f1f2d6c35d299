"""Global ids: what a client holds for a thing, opaque to it and the same in every operation."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from functools import lru_cache

from backend.platform.errors import Invalid
from backend.platform.i18n import N_

_MAX_LENGTH = 100
_CHOOSE_ONE = N_("Velg noe her.")
_CHOOSE = {
    "Author": N_("Velg en person."),
    "Place": N_("Velg et sted."),
    "Proposal": N_("Velg et forslag."),
    "Topic": N_("Velg et tema."),
}


@lru_cache(20_000)
def to_global_id(type_name: str, number: int) -> str:
    """The id of a thing of this type."""
    return urlsafe_b64encode(f"{type_name}:{number}".encode()).decode().rstrip("=")


def from_global_id(value: str, *, field: str = "id") -> tuple[str, int]:
    """The type's name and the number; raises Invalid at `field` for anything that is no id of ours."""
    try:
        padded = value[:_MAX_LENGTH] + "=" * (-len(value) % 4)
        type_name, _, number = urlsafe_b64decode(padded.encode("ascii")).decode("ascii").partition(":")
        found = int(number)
    except ValueError:
        raise _not_valid(field) from None
    if not 0 < found < 2**63 or to_global_id(type_name, found) != value:
        raise _not_valid(field)
    return type_name, found


def number_of(value: str, type_name: str, *, field: str = "id") -> int:
    """The number in an id that must be of this type; raises Invalid at `field` otherwise.

    An empty one is a form in which nothing was chosen, and its message asks for that.
    """
    return number_of_either(value, (type_name,), field=field)[1]


def number_of_either(value: str, type_names: Collection[str], *, field: str) -> tuple[str, int]:
    """The type and the number in an id that must be of one of these types; raises Invalid at `field` otherwise."""
    if not value.strip():
        (only,) = type_names if len(type_names) == 1 else ("",)
        raise Invalid("id_missing", _CHOOSE.get(only, _CHOOSE_ONE), field=field)
    type_name, number = from_global_id(value, field=field)
    if type_name not in type_names:
        raise _not_valid(field)
    return type_name, number


def _not_valid(field: str) -> Invalid:
    return Invalid("id_not_valid", "Dette viser ikke til noe som finnes her.", field=field)
