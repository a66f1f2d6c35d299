"""What finds what in full text search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.text.search import MAX_QUERY_WORDS, search_query_words, search_vector_words

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=200)


def _finds(query: str, text: str) -> bool:
    """As `word & word` in a tsquery, each word exact."""
    asked = search_query_words(query)
    return bool(asked) and set(asked) <= set(search_vector_words(text).split())


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("vei", "Ny sykkelvei"),
        ("veg", "Ny sykkelvei"),
        ("vei", "Nye sykkelvegar"),
        ("sykkelveg", "Ny sykkelvei"),
        ("sykkelvei", "Ny sykkelveg"),
        ("sykkel", "Flere sykkelveier"),
        ("sykelvei", "sykkelvegane"),
        ("sykkelveier", "sykkelveg"),
        ("skole", "Trygg skuleveg"),
        ("svømmehall", "Symjehallen på Rykkinn"),
        ("tryggleik", "Mer trafikktrygghet"),
        ("bibliotekene", "biblioteket"),
        ("moglegheiter", "Gi oss en mulighet"),
        ("holdeplass", "Leskur på haldeplassane"),
        ("bru", "Gangbroa"),
        ("Baerum hovik", "Høvik i Bærum"),
        ("E18", "Støy fra E18"),
        ("bærekraft", "BÆREKRAFT"),
        ("trygg skolevei", "Tryggere skolevei: en trygg og god skolevei"),
        ("talviuintipaikka", "Laajasalon talviuintipaikka"),
    ],
)
def test_finds(query: str, text: str) -> None:
    assert _finds(query, text)


@pytest.mark.parametrize(
    ("query", "text"), [("sykkelsti", "sykkelvei"), ("hage", "barnehage"), ("og i på", "og i på")]
)
def test_does_not_find(query: str, text: str) -> None:
    assert not _finds(query, text)


def test_a_word_begun_is_the_beginning_of_a_word_found() -> None:
    (begun,) = search_query_words("sykkelv")
    assert any(word.startswith(begun) for word in search_vector_words("sykkelvegen").split())


@given(ANY_TEXT)
def test_query_words_are_safe_in_a_tsquery(query: str) -> None:
    asked = search_query_words(query)
    assert len(asked) == len(set(asked)) <= MAX_QUERY_WORDS
    assert all(word.isalnum() for word in asked)


@pytest.mark.parametrize("query", ["vei' | !x:*", "a:*&b", "\\", "' OR 1=1 --", "\x00vei"])
def test_operators_are_no_part_of_a_query_word(query: str) -> None:
    assert all(word.isalnum() for word in search_query_words(query))
