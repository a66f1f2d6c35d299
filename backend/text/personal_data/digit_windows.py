"""Neighbouring groups of digits, taken together as one number a person may have spaced out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise

LONGEST = 19
_GROUP = re.compile(r"[0-9]+")
# Up to three signs with a blank between each, or the break of a line.
_GAP = re.compile(r" ?(?:[.\-/:_*|()#~=+&'\"\\<>\[\]{}^`] ?){0,3}|\n")
_IDENTITY = 11
_MOST_ACCOUNT_GROUPS = 3
_DAYS = frozenset(f"{day + added:02}" for day in range(1, 32) for added in (0, 40))
_MONTHS = frozenset(f"{month + added:02}" for month in range(1, 13) for added in (0, 40, 65, 80))
_LENGTHS = frozenset({_IDENTITY, *range(13, LONGEST + 1)})


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
    likely = _Likely(digits)
    for first in range(len(groups)):
        for last in range(first, min(first + LONGEST, len(groups))):
            if last > first and not gaps[last - 1]:
                break
            total = offsets[last + 1] - offsets[first]
            if total > LONGEST:
                break
            if total in _LENGTHS and likely(offsets[first], total, last - first + 1):
                yield Window(
                    digits[offsets[first] : offsets[last + 1]],
                    tuple(lengths[first : last + 1]),
                    tuple(gaps[first:last]),
                    groups[first][0],
                    groups[last][1],
                )


class _Likely:
    """Whether a window is worth a closer look, at the cost of a few look-ups whatever its length."""

    def __init__(self, digits: str) -> None:
        self._digits = digits
        # Sums of every second digit from the left, doubled as Luhn does, for windows that end on either side.
        plain = list(map(int, digits))
        doubled = [2 * value - 9 * (value > 4) for value in plain]
        self._sums = [
            [0, *accumulate(doubled[at] if (at + side) % 2 else plain[at] for at in range(len(plain)))]
            for side in (0, 1)
        ]

    def __call__(self, start: int, total: int, groups: int) -> bool:
        begins = self._digits[start : start + 4]
        is_dated = begins[:2] in _DAYS and begins[2:] in _MONTHS
        if total == _IDENTITY:
            return is_dated or groups <= _MOST_ACCOUNT_GROUPS
        sums = self._sums[(start + total - 1) % 2]
        return (total == _IDENTITY + 2 and is_dated) or (sums[start + total] - sums[start]) % 10 == 0


def _gap(text: str, start: int, end: int) -> str:
    """What stands between two groups of one number; empty where they belong to different numbers."""
    found = _GAP.fullmatch(text, start, end)
    return found.group() if found else ""
