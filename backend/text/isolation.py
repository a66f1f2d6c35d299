"""Names and titles of people's own in our lines: what runs from right to left must not pull along what follows.

Only what holds signs that run from right to left is marked: everything else stands in our lines, which run from left
to right, as it would without.
"""

import html
import re

# Hebrew to the last Arabic block of the basic plane, presentation forms, right-to-left scripts beyond, and marks.
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufeff"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_ISOLATE, _END = "\u2068", "\u2069"
_ISOLATED = re.compile(f"{_ISOLATE}([^{_ISOLATE}{_END}]*){_END}")


def runs_right_to_left(text: str) -> bool:
    """Whether any of it runs from right to left."""
    return _RIGHT_TO_LEFT.search(text) is not None


def isolate_text(text: str) -> str:
    """`text` between Unicode's isolates where it must be: for lines without elements."""
    return f"{_ISOLATE}{text}{_END}" if runs_right_to_left(text) else text


def isolates_as_html(text: str) -> str:
    """A line of ours, escaped, in which what `isolate_text` marked has an element of its own."""
    return _ISOLATED.sub(r"<bdi>\1</bdi>", html.escape(text))
