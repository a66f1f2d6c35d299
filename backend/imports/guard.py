"""Keeping spreadsheets from running text as a formula, in a way that can be undone exactly.

A cell that starts like a formula (=, +, -, @, also in full width, also after blanks), with white space that
a spreadsheet skips, or with an apostrophe gets one apostrophe in front. Because every apostrophe at the start
is doubled too, removing one is exact. The rule follows OWASP's page on CSV injection.
"""

import re
from typing import Final

_GUARDED: Final = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n']")


def guard(cell: str) -> str:
    """The cell as it is safe to open in a spreadsheet."""
    return f"'{cell}" if _GUARDED.match(cell) else cell


def unguard(cell: str) -> str:
    """What `guard` was given; text by hand such as 'Tis stays as it is."""
    return cell[1:] if cell.startswith("'") and _GUARDED.match(cell, 1) else cell
