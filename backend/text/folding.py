"""Bringing spellings together: letters, bokmål and nynorsk, single and double letters.

Folded words are keys to compare with, never to show. Bokmål is the form that all others are led to.
"""

import re
import unicodedata
from functools import cache, lru_cache

from backend.text import wordlists

# A text longer than this is compared by its beginning; proposals are far shorter.
MAX_TEXT = 20_000
# The longest word of everyday use is about this long; the rest of a longer one says nothing more.
MAX_WORD = 40

# Letters that NFKD does not take apart; what is typed without a Norwegian keyboard (ae, oe, aa), or without a Sámi
# one, folds alike.
_LETTERS = str.maketrans({
    "æ": "ae", "ø": "o", "ð": "d", "þ": "th", "ł": "l", "đ": "d", "œ": "o", "ß": "ss",
    "ŋ": "n", "ŧ": "t", "ǥ": "g", "ʒ": "z", "ǯ": "z", "ı": "i",
})  # fmt: skip
_DOUBLED = re.compile(r"([^\W\d])\1+")
_WORD = re.compile(r"[^\W_]+")
# A word as it is typed: its marks may stand apart from their letters.
_TYPED = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")
# Endings and clusters that differ by rule between nynorsk and bokmål, nynorsk first.
_RULES = (
    (re.compile(r"(?<=[glnkr][gk])j(?=[ea])|(?<=[lnr][gk])j(?=[ea])"), ""),
    (re.compile(r"heit(?=$|en$|er$|a$|ar$)"), "het"),
    (re.compile(r"leg(?=$|e$|ere?$|t$)"), "lig"),
    (re.compile(r"(?<=\w{3})ane(?=s?$)"), "ene"),
    (re.compile(r"(?<=\w{2})ande$"), "ende"),
    (re.compile(r"(?<=\w{4})arar$"), "ere"),
    (re.compile(r"(?<=\w{3})ar$"), "er"),
    (re.compile(r"inga$"), "ingen"),
)
# Endings a listed variant may carry, and what they are in bokmål.
_ENDINGS = {"en": "en", "et": "et", "er": "er", "ar": "er", "ane": "ene", "ene": "ene", "a": "a", "s": "s"}
_LONGEST_ENDING = 3
_SHORTEST_INFLECTED = 4


def fold(text: str) -> str:
    """Lower case without accents, `oe` and doubled letters as single ones: a key to compare by."""
    text = text[:MAX_TEXT].casefold().translate(_LETTERS)
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _DOUBLED.sub(r"\1", text.replace("oe", "o"))


@lru_cache(maxsize=50_000)
def bokmal(word: str) -> str:
    """The bokmål key of one folded word: as listed (an ending may follow the listed form), else by rule."""
    listed = _listed(word)
    if listed is not None:
        return listed
    return by_rule(word)


def by_rule(word: str) -> str:
    """The bokmål key of a folded word that is in no list: endings and clusters only."""
    for pattern, replacement in _RULES:
        word = pattern.sub(replacement, word)
    return word


def _listed(word: str) -> str | None:
    variants = _variants()
    if word in variants:
        return variants[word]
    for stop in range(len(word) - 1, max(_SHORTEST_INFLECTED, len(word) - _LONGEST_ENDING) - 1, -1):
        if word[:stop] in variants and word[stop:] in _ENDINGS:
            return fold(variants[word[:stop]] + _ENDINGS[word[stop:]])
    return None


def typed_words(text: str) -> list[str]:
    """The words of a text in order as they were typed, in lower case and composed (NFC); the first MAX_TEXT letters."""
    return _TYPED.findall(unicodedata.normalize("NFC", text[:MAX_TEXT]).casefold())


@lru_cache(maxsize=50_000)
def fold_word(word: str) -> str:
    """One typed word folded: alphanumeric, at most MAX_WORD letters; empty when nothing of it is left."""
    return "".join(_WORD.findall(fold(word)))[:MAX_WORD]


def words(text: str) -> list[str]:
    """The folded words of a text in order, what tells texts apart in no language left out; at most MAX_WORD letters."""
    stop = stop_words()
    return [folded for word in typed_words(text) if word not in stop and (folded := fold_word(word))]


@cache
def stop_words(language: str | None = None) -> frozenset[str]:
    """Words as typed that tell nothing: in this language, or (None) in one language and mean nothing in another.

    They are compared before folding, which makes `skulle` and `skule`, `van` and `vann` one.
    """
    if language is None:
        every = (wordlists.words(f"stopwords_{name}.txt") for name in ("no", "en", "fi"))
        return frozenset().union(*every) - wordlists.words("homographs.txt")
    name = _STOP_LISTS.get(language)
    return wordlists.words(f"stopwords_{name}.txt") if name else frozenset()


_STOP_LISTS = {"nb": "no", "nn": "no", "da": "no", "en": "en", "fi": "fi"}


@cache
def _variants() -> dict[str, str]:
    return {fold(other): fold(main) for other, main in wordlists.pairs("variants.txt").items()}
