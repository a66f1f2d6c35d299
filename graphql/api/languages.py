"""Which language a reader is answered in."""

from functools import lru_cache

LANGUAGES = ("nb", "nn", "en")
_ALIASES = {"no": "nb", "nb": "nb", "nn": "nn", "en": "en"}


@lru_cache(256)
def choose_language(accept_language: bytes | None) -> str:
    """The best of ours for an Accept-Language header (RFC 9110, section 12.5.4); bokmål when none fits."""
    best, best_weight = "nb", 0.0
    for part in (accept_language or b"")[:400].decode("latin-1").split(","):
        name, _, weight_text = part.partition(";q=")
        found = _ALIASES.get(name.strip().lower().split("-")[0])
        try:
            weight = float(weight_text) if weight_text else 1.0
        except ValueError:
            continue
        if found is not None and weight > best_weight:
            best, best_weight = found, weight
    return best
