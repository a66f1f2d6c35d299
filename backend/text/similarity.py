"""Finding proposals that say much the same, while one is being written, on plain PostgreSQL.

A text becomes a set of grams: 32-bit hashes of four-letter pieces of its folded words, of short words and of
the parts of compounds. They are stored in an int[] column with a GIN index. Pieces bear typing errors,
inflection and any language; folding and parts bring bokmål and nynorsk together.

The steps are `prepare` what is written, ask the database for rows sharing its `query_grams`, `rank` those.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log, sqrt
from operator import mul

from backend.text.compounds import split
from backend.text.folding import words

# The most grams stored for one text: a page and a half of distinct words.
MAX_GRAMS = 1_500
# The most grams a search for candidates asks the index about.
MAX_QUERY_GRAMS = 48
# How many candidates the database should hand over: more rank no better and cost time.
MAX_CANDIDATES = 50
_SIZE = 4
# How much more a gram of the title weighs, in query and candidate alike (found by measuring recall).
_TITLE_WEIGHT = 2.0
# A gram in a larger share of the proposals than this tells nothing and costs most.
_TOO_COMMON = 0.15
_FEW = 20
# The most rows, over all grams, that a search for candidates makes the database touch.
MAX_ROWS_TOUCHED = 3_000


class Frequency:
    """In how many proposals each gram occurs; made once and kept, as it holds a weight for every gram."""

    def __init__(self, documents: int, counts: Mapping[int, int] | None = None, rare: int = 1) -> None:
        """`counts` may hold the common grams only; any other is taken to occur in `rare` proposals."""
        self._documents = max(documents, 1)
        self._counts = dict(counts or {})
        self._rare = max(rare, 1)
        self._weights = {gram: self._weigh(count) for gram, count in self._counts.items()}
        self._rare_weight = self._weigh(self._rare)

    def _weigh(self, count: int) -> float:
        return log(1 + self._documents / max(count, 1))

    def weight(self, gram: int) -> float:
        """Inverse document frequency, above 0: the rarer a gram, the more sharing it tells."""
        return self._weights.get(gram, self._rare_weight)

    def count(self, gram: int) -> int:
        """About how many proposals hold the gram."""
        return self._counts.get(gram, self._rare)

    def tells(self, gram: int) -> bool:
        """Whether the gram is rare enough to find candidates by."""
        return self.count(gram) <= max(min(self._documents * _TOO_COMMON, MAX_ROWS_TOUCHED), _FEW)


@dataclass(frozen=True, slots=True)
class QueryText:
    """What a person has written so far, as grams; `grams` holds those of the title too."""

    title: frozenset[int]
    grams: frozenset[int]


@dataclass(frozen=True, slots=True)
class Match:
    """A candidate and how alike it is: 0 nothing shared, 1 the same text."""

    id: int
    score: float


_NO_FREQUENCY = Frequency(documents=1)


def grams(text: str) -> list[int]:
    """The distinct grams of a text in order of appearance, as signed 32-bit integers, at most MAX_GRAMS."""
    return list(_in_order(text))


def prepare(title: str, body: str = "") -> QueryText:
    """Grams of an unfinished proposal, made once for `query_grams` and `rank`."""
    of_title = frozenset(_in_order(title))
    return QueryText(of_title, of_title.union(_in_order(body)))


def query_grams(query: QueryText, frequency: Frequency = _NO_FREQUENCY) -> dict[int, float]:
    """The most telling grams and their weights, to search candidates by.

    At most MAX_QUERY_GRAMS, and so few that their rows together are at most MAX_ROWS_TOUCHED: this, not the
    number of proposals, decides how long the search takes.
    """
    weights = _weights(query.grams, query.title, frequency)
    telling = sorted(filter(frequency.tells, weights), key=lambda gram: (-weights[gram], gram))
    chosen: dict[int, float] = {}
    touched = 0
    for gram in telling:
        count = frequency.count(gram)
        if len(chosen) < MAX_QUERY_GRAMS and touched + count <= MAX_ROWS_TOUCHED:
            touched += count
            chosen[gram] = weights[gram] ** 2
    return chosen


def rank(
    query: QueryText,
    candidates: Iterable[tuple[int, str, Sequence[int]]],
    frequency: Frequency = _NO_FREQUENCY,
) -> list[Match]:
    """Candidates (id, title, grams) by likeness, best first, those sharing nothing left out.

    The score is the cosine of the two sets of grams, weighted by rarity and by standing in a title.
    """
    query_weights = _weights(query.grams, query.title, frequency)
    length = _length(query_weights)
    matches = []
    for id_, title, found in candidates:
        weights = _weights(found, frozenset(_in_order(title)), frequency)
        shared = sum(query_weights[gram] * weights[gram] for gram in query_weights.keys() & weights.keys())
        if shared > 0:
            matches.append(Match(id_, min(1.0, shared / (length * _length(weights)))))
    return sorted(matches, key=lambda match: (-match.score, match.id))


def _weights(found: Iterable[int], title: frozenset[int], frequency: Frequency) -> dict[int, float]:
    weight = frequency.weight
    weights = {gram: weight(gram) for gram in found}
    for gram in title & weights.keys():
        weights[gram] *= _TITLE_WEIGHT
    return weights


def _length(weights: Mapping[int, float]) -> float:
    values = weights.values()
    return sqrt(sum(map(mul, values, values)))


def _in_order(text: str) -> Iterator[int]:
    seen: dict[int, None] = {}
    for word in words(text):
        for gram in _of_word(word):
            seen.setdefault(gram)
        if len(seen) >= MAX_GRAMS:
            break
    return iter(list(seen)[:MAX_GRAMS])


@lru_cache(maxsize=50_000)
def _of_word(word: str) -> tuple[int, ...]:
    """Grams of one folded word: its parts whole, itself whole when short, and its pieces with both ends."""
    compound = split(word)
    whole = {*compound.parts, *((compound.word,) if len(compound.word) < _SIZE else ())}
    padded = f"_{compound.word}_"
    pieces = {padded[at : at + _SIZE] for at in range(len(padded) - _SIZE + 1)}
    return tuple(_hash(piece) for piece in sorted({f"={part}" for part in whole} | pieces))


def _hash(piece: str) -> int:
    """Stable between processes and releases, unlike hash(): stored values must stay comparable."""
    value = zlib.crc32(piece.encode())
    return value - (1 << 32) if value >= 1 << 31 else value
