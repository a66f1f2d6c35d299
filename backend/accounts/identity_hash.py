"""The national identity number and the keyed hash that stands in for it.

The number exists only between the provider's answer and the hash. Peppers are versioned: a new one is added
beside the old, every login moves one person over, and an old pepper may go when no row has its version.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from backend.platform.errors import Invalid

_ELEVEN = re.compile(r"[0-9]{11}")
_PURPOSE = b"samskap national identity number\0"
_SECOND_HALF = range(500, 1000)
_NINETIES = range(900, 1000)


class NationalNumber:
    """Eleven digits that name one person. They cannot be printed, compared, copied out or stored by accident.

    Raises Invalid, without the text, when it is not eleven digits. Control digits are up to the provider:
    synthetic numbers and those issued from 2032 follow other rules.
    """

    __slots__ = ("_digits",)

    def __init__(self, digits: object) -> None:
        if not isinstance(digits, str) or not _ELEVEN.fullmatch(digits):
            raise Invalid("identity_number_malformed", "Innloggingen ga et fødselsnummer som ikke kan leses.")
        self._digits = digits

    def __repr__(self) -> str:
        return "NationalNumber(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A national identity number is never stored or sent on.")

    def keyed_hash(self, pepper: bytes) -> bytes:
        """HMAC-SHA256 of the number; 32 bytes."""
        return hmac.digest(pepper, _PURPOSE + self._digits.encode(), "sha256")

    def in_body(self, name: str) -> dict[str, list[str]]:
        """The body of a look-up in the population register: the one place that the number is sent to."""
        return {name: [self._digits]}

    @property
    def birth_year(self) -> int | None:
        """The year of birth the number tells, or None where its individual digits do not say the century.

        Source: folkeregisterforskriften § 2-2-1. Nobody born before 1900 logs in.
        """
        year, serial = int(self._digits[4:6]), int(self._digits[6:9])
        if serial not in _SECOND_HALF:
            return 1900 + year
        if year < 40:
            return 2000 + year
        return 1900 + year if serial in _NINETIES else None


@dataclass(frozen=True, slots=True)
class NumberHashes:
    """How one person is known: the hash to keep, with its pepper's version, and those to look under.

    `lock` is the same in every process that knows the oldest pepper: simultaneous logins of one person take
    turns on it, also while a new pepper is being rolled out.
    """

    current: bytes
    version: int
    every: tuple[bytes, ...]
    lock: int


def hashes_of(number: NationalNumber, peppers: Mapping[int, bytes]) -> NumberHashes:
    """The hashes of a number under every pepper there is."""
    versions = sorted(peppers)
    every = tuple(number.keyed_hash(peppers[version]) for version in versions)
    return NumberHashes(every[-1], versions[-1], every, lock_number(every[0]))


def lock_number(material: bytes) -> int:
    """A number for PostgreSQL's advisory locks (64 bits, signed) that belongs to this material."""
    return int.from_bytes(hashlib.sha256(material).digest()[:8], "big", signed=True)
