"""The shapes one written word may stand for: spelled with digits, drawn out, or letter by letter."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import product

_TOKEN = re.compile(r"[^\W_]+(?:[@$!€]+[^\W_]+)*\$*")
_SPELLED = re.compile(r"(?<!\w)[^\W\d_](?:[ .\-_*]{1,2}[^\W\d_](?!\w)){3,}")
_PART = re.compile(r"[^\W_]+")
_GAP = re.compile(r"[ .\-_*]+")
_DRAWN_OUT = re.compile(r"(.)\1{2,}")
# Swedish letters for Norwegian ones, which some keyboards give.
_LETTERS = str.maketrans("äö", "æø")
_OWN_LETTERS = frozenset("æøå")
_STANDS_FOR = {
    "0": "o",
    "1": "il",
    "3": "e",
    "4": "a",
    "5": "s",
    "7": "t",
    "8": "b",
    "@": "a",
    "$": "s",
    "€": "e",
    "!": "il",
}
_MOST_AMBIGUOUS = 3


def plain(text: str) -> str:
    """Small letters without invisible characters, and without diacritics other than those of æ, ø and å."""
    composed = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    return "".join(map(_plain_letter, composed)) if not composed.isascii() else composed


def tokens(text: str) -> list[str]:
    """The words of plain text in order, with the symbols that stand inside a word for a letter."""
    return _TOKEN.findall(text)


def spelled_out(text: str) -> list[str]:
    """Words of at least four letters written one by one, as in `i d i o t`."""
    return [_GAP.sub("", found) for found in _SPELLED.findall(text)]


def token_places(text: str) -> Iterator[tuple[str, int, int]]:
    """The words of any text as `tokens` takes them, each with its start and end."""
    return ((found.group(), *found.span()) for found in _TOKEN.finditer(text))


def spelled_places(text: str) -> Iterator[tuple[str, int, int]]:
    """What `spelled_out` finds in any text, each with its start and end."""
    return ((_GAP.sub("", found.group()), *found.span()) for found in _SPELLED.finditer(text))


def forms(token: str) -> set[str]:
    """The token, its parts, and what it reads as; at most eight readings of the ambiguous signs."""
    found = {token, *_PART.findall(token), *_read_signs(token)}
    for form in list(found):
        if _DRAWN_OUT.search(form):
            found |= {_DRAWN_OUT.sub(r"\1", form), _DRAWN_OUT.sub(r"\1\1", form)}
    return found


def _read_signs(token: str) -> set[str]:
    """`f4en` and `f@en` with letters for signs; numbers, and words without signs, have no such reading."""
    if token.isalpha() or not any(map(str.isalpha, token)):
        return set()
    choices = [_STANDS_FOR.get(character, character) for character in token]
    if sum(len(choice) > 1 for choice in choices) > _MOST_AMBIGUOUS:
        choices = [choice[0] for choice in choices]
    return {"".join(letters) for letters in product(*choices)}


def _plain_letter(letter: str) -> str:
    if letter in _OWN_LETTERS or letter.isascii():
        return letter
    if unicodedata.category(letter) in {"Cf", "Mn", "Me"}:
        return ""
    base = unicodedata.normalize("NFD", letter)[0]
    return base if base.isascii() else letter
