"""What a word that nothing has was probably meant to be: the nearest of the words that texts have."""

from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher

from backend.text.folding import fold_word, typed_words

# Alike in at least so much: one letter wrong or missing in four, two in eight.
_LEAST_RATIO = 0.75
_LEAST_RATIO_OF_KNOWN = 0.85
_SHORTEST = 4
_MOST_DIFFERENCE = 2


def nearest_word(typed: str, texts: Iterable[str], *, is_known: bool = False) -> str | None:
    """The word of the texts that is most like `typed`, in lower case; of equals the one that most texts have.

    None when none is near. Short words have too many neighbours to guess among; a word that is known to be one
    (`is_known`) is taken for another only when they are nearly alike.
    """
    meant = fold_word(typed)
    if len(meant) < _SHORTEST:
        return None
    near: Counter[str] = Counter()
    for text in texts:
        near.update(
            word for word in set(typed_words(text)) if abs(len(word) - len(meant)) <= _MOST_DIFFERENCE
        )
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(meant)
    best: tuple[float, int] = (_LEAST_RATIO_OF_KNOWN if is_known else _LEAST_RATIO, 0)
    found = None
    for word, times in near.items():
        matcher.set_seq1(fold_word(word))
        # The cheap upper bounds first: most words are nothing like it.
        if matcher.real_quick_ratio() < best[0] or matcher.quick_ratio() < best[0]:
            continue
        score = (matcher.ratio(), times)
        if score > best:
            best, found = score, word
    return found
