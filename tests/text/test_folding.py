"""Spellings brought together, compounds taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.text import wordlists
from backend.text.compounds import split
from backend.text.folding import MAX_WORD, bokmal, fold, words
from tests.growth import assert_linear

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=200)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bærum", "BAERUM"),
        ("gård", "gaard"),
        ("Høvik", "hoevik"),
        ("kafé", "kafe"),
        ("sykkel", "sykel"),
        ("Å", "a\u030a"),
        ("Straße", "STRASSE"),
        ("puistossä", "puistosa"),
    ],
)
def test_spellings_that_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_numbers_are_not_folded() -> None:
    assert words("E18 i 2035 og 1100") == ["e18", "2035", "1100"]


@pytest.mark.parametrize(
    ("nynorsk", "main"),
    [
        ("ikkje", "ikke"),
        ("kva", "hva"),
        ("veg", "vei"),
        ("skule", "skole"),
        ("moglegheiter", "muligheter"),
        ("kjærleik", "kjærleik"),
        ("sikkerheit", "sikkerhet"),
        ("gjeldande", "gjeldende"),
        ("vanleg", "vanlig"),
        ("bakkane", "bakkene"),
        ("følgje", "følge"),
        ("tenkjer", "tenker"),
        ("bustadane", "boligene"),
        ("tryggleiken", "tryggheten"),
    ],
)
def test_nynorsk_is_led_to_bokmal(nynorsk: str, main: str) -> None:
    assert bokmal(fold(nynorsk)) == fold(main)


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("sykkelvei", "sykkel vei"),
        ("sykkelvegane", "sykkel vei"),
        ("sykelveier", "sykkel vei"),
        ("skulevegen", "skole vei"),
        ("aktivitetshuset", "aktivitet hus"),
        ("barnehageplassar", "barnehage plass"),
        ("elbillader", "elbil lade"),
        ("hjemmesykepleie", "hjem syk pleie"),
        ("Løkkeveien", "løkke vei"),
        ("symjehallen", "svøm hall"),
        ("vegen", "vei"),
        ("gangbro", "gang bru"),
        ("puistossa", ""),
        ("vi", ""),
    ],
)
def test_compounds(word: str, parts: str) -> None:
    assert split(fold(word)).parts == tuple(map(fold, parts.split()))


def test_forms_of_a_compound_share_their_key() -> None:
    forms = ["sykkelvei", "sykkelveg", "sykkelvegen", "sykkelveiene", "sykelvei", "sykkelvegar"]
    assert {split(fold(form)).key for form in forms} == {"sykelvei"}


@given(ANY_TEXT)
def test_words_are_alphanumeric_and_bounded(text: str) -> None:
    for word in words(text):
        assert word.isalnum()
        assert len(word) <= MAX_WORD
        split(word)


@pytest.mark.parametrize("piece", ["a", "ab ", "\u0300\u0316", "sykkelvei", "ﷺ"])
def test_hostile_input_takes_linear_time(piece: str) -> None:
    assert_linear(lambda length: [split(word) for word in words(piece * (length // len(piece)))], 60_000)


def test_word_lists_hold_what_they_claim() -> None:
    assert len(wordlists.words("compounds.txt")) >= 200
    assert all(len(word) > 1 and word.isalpha() for word in wordlists.words("compounds.txt"))
    variants = wordlists.pairs("variants.txt")
    assert len(variants) >= 150
    # A bokmål form that is itself led elsewhere would depend on which rule came first.
    chained = {main for main in variants.values() if variants.get(main, main) != main}
    assert not chained
