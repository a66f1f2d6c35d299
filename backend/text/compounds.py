"""Taking Norwegian compounds apart: `sykkelvegane` is sykkel and vei, inflected.

Knows only the parts in words/compounds.txt; a word with no known part is left whole. A part standing alone
is a compound of one, so that `vegen` and `sykkelvei` share vei.
"""

from dataclasses import dataclass
from functools import cache, lru_cache

from backend.text import wordlists
from backend.text.folding import bokmal, by_rule, fold

# Between two parts Norwegian may put an s or an e: aktivitetshus, barnehage.
_LINKS = ("s", "e")
# What may follow the last part, folded: definite, plural and genitive of both written languages.
_ENDINGS = frozenset({
    "", "e", "a", "n", "t", "r", "s", "en", "et", "er", "ar", "ene", "ane", "ens", "ets", "as",
    "es", "enes", "anes", "ne", "na", "ers", "ere", "eren", "ing", "ingen", "inger", "te", "tt",
    "de",
})  # fmt: skip
_SHORTEST_PART = 3
# Beside a known part an unknown one must be a word of its own, not a leftover ending.
_SHORTEST_UNKNOWN = 4


@dataclass(frozen=True, slots=True)
class Compound:
    """A folded word in bokmål; `key` is it without its ending; `parts` is empty when none is known.

    `is_known` tells whether all of its parts are, however it may be inflected.
    """

    word: str
    key: str
    parts: tuple[str, ...]
    is_known: bool = False


@lru_cache(maxsize=50_000)
def split(word: str) -> Compound:
    """Take one folded word apart, each part in bokmål; cost grows with the word's length only."""
    main = bokmal(word)
    known = _known_all_through(main)
    found = known or _known_at_one_end(main)
    if not found:
        return Compound(main, main, ())
    pieces, ending = found
    parts = tuple(_parts().get(piece, piece) for piece in pieces)
    key = fold("".join(parts))
    return Compound(key + ending, key, parts, known is not None)


def _known_all_through(word: str) -> tuple[list[str], str] | None:
    """The split into known parts only, the fewest that reach furthest, and the ending left over."""
    known, longest = _parts(), _longest()
    begun: dict[int, list[str]] = {0: []}
    ended: dict[int, list[str]] = {}
    for start in range(len(word)):
        if start not in begun:
            continue
        for stop in range(start + 2, min(len(word), start + longest) + 1):
            if word[start:stop] not in known:
                continue
            pieces = [*begun[start], word[start:stop]]
            _keep_shorter(ended, stop, pieces)
            for after in _next_starts(word, start, stop):
                _keep_shorter(begun, after, pieces)
    whole = [stop for stop in ended if word[stop:] in _ENDINGS]
    if not whole:
        return None
    stop = max(whole, key=lambda at: (-len(ended[at]), at))
    return ended[stop], word[stop:]


def _keep_shorter(found: dict[int, list[str]], at: int, pieces: list[str]) -> None:
    if at not in found or len(pieces) < len(found[at]):
        found[at] = pieces


def _next_starts(word: str, start: int, stop: int) -> list[int]:
    """Where the next part may begin: here, after a link, or on a letter that folding let two parts share."""
    starts = [stop, *(stop + len(link) for link in _LINKS if word.startswith(link, stop))]
    if stop - start >= _SHORTEST_PART:
        starts.append(stop - 1)
    return starts


def _known_at_one_end(word: str) -> tuple[list[str], str] | None:
    """A known last part (with an ending) after an unknown one, else a known first part before one."""
    known, longest = _parts(), _longest()
    for start in range(_SHORTEST_UNKNOWN, len(word) - _SHORTEST_PART + 1):
        for stop in range(len(word), start + _SHORTEST_PART - 1, -1):
            if word[stop:] in _ENDINGS and word[start:stop] in known:
                return [word[:start], word[start:stop]], word[stop:]
    for stop in range(min(longest, len(word) - _SHORTEST_UNKNOWN), _SHORTEST_PART, -1):
        if word[:stop] in known:
            return [word[:stop], word[stop:]], ""
    return None


@cache
def _parts() -> dict[str, str]:
    """Every part that may be met, folded, and its bokmål form: veg and vei both give vei."""
    listed = {fold(word) for word in wordlists.words("compounds.txt")}
    parts = {word: bokmal(word) for word in listed}
    for other, main in wordlists.pairs("variants.txt").items():
        if fold(main) in listed:
            # Inside a compound the rules have been at work on the nynorsk form already.
            parts[fold(other)] = parts[by_rule(fold(other))] = fold(main)
    return parts


@cache
def _longest() -> int:
    return max(map(len, _parts()))
