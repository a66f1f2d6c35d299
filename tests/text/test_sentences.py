"""How often the check for personal data is right, by two lists of sentences as people write them. All is made up."""

from pathlib import Path

from backend.text.personal_data.detection import find_personal_data

_SENTENCES = Path(__file__).parent / "sentences"
_FEWEST = 200


def sentences(name: str) -> list[str]:
    lines = (_SENTENCES / f"{name}.txt").read_text(encoding="utf-8").split("\n")
    return [line for line in lines if line and not line.startswith("#")]


def test_innocent_sentences_pass() -> None:
    innocent = sentences("innocent")
    refused = [
        (sentence, [(found.kind.value, sentence[found.start : found.end]) for found in findings])
        for sentence in innocent
        if (findings := find_personal_data(sentence))
    ]
    assert len(set(innocent)) == len(innocent) >= _FEWEST
    assert refused == [], f"{len(refused)} of {len(innocent)} innocent sentences are refused"


def test_sentences_with_personal_data_are_refused_for_what_they_hold() -> None:
    personal = sentences("personal")
    passed = [
        sentence
        for kind, _, sentence in (line.partition("\t") for line in personal)
        if kind not in {found.kind.value for found in find_personal_data(sentence)}
    ]
    assert len(set(personal)) == len(personal) >= _FEWEST
    assert passed == [], f"{len(passed)} of {len(personal)} sentences with personal data pass"


def test_the_limits_are_those_the_list_says() -> None:
    """One that passes now belongs among the innocent."""
    assert [sentence for sentence in sentences("limits") if not find_personal_data(sentence)] == []


def test_a_list_before_a_name_or_after_a_word_for_calling_is_still_a_number() -> None:
    for text in (
        "Bussjåføren Leif 22 33 44 55",
        "Ring 30 40 50 60",
        "Linje 22 13 44 55",
        "Tlf hus: 22 33 44 55",
    ):
        assert [found.kind.value for found in find_personal_data(text)] == ["phone"], text


def test_both_of_two_numbers_with_a_stroke_between_are_found() -> None:
    text = "Per 55 12 34 56/92 23 34 45"
    assert [text[found.start : found.end] for found in find_personal_data(text)] == [
        "55 12 34 56",
        "92 23 34 45",
    ]
