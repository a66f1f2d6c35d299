"""Slurs, threats and profanity, by the lists in `backend/moderation/words`.

Whole words count, and beginnings only where a list says so: a place or a surname that happens to hold a
coarse word is not one.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from math import prod
from pathlib import Path

from backend.moderation.signals.model import Assessment, ScreenedText, Signal
from backend.moderation.signals.word_forms import (
    forms,
    plain,
    spelled_out,
    spelled_places,
    token_places,
    tokens,
)

_FOLDER = Path(__file__).parent.parent / "words"
_LISTS = {"nb": ("nb", "nn"), "nn": ("nb", "nn"), "no": ("nb", "nn"), "en": ("en",)}
_ALL_LISTS = ("nb", "nn", "en")
_WEIGHTS = {"mild": 0.35, "coarse": 0.7, "grave": 0.97}
_SHORTEST_BEGINNING, _LONGEST_BEGINNING = 3, 20  # letters in a term that also begins longer words
_MOST_TERMS = 10


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """Terms by how they match, each with its severity."""

    exact: dict[str, str] = field(default_factory=dict)
    beginnings: dict[str, str] = field(default_factory=dict)
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = field(default_factory=dict)

    def add(self, term: str, severity: str) -> None:
        """Enter one term as a list writes it."""
        if "+" in term:
            words = tuple(term.split("+"))
            self.phrases.setdefault(words[0], []).append((words, severity))
        elif term.endswith("*"):
            self.beginnings[term[:-1]] = severity
        else:
            self.exact[term] = severity

    def listed(self, word: str) -> Iterator[tuple[str, str]]:
        """The terms that a word is or begins with, and their severities."""
        if word in self.exact:
            yield word, self.exact[word]
        for length in range(_SHORTEST_BEGINNING, min(len(word), _LONGEST_BEGINNING) + 1):
            if word[:length] in self.beginnings:
                yield word[:length], self.beginnings[word[:length]]


def assess(content: ScreenedText) -> Assessment:
    """Score the listed words by severity: one grave is certain, one coarse is held, mild ones add up."""
    text = plain(content.text)
    own = _LISTS.get(content.language.replace("_", "-").partition("-")[0].lower(), ())
    lexicon = _lexicon(own)
    hits = list(_hits(text, lexicon))
    severities = Counter(severity for _, severity in hits)
    score = 1 - prod(1 - _WEIGHTS[severity] for _, severity in hits)
    terms = sorted({term for term, _ in hits})[:_MOST_TERMS]
    return Assessment(score, {"hits": len(hits), "terms": terms, **severities})


def places(text: str, language: str) -> Iterator[tuple[int, int]]:
    """Start and end, in code points, of every listed term in a text as it was written."""
    lexicon = _lexicon(_LISTS.get(language.replace("_", "-").partition("-")[0].lower(), ()))
    found = [(plain(word), start, end) for word, start, end in token_places(text)]
    words = [word for word, _, _ in found]
    for at, (word, start, end) in enumerate(found):
        if _hit(forms(word), lexicon) is not None:
            yield start, end
        for phrase, _ in lexicon.phrases.get(word, ()):
            if tuple(words[at : at + len(phrase)]) == phrase:
                yield start, found[at + len(phrase) - 1][2]
    for word, start, end in spelled_places(text):
        if plain(word) in lexicon.exact or plain(word) in lexicon.beginnings:
            yield start, end


def _hits(text: str, lexicon: _Lexicon) -> Iterator[tuple[str, str]]:
    """Every listed term in plain text with its severity. The terms are ours, so they are no personal data."""
    words = tokens(text)
    for at, word in enumerate(words):
        found = _hit(forms(word), lexicon)
        if found is not None:
            yield found
        for phrase, severity in lexicon.phrases.get(word, ()):
            if tuple(words[at : at + len(phrase)]) == phrase:
                yield " ".join(phrase), severity
    for word in spelled_out(text):
        if word in lexicon.exact or word in lexicon.beginnings:
            yield word, lexicon.exact.get(word) or lexicon.beginnings[word]


def _hit(shapes: set[str], lexicon: _Lexicon) -> tuple[str, str] | None:
    """The gravest term that any shape of one word is, begins with or ends with."""
    found = [hit for shape in shapes for hit in lexicon.listed(shape)]
    return max(found, key=lambda hit: (_WEIGHTS[hit[1]], hit[0]), default=None)


@cache
def _lexicon(own: tuple[str, ...]) -> _Lexicon:
    """All lists together, the `local` words of the `own` ones only: elsewhere they are innocent."""
    lexicon = _Lexicon()
    for name in _ALL_LISTS:
        for line in (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            if not line or line.startswith("#"):
                continue
            term, severity, *flags = line.split()
            if "local" not in flags or name in own:
                lexicon.add(plain(term), severity)
    return lexicon


SIGNAL = Signal("word_list", "1", assess)
