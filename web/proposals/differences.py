"""What was changed in a text, as people read it: whole paragraphs that stayed, and words that came and went."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from typing import Final, Literal

PieceKind = Literal["same", "added", "removed", "left_out"]

_WORD = re.compile(r"\s+|[^\s]+")
MOST_WORDS: Final = 1_500
"""Longer paragraphs are told as removed and added whole: comparing takes time by the square of their length."""

MOST_STEPS: Final = 1_000_000
"""What one comparison may cost, about a tenth of a second. Texts made to be dear, of a few words or lines over and
over with something new between, would take a minute; beyond this the rest is told as removed and added whole."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; for `left_out` it is empty and `count` paragraphs stayed as they were."""

    kind: PieceKind
    text: str
    count: int = 0


class _TooDear(Exception):
    """The steps are used up."""


@dataclass(slots=True)
class _Steps:
    """What is left for one comparison."""

    left: int = MOST_STEPS

    def take(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise _TooDear


class _Matcher(SequenceMatcher[str]):
    """Counts what looking for each match costs, before it looks."""

    def __init__(self, old: Sequence[str], new: Sequence[str], steps: _Steps) -> None:
        # What stands everywhere says nothing about what was changed: difflib leaves it out in long texts.
        super().__init__(None, old, new, autojunk=True)
        self._old, self._steps = old, steps

    def find_longest_match(
        self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None
    ) -> Match:
        """As difflib has it; raises _TooDear."""
        places: dict[str, list[int]] = self.b2j  # type: ignore[attr-defined]
        self._steps.take(sum(1 + len(places.get(each, ())) for each in self._old[alo:ahi]))
        return super().find_longest_match(alo, ahi, blo, bhi)


def difference(before: str, after: str) -> list[Piece]:
    """The pieces of both texts in reading order. Line breaks are part of the pieces."""
    steps = _Steps()
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    try:
        changes = _Matcher(old, new, steps).get_opcodes()
    except _TooDear:
        return list(_pair(before, after))
    pieces: list[Piece] = []
    for tag, i, j, k, m in changes:
        same = tag == "equal"
        pieces += _unchanged(old[i:j]) if same else _changed("".join(old[i:j]), "".join(new[k:m]), steps)
    return pieces


def word_difference(before: str, after: str) -> list[Piece]:
    """The same for one line, with nothing left out."""
    return list(_changed(before, after, _Steps()))


def _unchanged(lines: Sequence[str]) -> Iterator[Piece]:
    paragraphs = sum(1 for line in lines if line.strip())
    if paragraphs > 1:
        yield Piece("left_out", "", paragraphs)
    elif lines:
        yield Piece("same", "".join(lines))


def _changed(before: str, after: str, steps: _Steps) -> Iterator[Piece]:
    old, new = _WORD.findall(before), _WORD.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        yield from _pair(before, after)
        return
    try:
        changes = _Matcher(old, new, steps).get_opcodes()
    except _TooDear:
        yield from _pair(before, after)
        return
    for tag, i, j, k, m in changes:
        if tag == "equal":
            yield Piece("same", "".join(old[i:j]))
        else:
            yield from _pair("".join(old[i:j]), "".join(new[k:m]))


def _pair(removed: str, added: str) -> Iterator[Piece]:
    if removed:
        yield Piece("removed", removed)
    if added:
        yield Piece("added", added)
