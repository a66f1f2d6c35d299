"""Personal data taken out of imported texts, leaving a mark where it stood.

A person who writes here is asked to mend the text. Whoever wrote an imported one cannot be asked, so an
import masks instead of refusing, and reports where.
"""

from typing import Final

from backend.text.personal_data.detection import PersonalDataKind, find_personal_data

MARK: Final = "[fjernet]"
_MOST_ROUNDS: Final = 3


def mask(
    text: str, longest: int | None = None, *, multiline: bool = True
) -> tuple[str, tuple[PersonalDataKind, ...]]:
    """The text with `MARK` for each finding, cut to `longest` characters, and the kinds in reading order."""
    kinds: list[PersonalDataKind] = []
    # Cutting and masking may bring together what stood apart, so the result is looked at again.
    for _ in range(_MOST_ROUNDS):
        text = text[:longest]
        findings = find_personal_data(text, multiline=multiline)
        if not findings:
            break
        parts, at = [], 0
        for finding in findings:
            parts += [text[at : finding.start], MARK]
            at = finding.end
        parts.append(text[at:])
        text = "".join(parts)
        kinds += [finding.kind for finding in findings]
    return text[:longest], tuple(kinds)
