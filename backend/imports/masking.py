"""Personal data taken out of imported texts, leaving a mark where it stood.

A person who writes here is asked to mend the text. Whoever wrote an imported one cannot be asked, so an
import masks instead of refusing, and reports where.
"""

from typing import Final

from backend.moderation.personal_data import Kind, find_personal_data

MARK: Final = "[fjernet]"


def mask(text: str, longest: int | None = None) -> tuple[str, tuple[Kind, ...]]:
    """The text with `MARK` for each finding, cut to `longest` characters, and the kinds in reading order."""
    findings = find_personal_data(text)
    if not findings:
        return text, ()
    parts, at = [], 0
    for finding in findings:
        parts += [text[at : finding.start], MARK]
        at = finding.end
    parts.append(text[at:])
    return "".join(parts)[:longest], tuple(finding.kind for finding in findings)
