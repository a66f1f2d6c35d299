"""Finds what identifies or reaches a private person in a text, without ever keeping it.

Numbers are believed only with their control digits; telephone numbers only where the text around them agrees.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from backend.text.clean import clean_text
from backend.text.markup import rendered_blocks
from backend.text.personal_data.digit_windows import windows
from backend.text.personal_data.emails import emails
from backend.text.personal_data.folding import fold
from backend.text.personal_data.identity_numbers import holds_identity_number
from backend.text.personal_data.money_numbers import holds_account, holds_card, ibans, is_account_layout
from backend.text.personal_data.phones import phones
from backend.text.traced import clean_traced


class PersonalDataKind(StrEnum):
    """What was found; the most specific first, which wins where two overlap."""

    NATIONAL_IDENTITY_NUMBER = "national_identity_number"
    PAYMENT_CARD = "payment_card"
    ACCOUNT_NUMBER = "account_number"
    EMAIL = "email"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Finding:
    """Code points `start` to `end` (end excluded) of the text are of this kind. Never the value."""

    kind: PersonalDataKind
    start: int
    end: int


_Candidate = tuple[PersonalDataKind, int, int]
_RANK = {kind: rank for rank, kind in enumerate(PersonalDataKind)}
_MARKED = re.compile(r"[\\`*_\[<]")
_FEWEST_DIGITS = 8
# The one way in which a number is written over two lines.
_DATE_AND_NUMBER = (6, 5)
_SIGN = re.compile(r"[@\uff20\ufe6b]|[(\[{] *(?:a|krøll|alfa)|krøllalfa|alfakrøll", re.IGNORECASE)
_URL = re.compile(r"(?:https?://|(?<!\w)www\.)\S+", re.IGNORECASE)
# The decimals of a coordinate or a share. A comma as often separates columns, so it does not count.
_DECIMALS = re.compile(r"[0-9]\.[0-9]")


def find_personal_data(text: str, *, multiline: bool = True) -> list[Finding]:
    """All findings in reading order, none overlapping, by their places in `text`. Linear in its length.

    Looked for in the text as it will be stored, cleaned, and (`multiline`) in what its Markdown shows.
    """
    cleaned = clean_text(text, multiline=multiline)
    found = list(_in_source(cleaned))
    if multiline and _MARKED.search(cleaned) and _may_hold(cleaned):
        found += _in_rendering(cleaned)
    if not found:
        return []
    chosen = _without_overlaps(iter(found), len(cleaned))
    if cleaned == text:
        return [Finding(*each) for each in chosen]
    traced = clean_traced(text, multiline=multiline)
    return [Finding(kind, *traced.span(start, end)) for kind, start, end in chosen]


def _in_source(cleaned: str) -> Iterator[_Candidate]:
    if not _may_hold(cleaned):
        return
    folded = fold(cleaned)
    for kind, start, end in _without_overlaps(_candidates(folded.text), len(folded.text)):
        yield kind, *folded.span(start, end)


def _may_hold(cleaned: str) -> bool:
    """Whether there are digits enough for any number, or a sign that an address has."""
    return _SIGN.search(cleaned) is not None or sum(map(str.isdigit, cleaned)) >= _FEWEST_DIGITS


def _in_rendering(cleaned: str) -> Iterator[_Candidate]:
    """What is found in a paragraph as it is shown: code signs, escapes and empty links no longer split it."""
    for shown, start, end in rendered_blocks(cleaned):
        found = list(_in_source(shown))
        if not found:
            continue
        # The source holds what is shown, in order, with signs between: a finding lies from the earliest place where
        # its beginning can stand to the latest where its end can.
        earliest, latest = _earliest(cleaned, start, end, shown), _latest(cleaned, start, end, shown)
        for kind, first, last in found:
            if earliest[first] < latest[last - 1]:
                yield kind, earliest[first], latest[last - 1]


def _earliest(source: str, start: int, end: int, shown: str) -> list[int]:
    places, at = [], start - 1
    for sign in shown:
        at = max(at, source.find(sign, at + 1, end), start)
        places.append(at)
    return places


def _latest(source: str, start: int, end: int, shown: str) -> list[int]:
    places, at = [], end
    for sign in reversed(shown):
        found = source.rfind(sign, start, at)
        at = found if found >= 0 else at
        places.append(min(at + 1, end))
    return places[::-1]


def _candidates(text: str) -> Iterator[_Candidate]:
    # Addresses on the web are full of article and map numbers; only what no chance explains is sought there.
    prose = _URL.sub(lambda m: "x" * len(m.group()), text)
    yield from _number_candidates(text, prose)
    yield from ((PersonalDataKind.ACCOUNT_NUMBER, *span) for span in ibans(text))
    yield from ((PersonalDataKind.EMAIL, *span) for span in emails(text))
    yield from ((PersonalDataKind.PHONE, *span) for span in phones(prose))


def _number_candidates(text: str, prose: str) -> Iterator[_Candidate]:
    for window in windows(text):
        span = window.start, window.end
        if "\n" in window.gaps and window.layout != _DATE_AND_NUMBER:
            continue
        if len(window.layout) == 1 and _DECIMALS.match(text, max(0, window.start - 2)):
            continue
        if not is_account_layout(window) and holds_identity_number(window):
            yield PersonalDataKind.NATIONAL_IDENTITY_NUMBER, *span
        if not prose[window.start].isdigit():
            continue
        if holds_card(window):
            yield PersonalDataKind.PAYMENT_CARD, *span
        if holds_account(window) and not _is_glued(prose, *span):
            yield PersonalDataKind.ACCOUNT_NUMBER, *span


def _is_glued(text: str, start: int, end: int) -> bool:
    """Whether letters run straight into the number, as in codes."""
    return text[max(0, start - 1) : start].isalpha() or text[end : end + 1].isalpha()


def _without_overlaps(candidates: Iterator[_Candidate], length: int) -> list[_Candidate]:
    taken = bytearray(length)
    chosen = []
    for kind, start, end in sorted(candidates, key=lambda c: (_RANK[c[0]], c[1], -c[2])):
        if not any(taken[start:end]):
            taken[start:end] = b"\x01" * (end - start)
            chosen.append((kind, start, end))
    return sorted(chosen, key=lambda c: c[1])
