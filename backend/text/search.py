"""Words for full text search with PostgreSQL's 'simple' configuration, folded alike in texts and queries.

`vei` finds sykkelvei, `sykkelveg` finds sykkelvei, `sykelveier` finds sykkelvegen.
"""

from functools import lru_cache

from backend.text.compounds import split
from backend.text.folding import words

# The most words of a query that are looked up; nobody types more by hand.
MAX_QUERY_WORDS = 12
# Inflection of words in no list, the longest first. What stays must still be a word to itself.
_ENDINGS = ("enes", "ene", "ens", "ets", "ers", "en", "et", "er", "es", "a", "e", "s")
_SHORTEST_STEM = 5


def search_vector_words(text: str) -> str:
    """The folded words of a text, each followed by its stem and compound parts: input for to_tsvector."""
    return " ".join(form for word in words(text) for form in _forms(word))


def search_query_words(query: str) -> list[str]:
    """The words that must all be found, alphanumeric only, none twice; [] when all are stop words.

    Each may be looked up as it is or, while a person types, as a prefix (`word:*`).
    """
    return list(dict.fromkeys(_forms(word)[0] for word in words(query)))[:MAX_QUERY_WORDS]


@lru_cache(maxsize=50_000)
def _forms(word: str) -> tuple[str, ...]:
    """The key to look a word up by, then what else it is found by."""
    compound = split(word)
    key = compound.key if compound.parts else _stem(compound.key)
    return tuple(dict.fromkeys((key, compound.word, *compound.parts)))


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if ending == "et" and word.endswith("het"):
            continue  # mulighet is no inflected word
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word
