"""Neighbouring groups of digits, taken together as one number a person may have spaced out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise

LONGEST = 19
_GROUP = re.compile(r"[0-9]+")
_GAP = re.compile(r"[ .\-/:_*|()]{1,3}")
_WANTED = frozenset({11, *range(13, LONGEST + 1)})


@dataclass(frozen=True, slots=True)
class Window:
    """The `digits` from `start` to `end`; `layout` holds the group lengths, `gaps` what stood between."""

    digits: str
    layout: tuple[int, ...]
    gaps: tuple[str, ...]
    start: int
    end: int

    @property
    def regular(self) -> bool:
        """Whether the same separator stands between all groups, or there is one group only."""
        return len(set(self.gaps)) <= 1


def windows(text: str) -> Iterator[Window]:
    """Every window of 11 or 13 to 19 ASCII digits that begins and ends at whole groups.

    At most 19 groups are looked at from each start, so the work grows with the text and not with its square.
    """
    groups = [(m.start(), m.end()) for m in _GROUP.finditer(text)]
    digits = "".join(text[start:end] for start, end in groups)
    lengths = [end - start for start, end in groups]
    offsets = [0, *accumulate(lengths)]
    gaps = [_gap(text, a[1], b[0]) for a, b in pairwise(groups)]
    for first in range(len(groups)):
        for last in range(first, min(first + LONGEST, len(groups))):
            if last > first and not gaps[last - 1]:
                break
            total = offsets[last + 1] - offsets[first]
            if total > LONGEST:
                break
            if total in _WANTED:
                yield Window(
                    digits[offsets[first] : offsets[last + 1]],
                    tuple(lengths[first : last + 1]),
                    tuple(gaps[first:last]),
                    groups[first][0],
                    groups[last][1],
                )


def _gap(text: str, start: int, end: int) -> str:
    """What stands between two groups of one number; empty where they belong to different numbers."""
    found = _GAP.fullmatch(text, start, end)
    return found.group() if found else ""
