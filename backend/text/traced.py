"""Cleaning with the way back: where each character of a cleaned text stood in what was typed."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from backend.text import clean

# What may join the letter before it when a text is composed: marks, and the vowels and finals of Hangul.
_JOINS = re.compile(r"[\u1161-\u1175\u11a8-\u11c2]")
_WHITE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Traced:
    """`text`, each of whose characters stood from `starts` to `ends` (end excluded) in the original."""

    text: str
    starts: list[int]
    ends: list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the non-empty piece `start` to `end` stood in the original."""
        return self.starts[start], self.ends[end - 1]


def clean_traced(value: str, *, multiline: bool) -> Traced:
    """What `clean_text` gives, with its places. Linear; slower than clean_text, for when something was found."""
    traced = Traced(value, list(range(len(value))), list(range(1, len(value) + 1)))
    traced = _replace(traced, clean.LINE_ENDS, lambda _: "\n")
    traced = _replace(traced, clean.SURROGATES, lambda _: "\ufffd")
    traced = _replace(traced, clean.BLANKS, lambda _: " ")
    traced = _replace(traced, clean.DROPPED, lambda found: found[1] or "")
    traced = _replace(traced, clean.STRAY_JOINER, lambda _: "")
    traced = _compose(traced)
    if not multiline:
        traced = _replace(traced, _WHITE, lambda _: " ")
    end = len(traced.text.rstrip())
    start = min(end, len(traced.text) - len(traced.text.lstrip()))
    return Traced(traced.text[start:end], traced.starts[start:end], traced.ends[start:end])


def _replace(traced: Traced, pattern: re.Pattern[str], new: Callable[[re.Match[str]], str]) -> Traced:
    text, at = "", 0
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for found in pattern.finditer(traced.text):
        start, end = found.span()
        text = new(found)
        parts += (traced.text[at:start], text)
        # A flag stays as it was; anything else is one character for all that it replaces.
        is_longer = len(text) > 1
        starts += (
            traced.starts[at:end]
            if is_longer
            else [*traced.starts[at:start], *traced.starts[start : start + len(text)]]
        )
        ends += (
            traced.ends[at:end]
            if is_longer
            else [*traced.ends[at:start], *traced.ends[end - len(text) : end]]
        )
        at = end
    if not parts:
        return traced
    return Traced("".join([*parts, traced.text[at:]]), starts + traced.starts[at:], ends + traced.ends[at:])


def _compose(traced: Traced) -> Traced:
    """Letter by letter with its marks, so that a composed letter stands where its pieces stood."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at, text = 0, traced.text
    while at < len(text):
        end = at + 1
        while end < len(text) and not text[end].isascii() and _joins(text[end]):
            end += 1
        part = unicodedata.normalize("NFC", clean.limit_marks(text[at:end]))
        parts.append(part)
        starts += [traced.starts[at]] * len(part)
        ends += [traced.ends[end - 1]] * len(part)
        at = end
    return Traced("".join(parts), starts, ends)


def _joins(character: str) -> bool:
    return unicodedata.category(character).startswith("M") or _JOINS.match(character) is not None
