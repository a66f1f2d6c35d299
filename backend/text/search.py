"""Words for full text search, folded alike in texts and queries, each text with its words by weight.

`vei` finds sykkelvei, `sykkelveg` finds sykkelvei, `sykelveier` finds sykkelvegen, `brøyting` finds what is brøytet,
`elsykkel` finds el-sykkel. Every word of a text is found, stop words too; a query goes without those of its language
as long as anything else is left of it.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from backend.text.compounds import split
from backend.text.folding import MAX_TEXT, MAX_WORD, fold_word, stop_words, typed_words

VERSION = 1
"""Of the words stored for a text: raised whenever the same text would get others, so that all are made anew."""

# The most words of a query that are looked up; nobody types more by hand.
MAX_QUERY_WORDS = 12
# PostgreSQL counts positions no further, and more places of one word say nothing more.
_MAX_POSITION = 16_383
_MAX_PLACES = 4
# Inflection of words in no list, the longest first. What stays must still be a word to itself.
_ENDINGS = ("enes", "ene", "ens", "ets", "ers", "en", "et", "er", "es", "a", "e", "s")
_SHORTEST_STEM = 5
# What nouns are made of verbs with, and how these are inflected: brøyting, brøyter, brøytet have one root.
_DERIVATIONS = (
    "ingenes", "ingene", "ingen", "inger", "inga", "ings", "ing", "ende", "ede", "et", "er", "a", "e",
)  # fmt: skip
_SHORTEST_ROOT = 4

# Words joined by hyphens, the last of which may be left for the next word to end: gang- og sykkelvei.
_HYPHENS = "-\u2010\u2011"
_LETTER = r"[^\W_](?:[^\W_]|[\u0300-\u036f])*"
_JOINED = re.compile(rf"[\W_]*{_LETTER}(?:[{_HYPHENS}]{_LETTER})+[\W_]*")
_BETWEEN = frozenset({"og", "eller", "and", "or", "ja", "tai"})


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a text or query: `forms` begin with its key, what it is looked up by, and end with parts and roots.

    `whole` is the word folded, before anything was taken off it.
    """

    typed: str
    forms: tuple[str, ...]
    root: str
    whole: str
    is_known: bool

    @property
    def key(self) -> str:
        """What it is looked up by."""
        return self.forms[0]


@dataclass(frozen=True, slots=True)
class _Group:
    """What stands together in a text: words, and what they are as one (`whole`: elsykkel for el-sykkel)."""

    words: tuple[_Word, ...]
    whole: _Word | None = None

    def __iter__(self) -> Iterator[_Word]:
        yield from self.words
        if self.whole:
            yield self.whole


def search_vector(title: str, body: str) -> str:
    """The words of a text as the literal of a tsvector: whole ones of the title A, of the body C; parts B and D.

    Alphanumeric words only, so nothing in it needs quoting.
    """
    places: dict[str, list[str]] = {}
    position = 0
    for text, whole, part in ((title, "A", "B"), (body, "C", "D")):
        for group in _groups(text):
            for word in group:
                position = min(position + 1, _MAX_POSITION)
                weight = whole
                for form in word.forms:
                    found = places.setdefault(form, [])
                    if len(found) < _MAX_PLACES:
                        found.append(f"{position}{weight}")
                    weight = part
    return " ".join(f"{form}:{','.join(found)}" for form, found in places.items())


def search_query(query: str, language: str | None = None) -> str:
    """What a text must have to be found, as the text of a tsquery; empty when there is no word in it.

    The last word may be the beginning of one that is still being typed. Stop words of `language` (of every language
    without one) are left out unless nothing else is left.
    """
    return " & ".join(_alternatives(query, language))


def search_query_any(query: str, language: str | None = None) -> str:
    """The same for texts that have some of the words, or parts of them: what is nearest when none has all."""
    words = (word for group in _query_groups(query, language) for word in group)
    return " | ".join(dict.fromkeys(form for word in words for form in word.forms))


def query_words(query: str, language: str | None = None) -> list[str]:
    """The words as they were typed that must be found, none twice; at most MAX_QUERY_WORDS."""
    words = (word.typed for group in _query_groups(query, language) for word in group.words)
    return list(dict.fromkeys(words))


def is_known(word: str) -> bool:
    """Whether one typed word is made of words that are known, so that it is hardly misspelt."""
    found = _word(unicodedata.normalize("NFC", word).casefold())
    return found is not None and found.is_known


def _alternatives(query: str, language: str | None) -> Iterator[str]:
    groups = _query_groups(query, language)
    for number, group in enumerate(groups):
        begun = number == len(groups) - 1
        *before, last = group.words
        every = " & ".join([*(_any_form(word, begun=False) for word in before), _any_form(last, begun=begun)])
        yield f"({_any_form(group.whole, begun=begun)} | {every})" if group.whole else every


def _any_form(word: _Word, *, begun: bool) -> str:
    # A word that is still being typed has no ending yet, and where its parts meet is not known.
    forms = (f"{word.key}:*", f"{word.whole}:*", word.root) if begun else (word.key, word.root)
    distinct = dict.fromkeys(forms)
    return forms[0] if len(distinct) == 1 else f"({' | '.join(distinct)})"


def _query_groups(query: str, language: str | None) -> list[_Group]:
    """The groups of a query, without stop words where anything else is left."""
    stop = stop_words(language)
    found: dict[tuple[str, ...], _Group] = {}
    stopped: dict[tuple[str, ...], _Group] = {}
    for group in _groups(query):
        kind = stopped if all(word.typed in stop for word in group.words) else found
        kind.setdefault(tuple(word.key for word in group.words), group)
    chosen, left = [], MAX_QUERY_WORDS
    for group in (found or stopped).values():
        if len(group.words) <= left:
            chosen.append(group)
            left -= len(group.words)
    return chosen


def _groups(text: str) -> Iterator[_Group]:
    pieces = unicodedata.normalize("NFC", text[:MAX_TEXT]).casefold().split()
    for number, piece in enumerate(pieces):
        typed = [piece] if piece.isalnum() else typed_words(piece)
        words = tuple(found for word in typed if (found := _word(word)))
        if len(words) == 1:
            yield _Group(words, _ended(words[0], piece, pieces, number + 1))
        elif _JOINED.fullmatch(piece):
            yield _Group(words, _word("".join(typed)))
        else:
            yield from (_Group((word,)) for word in words)


def _ended(word: _Word, piece: str, pieces: Sequence[str], after: int) -> _Word | None:
    """`gang-` before `og sykkelvei` is gangvei."""
    if piece[-1] not in "-\u2010\u2011" or after + 1 >= len(pieces) or pieces[after] not in _BETWEEN:
        return None
    typed = typed_words(pieces[after + 1])
    parts = split(fold_word(typed[0])).parts if typed else ()
    return _word(f"{word.typed}{parts[-1]}") if len(parts) > 1 else None


@lru_cache(maxsize=50_000)
def _word(typed: str) -> _Word | None:
    """The word for what was typed; None when nothing of it can be looked up."""
    folded = fold_word(typed)
    if not folded:
        return None
    compound = split(folded)
    key = compound.key if compound.parts else _stem(compound.key)
    root = _root(key)
    roots = (_root(part) for part in compound.parts)
    forms = dict.fromkeys((key, compound.word, folded, *compound.parts, root, *roots))
    return _Word(typed[:MAX_WORD], tuple(forms), root, folded, compound.is_known)


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if ending == "et" and word.endswith("het"):
            continue  # mulighet is no inflected word
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def _root(word: str) -> str:
    for ending in _DERIVATIONS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_ROOT:
            return word[: -len(ending)]
    return word
