"""Everything said to people is there in nynorsk and English, and is filled in alike."""

import pytest

from backend.platform.i18n import LANGUAGES, SOURCE, translate, translations
from ops.translations import collect, differing, main, missing, update

TRANSLATED = [language for language in LANGUAGES if language != SOURCE]


@pytest.fixture(scope="module")
def every_text():
    return collect()


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language, every_text) -> None:
    assert missing(update(language, every_text)) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_have_the_placeholders_of_their_source(language, every_text) -> None:
    assert differing(update(language, every_text)) == []


def test_texts_of_each_kind_are_found(every_text) -> None:
    for text in (
        "Du må logge inn først.",  # a refusal
        "Forslaget kan ikke støttes nå.",  # a refusal made by a function of its module
        "Kolonnen {column} finnes ikke i filen.",  # a table of messages
        "Forslaget ditt er publisert",  # marked
    ):
        assert text in every_text


def test_a_missing_text_and_a_wrong_placeholder_are_seen(every_text) -> None:
    catalog = update("en", every_text)
    catalog.add("Noe helt nytt {n}")
    catalog.add("Noe med {n}", "Something with {m}")
    catalog.add(("{count} sak", "{count} saker"), ("{count} case", ""))
    assert {"Noe helt nytt {n}", "{count} sak"} <= set(missing(catalog))
    assert "Noe med {n}" in differing(catalog)


def test_checking_writes_nothing(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr("backend.platform.i18n.LOCALE", tmp_path)
    assert main(["--check"]) == 1
    assert list(tmp_path.iterdir()) == []
    assert "nn: no translation of: Du må logge inn først." in capsys.readouterr().out


def test_updating_twice_changes_nothing_more(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("backend.platform.i18n.LOCALE", tmp_path)
    main([])
    first = {path: path.read_bytes() for path in tmp_path.rglob("*.po")}
    assert len(first) == len(TRANSLATED)
    main([])
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.po")} == first


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("nb", "Temaet finnes ikke."),
        ("nn", "Temaet finst ikkje."),
        ("en", "The topic does not exist."),
        ("fi", "Temaet finnes ikke."),
        ("../en", "Temaet finnes ikke."),
    ],
)
def test_translating(language, expected) -> None:
    assert translate(language, "Temaet finnes ikke.") == expected


def test_filling_in() -> None:
    assert translate("en", "Hei, {name}.", name="{0} %s $x") == "Hello, {0} %s $x."
    assert translate("en", "Hei, {name}.") == "Hello, {name}."
    assert translate("en", "Uten {språk} og {message}", språk="x", message="y") == "Uten x og y"
    assert translate("en", "") == ""


def test_catalogs_are_read_once() -> None:
    assert translations("nn") is translations("nn")
