"""Cleaning what was typed or pasted."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.text.clean import clean_text
from tests.growth import assert_linear

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=200)


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("  Tryggere \t skolevei \n nå ", "Tryggere skolevei nå"),
        ("a\u0308", "ä"),
        ("A\u030a", "Å"),
        ("nul\x00l\x07\x1b[31m", "null[31m"),
        ("\u202eoverstyrt\u202c \u2066isolert\u2069", "overstyrt isolert"),
        ("null\u200bbredde\ufeff\u2060", "nullbredde"),
        ("myk\u00adbindestrek", "mykbindestrek"),
        ("bak\u200dstreng\u200c", "bakstreng"),
        ("10\u00a0000", "10 000"),
        ("\ud800 alene \udfff", "\ufffd alene \ufffd"),
        ("skjult\U000e0041\U000e0042", "skjult"),
        ("\u3164\u2800", ""),
        ("første\u2028andre\x85tredje", "første andre tredje"),
    ],
)
def test_a_single_line(typed: str, cleaned: str) -> None:
    assert clean_text(typed, multiline=False) == cleaned


def test_lines_are_preserved_with_one_kind_of_end() -> None:
    assert clean_text("\r\n en\r\nto\rtre\u2029fire \n\n", multiline=True) == "en\nto\ntre\nfire"
    assert clean_text("-\ta  b", multiline=True) == "-\ta  b"


@pytest.mark.parametrize(
    "text",
    [
        "👩‍👩‍👧‍👦",
        "👩🏽‍🚒",
        "❤️‍🔥",
        "🏳️‍🌈",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "می‌خواهم",
        "க்‌ஷ",
        "क्‍ष",
        "مرحبا \u200f!",
        "Sámi čáppa ŋ đ",
    ],
)
def test_emoji_and_scripts_that_need_joiners_survive(text: str) -> None:
    assert clean_text(text, multiline=False) == unicodedata.normalize("NFC", text)


@given(ANY_TEXT, st.booleans())
def test_never_raises_and_changes_nothing_twice(text: str, multiline: bool) -> None:
    once = clean_text(text, multiline=multiline)
    assert clean_text(once, multiline=multiline) == once
    once.encode()
    assert unicodedata.is_normalized("NFC", once)
    assert not set(once) & set("\x00\r\u202e\u2066\u200b\ufeff")
    assert multiline or "\n" not in once


@pytest.mark.parametrize(
    "piece",
    ["a", "\u0300\u0316", "\u200d", "👩\u200d", "\U0001f3f4\U000e0067", " \t", "\r\n", "\u202e", "क\u200d"],
)
def test_hostile_input_takes_linear_time(piece: str) -> None:
    def clean(length: int) -> None:
        text = "x" + piece * (length // len(piece))
        clean_text(text, multiline=True)
        clean_text(text, multiline=False)

    assert_linear(clean, 40_000)


def test_a_pile_of_marks_is_cut() -> None:
    assert len(clean_text("a" + "\u0316" * 1_000, multiline=False)) <= 9
