"""What was changed in a text, as people read it: whole paragraphs that stayed, and words that came and went."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

Kind = Literal["same", "added", "removed", "left_out"]

_WORD = re.compile(r"\s+|[^\s]+")
MOST_WORDS: Final = 1_500
"""Longer paragraphs are told as removed and added whole: comparing takes time by the square of their length."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; for `left_out` it is empty and `count` paragraphs stayed as they were."""

    kind: Kind
    text: str
    count: int = 0


def difference(before: str, after: str) -> list[Piece]:
    """The pieces of both texts in reading order. Line breaks are part of the pieces."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    pieces: list[Piece] = []
    for tag, i, j, k, m in _matcher(old, new).get_opcodes():
        pieces += _unchanged(old[i:j]) if tag == "equal" else _changed("".join(old[i:j]), "".join(new[k:m]))
    return pieces


def word_difference(before: str, after: str) -> list[Piece]:
    """The same for one line, with nothing left out."""
    return list(_changed(before, after))


def _unchanged(lines: Sequence[str]) -> Iterator[Piece]:
    paragraphs = sum(1 for line in lines if line.strip())
    if paragraphs > 1:
        yield Piece("left_out", "", paragraphs)
    elif lines:
        yield Piece("same", "".join(lines))


def _changed(before: str, after: str) -> Iterator[Piece]:
    old, new = _WORD.findall(before), _WORD.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        yield from _pair(before, after)
        return
    for tag, i, j, k, m in _matcher(old, new).get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(old[i:j]))
        else:
            yield from _pair("".join(old[i:j]), "".join(new[k:m]))


def _pair(removed: str, added: str) -> Iterator[Piece]:
    if removed:
        yield Piece("removed", removed)
    if added:
        yield Piece("added", added)


def _matcher(old: Sequence[str], new: Sequence[str]) -> SequenceMatcher[str]:
    # What stands everywhere says nothing about what was changed: difflib leaves it out in long texts.
    return SequenceMatcher(None, old, new, autojunk=True)
