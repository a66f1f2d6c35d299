"""Guessing what was meant."""

import pytest

from backend.text.spelling import nearest_word
from tests.growth import assert_linear

TEXTS = (
    "Lengre åpningstid på biblioteket i Sandvika. Et bibliotek er et sted å være.",
    "Trygg skolevei ved Jong. Barnehagen ligger like ved.",
    "Bibliotek på Rykkinn med svømmehall.",
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bibliotk", "bibliotek"),
        ("biblotek", "bibliotek"),
        ("Bibliotekk", "bibliotek"),
        ("skolvei", "skolevei"),
        ("barnehaagen", "barnehagen"),
        ("svømehal", "svømmehall"),
    ],
)
def test_the_nearest_word_is_found(typed: str, meant: str) -> None:
    assert nearest_word(typed, TEXTS) == meant


@pytest.mark.parametrize("typed", ["", "xyzzy", "bib", "fotballbane", "!!", "j" * 5_000])
def test_nothing_is_guessed_that_is_not_near(typed: str) -> None:
    assert nearest_word(typed, TEXTS) is None


def test_of_equals_the_one_that_most_texts_have_is_meant() -> None:
    assert nearest_word("hagan", ["hagar", "hagen", "hagen"]) == "hagen"


def test_the_work_is_linear() -> None:
    assert_linear(lambda size: nearest_word("bibliotk", [f"biblio{n} tekst{n}" for n in range(size)]), 1_000)
