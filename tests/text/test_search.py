"""What finds what in full text search."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.text.search import MAX_QUERY_WORDS, query_words, search_query, search_query_any, search_vector
from tests.growth import assert_linear

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=200)


def _matches(query: str, vector: str) -> bool:
    """As PostgreSQL matches a tsquery of `&`, `|`, brackets and prefixes with a tsvector."""
    words = [word.partition(":")[0] for word in vector.split()]

    def has(found: re.Match[str]) -> str:
        term, begun = found.group(1), found.group(2)
        return str(any(word.startswith(term) if begun else word == term for word in words))

    return bool(query) and bool(
        eval(re.sub(r"(\w+)(:\*)?", has, query).replace("&", "and").replace("|", "or"))
    )


def _finds(query: str, text: str) -> bool:
    return _matches(search_query(query, "nb"), search_vector(text, ""))


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
        ("vann", "Rent vann"),
        ("mann", "En mann på benken"),
        ("ås", "Utsikt fra en ås"),
        ("is", "Is på dammen"),
        ("menn", "Middag for menn"),
        ("vår", "Dugnad hver vår"),
        ("vår by", "I vår by er det trangt"),
        ("by", "Bil i by"),
        ("te", "Kaffe og te"),
        ("IT", "Hjelp med IT"),
        ("og i på", "og i på"),
        ("buss om natta", "Buss hele natta"),
        ("elsykkel", "Lån av el-sykkel"),
        ("el-sykkel", "Lån av elsykkel"),
        ("gangvei", "Gang- og sykkelvei"),
        ("gang- og sykkelvei", "Sykkelvei og gangvei"),
        ("brøyting", "Stien er ikke brøytet"),
        ("snøbrøyting", "Dårlig snøbrøyting"),
        ("čájet sámegiela", "Cajet samegiela"),
        ("Cajet", "čájet"),
        ("Deatnu", "Deatnu og Kárášjohka"),
        ("Karasjohka", "Kárášjohka"),
        ("ŋuodan", "nuodan"),
    ],
)
def test_finds(query: str, text: str) -> None:
    assert _finds(query, text)


@pytest.mark.parametrize(
    ("query", "text"), [("sykkelsti", "sykkelvei"), ("hage", "barnehage"), ("", "tekst"), ("!?", "tekst !?")]
)
def test_does_not_find(query: str, text: str) -> None:
    assert not _finds(query, text)


@pytest.mark.parametrize(
    ("begun", "text"), [("sykkelv", "sykkelvegen"), ("fritidskl", "Fritidsklubb"), ("brøyti", "brøytingen")]
)
def test_a_word_begun_is_the_beginning_of_a_word_found(begun: str, text: str) -> None:
    assert _finds(begun, text)


def test_stop_words_are_those_of_the_readers_language() -> None:
    assert query_words("is på fjorden", "nb") == ["is", "fjorden"]
    assert query_words("is there a library", "en") == ["library"]
    assert query_words("og i på", "nb") == ["og", "i", "på"]


def test_a_word_of_the_title_weighs_more_than_one_of_the_text_and_a_part_less() -> None:
    vector = dict(word.split(":") for word in search_vector("Sykkelvei", "Fortau og gangvei").split())
    assert (vector["sykelvei"], vector["fortau"]) == ("1A", "2C")
    assert set(vector["vei"].split(",")) == {"1B", "4D"}


def test_a_word_that_comes_again_and_again_is_stored_a_few_times() -> None:
    assert len(search_vector("", "vei " * 9_000)) < 100


@given(ANY_TEXT, ANY_TEXT)
def test_a_vector_and_a_query_need_no_quoting(title: str, body: str) -> None:
    for form in search_vector(title, body).split():
        word, _, places = form.partition(":")
        assert word.isalnum()
        assert re.fullmatch(r"\d+[A-D](,\d+[A-D]){0,3}", places)
    for query in (search_query(title), search_query_any(title), search_query(title, "en")):
        assert re.fullmatch(r"[\w&|()*: ]*", query)
        assert "_" not in query
    assert len(query_words(title)) <= MAX_QUERY_WORDS


@given(ANY_TEXT)
def test_a_text_is_found_by_its_own_words(text: str) -> None:
    query = search_query(" ".join(text.split()[:3]))
    assert not query or _matches(query, search_vector(text, "")) or len(text.split()) > 3


@pytest.mark.parametrize(
    "query", ["vei' | !x:*", "a:*&b", "\\", "' OR 1=1 --", "\x00vei", "(vei", "-", "--", "a-"]
)
def test_operators_are_no_part_of_a_query_word(query: str) -> None:
    assert re.fullmatch(r"[a-z0-9&|()*: ]*", search_query(query))
    _matches(search_query(query) or "a", "a:1A")


def test_the_work_is_linear() -> None:
    for text in ("vei-", "gang- og ", "a", "- ", "_", "̈", "sykkelvei "):
        assert_linear(lambda size, text=text: search_vector("", text * size), 1_000)
