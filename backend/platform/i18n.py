"""What is said to people, in their language.

Bokmål is the source text: it stands in the code. Nynorsk and English are gettext catalogs beside this file,
read once and compiled in memory. `python -m ops.translations` finds the texts and lists what is missing.
"""

import io
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = "nb"
LANGUAGES = ("nb", "nn", "en")
LOCALE = Path(__file__).parent.parent / "locale"


def N_(message: str, /) -> str:  # noqa: N802 - gettext's own name for "extract this, translate it elsewhere"
    """Mark a source text for extraction; returns it as it is."""
    return message


def translate(language: str, message: str, /, **params: Any) -> str:
    """The text in `language`, with `params` filled in as `str.format` does.

    Without `params` braces stay as they are. What has no translation, or an unknown language, is in bokmål.
    """
    # The empty source text is where a catalog keeps its own header.
    text = translations(language).gettext(message) if message else ""
    return text.format(**params) if params else text


@cache
def translations(language: str) -> NullTranslations:
    """The catalog of a language, for whoever wants gettext's own interface (templates)."""
    path = po_file(language)
    if language not in LANGUAGES or language == SOURCE or not path.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def po_file(language: str) -> Path:
    """Where the translations into `language` are kept."""
    return LOCALE / language / "LC_MESSAGES" / "samskap.po"
