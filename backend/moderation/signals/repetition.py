"""Text that repeats itself or what its author wrote before, and text that shouts."""

import re
from collections import Counter
from collections.abc import Iterator

from backend.moderation.signals.model import Assessment, ScreenedText, Signal

_WORD = re.compile(r"\w+")
_RUN = re.compile(r"(\S)\1{5,}")
_SEPARATORS = frozenset("-=_*.#~─")
_SHINGLE = 4  # words in a row that seldom coincide by chance
_FEWEST_WORDS = 6  # "Helt enig!" may be said every day
_SAME = 0.8
_OFTEN = 3
_SAME_ONCE, _SAME_OFTEN = 0.75, 0.97
_LETTERS_TO_SHOUT = 25
_SHOUTING_SHARE = 0.7


def assess(content: ScreenedText) -> Assessment:
    """Score the strongest of: the same text again, the same words again, capitals, runs of a character."""
    words = _WORD.findall(content.text.casefold())
    earlier = _times_written(words, content)
    within = _share_repeated(words)
    capitals = _share_of_capitals(content.text)
    runs = sum(1 for run in _RUN.finditer(content.text) if run.group(1) not in _SEPARATORS)
    score = max(
        _SAME_OFTEN if earlier >= _OFTEN else _SAME_ONCE if earlier else 0.0,
        min(0.9, 1.2 * within) if within > 1 / 3 else 0.0,
        0.65 if capitals > _SHOUTING_SHARE else 0.0,
        min(0.65, 0.25 * runs),
    )
    detail = {"earlier": earlier, "repeated": round(within, 3), "capitals": round(capitals, 3), "runs": runs}
    return Assessment(score, detail)


def places(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every run of one character; repeated words have no place of their own."""
    return (run.span() for run in _RUN.finditer(text) if run.group(1) not in _SEPARATORS)


def _times_written(words: list[str], content: ScreenedText) -> int:
    """How many of the earlier texts are nearly this one."""
    if len(words) < _FEWEST_WORDS:
        return 0
    now = _shingles(words)
    return sum(1 for text in content.earlier if _likeness(now, text) >= _SAME)


def _likeness(now: set[tuple[str, ...]], text: str) -> float:
    """Shared shingles over all shingles (Jaccard), 0 to 1."""
    then = _shingles(_WORD.findall(text.casefold()))
    return len(now & then) / max(1, len(now | then))


def _shingles(words: list[str]) -> set[tuple[str, ...]]:
    return set(zip(*(words[start:] for start in range(_SHINGLE)), strict=False))


def _share_repeated(words: list[str]) -> float:
    """The share of shingles that came before in the same text, 0 to 1."""
    counts = Counter(zip(*(words[start:] for start in range(_SHINGLE)), strict=False))
    total = sum(counts.values())
    return (total - len(counts)) / total if len(words) >= 2 * _FEWEST_WORDS else 0.0


def _share_of_capitals(text: str) -> float:
    """The share of capitals among letters that have two cases; 0 for a text too short to shout."""
    upper = sum(map(str.isupper, text))
    cased = upper + sum(map(str.islower, text))
    return upper / cased if cased >= _LETTERS_TO_SHOUT else 0.0


SIGNAL = Signal("repetition", "1", assess)
