"""The synthetic people of the trial login, read from the seed file: who they are, and as whom a login finds them.

A national identity number is computed when it is asked for and kept nowhere: the file has only a date and a
serial. The month is raised by 80, as in the Norwegian Tax Administration's synthetic test population, so the
number belongs to nobody.
"""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any, Literal

_SYNTHETIC_MONTH = 80
_FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


class PeopleError(Exception):
    """The list of people cannot be used; the message is one clear sentence."""


@dataclass(frozen=True, slots=True)
class Person:
    """One synthetic person. `serial` is the three individual digits of the identity number."""

    key: str
    name: str
    birth_date: date | None = None
    serial: int | None = None
    municipality_number: str = ""
    municipality_name: str = ""
    place: str | None = None
    language: str = "nb"
    kind: Literal["resident", "employee"] = "resident"
    groups: tuple[str, ...] = ()
    email: str = ""
    note: str = ""

    @property
    def national_identity_number(self) -> str | None:
        """The eleven synthetic digits, or None for a person without one."""
        if self.birth_date is None or self.serial is None:
            return None
        return synthetic_identity_number(self.birth_date, self.serial)


def _check_digit(digits: str, weights: tuple[int, ...]) -> int:
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    return -total % 11


def _serial_fits(year: int, serial: int) -> bool:
    # The individual digits tell the century (folkeregisterforskriften § 2-2-1).
    return (
        (1900 <= year <= 1999 and 0 <= serial <= 499)
        or (1940 <= year <= 1999 and 900 <= serial <= 999)
        or (2000 <= year <= 2039 and 500 <= serial <= 999)
    )


def synthetic_identity_number(birth_date: date, serial: int) -> str:
    """Eleven digits with valid check digits and +80 on the month.

    Raises PeopleError when the serial does not suit the year, or when a check digit would be 10.
    """
    if not _serial_fits(birth_date.year, serial):
        raise PeopleError(f"Serial {serial} does not suit a birth in {birth_date.year}.")
    month = birth_date.month + _SYNTHETIC_MONTH
    digits = f"{birth_date:%d}{month}{birth_date:%y}{serial:03}"
    for weights in (_FIRST_WEIGHTS, _SECOND_WEIGHTS):
        check = _check_digit(digits, weights)
        if check == 10:
            raise PeopleError(
                f"Serial {serial} gives no valid check digits for {birth_date}; choose another."
            )
        digits += str(check)
    return digits


def read_person(entry: Mapping[str, Any]) -> Person:
    """One entry of the seed file, with `municipality` as an object or as flat fields.

    Raises PeopleError naming the person when the entry cannot be used.
    """
    municipality = entry.get("municipality")
    if not isinstance(municipality, Mapping):
        municipality = {"number": entry.get("municipality_number"), "name": entry.get("municipality_name")}
    born = entry.get("birth_date")
    serial = entry.get("serial")
    try:
        person = Person(
            key=entry["key"],
            name=entry["name"],
            birth_date=date.fromisoformat(born) if born else None,
            serial=None if serial is None else int(serial),
            municipality_number=_municipality_number(municipality.get("number")),
            municipality_name=municipality.get("name") or "",
            place=entry.get("place"),
            language=entry.get("language") or "nb",
            kind=entry.get("kind", "resident"),
            groups=tuple(entry.get("groups") or ()),
            email=entry.get("email") or "",
            note=entry.get("note") or "",
        )
        # Computed once here so that a bad serial is told of at the start, not at somebody's login.
        _ = person.national_identity_number
    except (KeyError, TypeError, ValueError, PeopleError) as error:
        raise PeopleError(f"The person {entry.get('key', '?')!r} cannot be used: {error}") from error
    return person


def _municipality_number(value: object) -> str:
    # Numbers below 1000 lose their leading zero when they are stored as integers (Oslo is 0301).
    return str(value).zfill(4) if value not in (None, "") else ""


def load_people() -> tuple[Person, ...]:
    """The people of the seed file. Raises PeopleError when it is missing or malformed."""
    source = files("backend").joinpath("topics", "seed", "people.json")
    try:
        entries = json.loads(source.read_text(encoding="utf-8"))["people"]
    except (OSError, ValueError, KeyError) as error:
        raise PeopleError(f"The list of synthetic people could not be read: {error}") from error
    return by_unique_key(read_person(entry) for entry in entries)


def by_unique_key(people: Iterable[Person]) -> tuple[Person, ...]:
    """The same people as a tuple. Raises PeopleError when two share a key."""
    found = tuple(people)
    if len({person.key for person in found}) != len(found):
        raise PeopleError("Two people have the same key.")
    return found


def pairwise_subject(name: str, client_id: str, person: Person) -> str:
    """A provider's subject for a person: it differs between clients and is the same after a restart."""
    digest = hashlib.sha256(f"{name}\0{client_id}\0{person.key}".encode()).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")
