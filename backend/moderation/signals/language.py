"""Whether the text is in the language its author says.

Bokmål, nynorsk, Danish and Swedish are so near each other that taking one for another means little. A
mismatch alone is never certain: another language is seldom harm, only something one must be able to read.
"""

import threading
from functools import cache
from typing import Protocol, cast

from backend.moderation.signals.model import Assessment, Detail, ScreenedText, Signal

_LANGUAGES = (
    *(
        "no",
        "nn",
        "da",
        "sv",
        "se",
        "fi",
        "en",
        "is",
        "de",
        "nl",
        "fr",
        "es",
        "pt",
        "it",
        "pl",
        "lt",
        "lv",
        "et",
    ),
    *("uk", "ru", "ro", "tr", "ar", "fa", "so", "ur", "ta", "vi", "sq", "hr", "th", "tl", "zh"),
)
# The classifier calls bokmål by the code of the macrolanguage.
_OURS = {"no": "nb"}
_KNOWN = frozenset(_OURS.get(code, code) for code in _LANGUAGES)
_NEAR = frozenset({"nb", "nn", "da", "sv"})
_NEAR_WEIGHT = 0.3
_HIGHEST = 0.8
_SHORTEST = 40  # letters; below this a name or a borrowed word decides
_LONG_ENOUGH = 120  # letters; from here length says nothing more
_LONGEST = 20_000  # characters looked at
_UNSURE = 0.7
# A worker that starts into a backlog screens in many threads at once: one of them loads the model.
_LOADING = threading.Lock()


def assess(content: ScreenedText) -> Assessment:
    """Score how surely the detected language is another than the claimed one."""
    text = content.text[:_LONGEST]
    letters = sum(map(str.isalpha, text))
    claimed = _code(content.language)
    if letters < _SHORTEST or claimed not in _KNOWN:
        return Assessment(0.0, {"claimed": claimed if claimed in _KNOWN else "", "looked": False})
    label, probability = _identifier().classify(text)
    detected, confidence = _OURS.get(label, label), min(1.0, float(probability))
    detail: Detail = {
        "claimed": claimed,
        "detected": detected,
        "confidence": round(confidence, 3),
        "looked": True,
    }
    if detected == claimed or confidence < _UNSURE:
        return Assessment(0.0, detail)
    near = {claimed, detected} <= _NEAR
    length = min(1.0, letters / _LONG_ENOUGH)
    return Assessment(confidence * length * _HIGHEST * (_NEAR_WEIGHT if near else 1.0), detail)


class _Classifier(Protocol):
    def classify(self, text: str) -> tuple[str, float]: ...


def _code(language: str) -> str:
    """The primary subtag, with bokmål as `nb`: `no` and `nb-NO` are both `nb`."""
    primary = language.replace("_", "-").partition("-")[0].lower()
    return _OURS.get(primary, primary)


def _identifier() -> _Classifier:
    with _LOADING:
        return _loaded()


@cache
def _loaded() -> _Classifier:
    """The classifier with normalised probabilities; numpy and the model are loaded at first use only."""
    from py3langid.langid import (  # type: ignore[import-untyped]  # ships no types
        MODEL_FILE,
        LanguageIdentifier,
    )

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(_LANGUAGES))
    return cast(_Classifier, identifier)


SIGNAL = Signal("language", "1", assess)
