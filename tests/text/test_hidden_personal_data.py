"""No sign that cleaning takes away, and nothing that Markdown does not show, hides a number."""

import sys

import pytest

from backend.imports.masking import mask
from backend.text.clean import clean_text
from backend.text.markup import plain_text
from backend.text.personal_data.detection import PersonalDataKind, find_personal_data
from tests.growth import assert_linear

BIRTH, REST = "018177", "79901"


def found(text: str, *, multiline: bool = True) -> list[tuple[PersonalDataKind, str]]:
    return [(one.kind, text[one.start : one.end]) for one in find_personal_data(text, multiline=multiline)]


def test_no_code_point_that_cleaning_takes_away_hides_a_number() -> None:
    """Each by itself: what is stored would show the number whole, so it is found, with its place as typed."""
    removed = [
        sign
        for number in range(sys.maxunicode + 1)
        if clean_text(f"1{(sign := chr(number))}1", multiline=True) in {"11", "1 1"}
    ]
    assert len(removed) > 400
    for sign in removed:
        written = f"{BIRTH}{sign}{REST}"
        assert found(f"Nei {written}.") == [(PersonalDataKind.NATIONAL_IDENTITY_NUMBER, written)], hex(
            ord(sign)
        )


@pytest.mark.parametrize(
    "gap", ["    ", "\u3164" * 4, " \u2800 \u2800 ", "\t\t", "\u00a0" * 9, "\n", " - ", "#"]
)
@pytest.mark.parametrize("multiline", [True, False])
def test_blanks_and_breaks_hide_no_number(gap: str, multiline: bool) -> None:
    written = f"{BIRTH}{gap}{REST}"
    assert found(f"Nr {written}", multiline=multiline) == [
        (PersonalDataKind.NATIONAL_IDENTITY_NUMBER, written)
    ]


@pytest.mark.parametrize(
    "written",
    [
        f"{BIRTH}`{REST}`",
        f"{BIRTH}``{REST}``",
        f"{BIRTH}\\-{REST}",
        f"{BIRTH}\\ \\_{REST}",
        f"{BIRTH}[](https://example.org/1){REST}",
        f"{BIRTH}[ ](https://example.org/){REST}",
        f"[{BIRTH}](https://example.org){REST}",
        "01[81](https://example.org)77**79**901",
        f"{BIRTH}**[{REST}](https://example.org)**",
        "0*1*8*1*7*7*7*9*9*0*1",
    ],
)
def test_what_markdown_shows_is_found_where_it_was_typed(written: str) -> None:
    text = f"Dette er *1* tekst med `0` tall: {written} og mer `1`"
    (kind, quote), *rest = found(text)
    assert (kind, rest) == (PersonalDataKind.NATIONAL_IDENTITY_NUMBER, [])
    assert set(quote) >= set("01789")
    masked, kinds = mask(text)
    assert kinds == (PersonalDataKind.NATIONAL_IDENTITY_NUMBER,)
    assert found(masked) == []
    assert REST not in plain_text(masked)


def test_addresses_in_pieces_are_found() -> None:
    assert [kind for kind, _ in found("ola`@exam`ple.no")] == [PersonalDataKind.EMAIL]
    assert [kind for kind, _ in found("[ola@](https://a.no)example.no")] == [PersonalDataKind.EMAIL]
    for written in ("ola(a)example.no", "ola [at] example.no", "a@blåbær.no"):
        assert found(f"Skriv til {written} nå") == [(PersonalDataKind.EMAIL, written)]
    assert found("a..b@example.no og punkt (a) www.example.no") == []


@pytest.mark.parametrize("unit", ["1 ", "4 ", "01 01 01 ", "`1`", "1*", "`a`@b.no ", "a@", "9 1 "])
def test_the_work_grows_with_the_text(unit: str) -> None:
    assert_linear(lambda length: find_personal_data(unit * (length // len(unit))), 4_000)
