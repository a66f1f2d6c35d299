"""Text as a reader sees it, with the way back to the characters that were written.

Full-width digits, invisible characters and typographic spaces look like plain text to a person; folding makes
them plain text for a pattern too.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_DASHES = {"\u2212", "\u2043", "\u02d7"}
_DOTS = {"\u00b7", "\u2022", "\u2024", "\u2027", "\u2219", "\u22c5", "\u3002", "\u30fb", "\uff61"}
# Letters and symbols by category that nevertheless show as nothing but a gap.
_BLANKS = {"\t", "\u115f", "\u1160", "\u3164", "\uffa0", "\u2800"}
_LINE_ENDS = {"\n", "\r", "\v", "\f", "\u0085", "\u2028", "\u2029"}
_INVISIBLE = {"Cc", "Cf", "Mn", "Me"}
_UNUSUAL_ASCII = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]|  ")


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` with one origin per character: its index, in code points, in the text that was folded."""

    text: str
    origins: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the non-empty piece `start` to `end` of the folded text lies in the original text."""
        return self.origins[start], self.origins[end - 1] + 1


def fold(text: str) -> Folded:
    """Drop what is invisible, and write every digit, dash and dot as its ASCII counterpart, blanks as one space."""
    if text.isascii() and not _UNUSUAL_ASCII.search(text):
        return Folded(text, range(len(text)))
    letters: list[str] = []
    origins: list[int] = []
    before = ""
    for at, character in enumerate(text):
        plain = _plain(character)
        if plain and not before == plain == " ":
            letters.append(plain)
            origins.append(at)
        before = plain or before
    return Folded("".join(letters), origins)


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    """One character, or nothing where the character is invisible."""
    if character in _BLANKS:
        return " "
    if character in _LINE_ENDS:
        return "\n"
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(character)
    if category in _INVISIBLE:
        return ""
    if category == "Zs":
        return " "
    if category == "Pd" or character in _DASHES:
        return "-"
    if character in _DOTS:
        return "."
    compatible = unicodedata.normalize("NFKC", character)
    return compatible if len(compatible) == 1 else character
