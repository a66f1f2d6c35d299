"""Cleaning with the way back gives what cleaning gives, and places that hold what stands there."""

import sys

from hypothesis import given
from hypothesis import strategies as st

from backend.text.clean import clean_text
from backend.text.traced import clean_traced
from tests.growth import assert_linear

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=200)
ODD_TEXT = st.text(
    alphabet=st.sampled_from(
        "a1 \t\n\r\u2800\ud800\u0300\u030a\u0316\u1100\u1161\u11a8\u09c7\u09be\u200d\u200c\u3164\u2028"
        "\U0001f3f4\U000e0067\U000e007f\ufdd0"
    ),
    max_size=60,
)


@given(ANY_TEXT | ODD_TEXT, st.booleans())
def test_it_gives_the_cleaned_text_and_places_in_order(text: str, multiline: bool) -> None:
    traced = clean_traced(text, multiline=multiline)
    assert traced.text == clean_text(text, multiline=multiline)
    assert len(traced.starts) == len(traced.ends) == len(traced.text)
    assert traced.starts == sorted(traced.starts)
    assert all(0 <= start < end <= len(text) for start, end in zip(traced.starts, traced.ends, strict=True))


def test_every_code_point_between_two_digits_is_traced() -> None:
    text = "".join(f"1{chr(number)}" for number in range(sys.maxunicode + 1))
    traced = clean_traced(text, multiline=True)
    assert traced.text == clean_text(text, multiline=True)
    assert all(
        text[start] == "1" for sign, start in zip(traced.text, traced.starts, strict=True) if sign == "1"
    )


def test_it_takes_linear_time() -> None:
    assert_linear(lambda length: clean_traced("a\u0300\u3164 \r\n" * (length // 6), multiline=False), 5_000)
