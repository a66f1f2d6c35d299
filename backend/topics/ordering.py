"""Norwegian alphabetical order in SQL, for lists that are short enough to be sorted when they are read.

The database compares code points (its locale is C.UTF-8 on every machine, with no ICU), which puts å before æ, and
capitals before all.
"""

from typing import Final

# After z: æ, ø and å, with the letters that are sorted as them; \x7b to \x7d follow z.
_LETTERS: Final = {
    "æ": "\x7b", "ä": "\x7b", "ø": "\x7c", "ö": "\x7c", "å": "\x7d",
    "á": "a", "à": "a", "â": "a", "ã": "a", "č": "c", "ç": "c", "đ": "d", "ð": "d", "é": "e", "è": "e", "ê": "e",
    "ë": "e", "í": "i", "ì": "i", "î": "i", "ï": "i", "ñ": "n", "ŋ": "n", "ó": "o", "ò": "o", "ô": "o", "õ": "o",
    "š": "s", "ŧ": "t", "ú": "u", "ù": "u", "û": "u", "ü": "y", "ý": "y", "ž": "z",
    "-": " ", "–": " ",
}  # fmt: skip
_FROM: Final = "".join(_LETTERS)
_TO: Final = "".join(_LETTERS.values())


def alphabetical(name: str) -> str:
    """The sort key of the name that the SQL expression `name` has, in every language of the site.

    Letters with marks are sorted as those without, æ, ø and å last, and aa as å.
    """
    return f"translate(replace(lower({name}), 'aa', 'å'), '{_FROM}', '{_TO}')"
