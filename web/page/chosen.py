"""Things that were chosen in a list: their numbers, as an address or a form has them."""

from collections.abc import Sequence
from typing import Final

from backend.platform.errors import Invalid

MOST_CHOSEN: Final = 100
_MOST_DIGITS: Final = 18


def chosen_numbers(values: Sequence[str]) -> list[int]:
    """Each different number once, in order; values may hold several with commas between.

    What is no number is left out. Raises Invalid for more than 100.
    """
    texts = (text.strip() for value in values for text in value.split(","))
    numbers = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS]
    different = list(dict.fromkeys(number for number in numbers if number))
    if len(different) > MOST_CHOSEN:
        raise Invalid("chosen_many", "Velg høyst {most} om gangen.", most=MOST_CHOSEN)
    return different
