"""Words that mean the same are one word: pairs of which people read only the first, in each language."""

import re

import pytest

from backend.platform.i18n import SOURCE
from backend.proposals.outcome_texts import ANSWERED_TEXTS, OUTCOME_TEXTS
from ops.translations import collect, update
from web.page.rendering import TEMPLATES

# What is read, and what it must not be mixed with; as regular expressions on whole texts.
PAIRS = {
    "nb": {
        "allerede": r"\b(?:er|har|står|ble|blir) alt (?:brukt|sendt|besvart|meldt|avgjort|bak|med)\b",
        "si fra om": r"^Meld(?:$| )|\bmeld(?:te?|er) (?:det|dette|forslaget|kommentaren)\b",
        "sjekkes": r"\bgjennomsyn\b|\bse[rs] over (?:det før|at|før)\b|moderator ser på\b",
        "i gang": r"\bunder arbeid\b",
        "under vurdering": r"^til vurdering$|status: til vurdering",
        "støtte (én), støtter (flere)": r"\b1 støtter\b",
        "ja, delvis ja, nei": r"^(?!Tas (?:delvis |ikke )?til følge$).*\btil følge\b",
    },
    "nn": {
        "støtter": r"%\((?:figure|count)\)s støttar\b",
        "utanom": r"\butan om\b",
        "Norgeskart": r"Noregskart",
        "har svara": r"\bSvara på av\b",
        "ja, delvis ja, nei": r"^(?!Blir (?:delvis |ikkje )?teke til følgje$).*\btil følgje\b",
        "allereie": r"\b(?:er|har|står) alt (?:brukt|sendt|svara|meldt|avgjort|bak)\b",
    },
    "en": {
        "supporters": r"\bacts? of support\b|\bbackers?\b|\bendorse",
        "municipality": r"\bthe commune\b|\bkommune\b(?!n)",
        "proposal": r"\bsuggestions?\b",
        "yes, partly yes, no": r"^(?:partly |not )?accepted$|\b(?:outcome|answer) is:",
    },
}


def _texts(language: str) -> list[str]:
    catalog = collect() if language == SOURCE else update(language, collect())
    said = [message.id if language == SOURCE else message.string for message in catalog if message.id]
    return [text for texts in said for text in ((texts,) if isinstance(texts, str) else texts)]


@pytest.mark.parametrize("language", PAIRS)
def test_no_two_words_for_one_thing(language: str) -> None:
    texts = _texts(language)
    mixed = {
        word: found
        for word, other in PAIRS[language].items()
        if (found := [text for text in texts if re.search(other, text)])
    }
    assert mixed == {}


@pytest.mark.parametrize("language", PAIRS)
def test_a_mixed_word_is_found(language: str) -> None:
    examples = {
        "nb": (
            "Forslaget er alt sendt inn.",
            "Meld forslaget",
            "Venter på gjennomsyn",
            "1 støtter",
            "delvis tatt til følge",
        ),
        "nn": (
            "%(count)s støttar",
            "utan om",
            "Opne i Noregskart",
            "Svara på av kommunen",
            "ikkje teke til følgje",
        ),
        "en": ("3 acts of support", "12 backers", "Write a suggestion", "partly accepted"),
    }
    for text in examples[language]:
        assert any(re.search(other, text) for other in PAIRS[language].values()), text


def test_only_staff_read_the_statutory_words() -> None:
    shown = [
        path.relative_to(TEMPLATES).parts[0]
        for path in TEMPLATES.rglob("*.html")
        if re.search(r"statutory_outcome|outcome_filter", path.read_text(encoding="utf-8"))
    ]
    assert set(shown) == {"planning"}
    for text in (*OUTCOME_TEXTS.values(), *ANSWERED_TEXTS.values()):
        assert "følge" not in text
