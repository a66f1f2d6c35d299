"""Names and titles of people's own in our lines: what runs from right to left must not pull along what follows.

Only what holds signs that run from right to left is marked: everything else stands in our lines, which run from left
to right, as it would without.
"""

import re
from typing import Any

from markupsafe import Markup

# Hebrew to the last Arabic block of the basic plane, presentation forms, right-to-left scripts beyond, and marks.
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufeff"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_ISOLATE, _END = "\u2068", "\u2069"


def isolated(text: Any) -> Any:
    """`text` for HTML, in an element of its own where it must be."""
    return Markup("<bdi>{}</bdi>").format(text) if _runs_back(text) else text


def isolated_text(text: Any) -> Any:
    """The same where there can be no elements: attributes, the title of a page, feeds."""
    return f"{_ISOLATE}{text}{_END}" if _runs_back(text) else text


def _runs_back(text: Any) -> bool:
    return isinstance(text, str) and _RIGHT_TO_LEFT.search(text) is not None
