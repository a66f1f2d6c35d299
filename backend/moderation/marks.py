"""Where in a text the signals point, found anew when a moderator looks: places are never stored."""

from collections.abc import Iterator
from dataclasses import dataclass

from backend.moderation.signals import links, repetition, word_list
from backend.text.personal_data.detection import find_personal_data
from backend.text.personal_data.public_contacts import own_contacts, without_public

MOST_MARKS = 100


@dataclass(frozen=True, slots=True)
class Mark:
    """Code points `start` to `end` (end excluded) of a text are what the signal found."""

    signal: str
    start: int
    end: int


def marks_in(text: str, language: str) -> list[Mark]:
    """The first 100 places in reading order, none overlapping: of two the one that begins first."""
    chosen: list[Mark] = []
    for mark in sorted(_found(text, language), key=lambda mark: (mark.start, -mark.end)):
        if not chosen or mark.start >= chosen[-1].end:
            chosen.append(mark)
    return chosen[:MOST_MARKS]


def _found(text: str, language: str) -> Iterator[Mark]:
    yield from (Mark("word_list", *span) for span in word_list.places(text, language))
    yield from (Mark("links", *span) for span in links.places(text))
    yield from (Mark("repetition", *span) for span in repetition.places(text))
    personal = without_public(find_personal_data(text), text, own_contacts())
    yield from (Mark("personal_data", found.start, found.end) for found in personal)
