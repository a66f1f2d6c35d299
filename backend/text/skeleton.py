"""What a short text passes for: the key by which two names that a reader would confuse are the same.

After Unicode's skeleton (UTS 39), made wider: `Bærum kоmmune` with a Cyrillic o, `K0mmunen`, `B a e r u m` and
`Ｍoderator` meet their honest spellings. For names and titles, where a false match only costs another choice.
"""

import re
import unicodedata
from functools import cache

from backend.text import wordlists

_DIGITS = dict(zip("0123456789", "olzeasgtbg", strict=True))
# Capital I, small l, 1 and | are one stroke in most faces: all are l.
_ASCII = {**_DIGITS, "@": "a", "$": "s", "!": "l", "|": "l", "I": "l", "i": "l"}
# Never drawn, yet letters to Unicode: Hangul fillers and the Khmer inherent vowels.
_BLANK = re.compile("[\u115f\u1160\u17b4\u17b5\u3164\uffa0]")
_REPEATED = re.compile(r"(.)\1+")
_REPEATED_PAIR = re.compile("(?:rn){2,}")


def skeleton(text: str) -> str:
    """The letters `text` passes for, small, without marks, digits, signs and separators; "" for none.

    A key to compare, never to show, and not to be folded again. The skeleton of a part is found in that of the
    whole: `skeleton("ordfører") in skeleton("0rdføreren i Bærum")`. Linear in the length of `text`.
    """
    shapes = _shapes()
    letters = "".join(shapes.get(character, character) for character in _bare(text))
    # A second look, since some capitals are lookalikes only when written small.
    letters = "".join(shapes.get(character, character) for character in _bare(letters.casefold()))
    letters = letters.replace("oe", "o")
    joined = "".join(character for character in letters if character.isalnum())
    # Two letters that read as one: the wider spelling, so that a part keeps its place in the whole.
    wide = _REPEATED.sub(r"\1", joined).replace("m", "rn").replace("w", "v")
    return _REPEATED_PAIR.sub("rn", _REPEATED.sub(r"\1", wide))


def _bare(text: str) -> str:
    """`text` decomposed by compatibility, without marks and without what is never drawn."""
    decomposed = unicodedata.normalize("NFKD", _BLANK.sub("", text))
    return "".join(c for c in decomposed if unicodedata.category(c) not in {"Mn", "Me", "Cf", "Cc", "Cn"})


@cache
def _shapes() -> dict[str, str]:
    listed = wordlists.pairs("lookalikes.txt").items()
    return {character: letters for letters, characters in listed for character in characters} | _ASCII
