"""Links that sell, hide where they lead, or crowd out the text."""

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from backend.moderation.signals.model import Assessment, ScreenedText, Signal

_LINK = re.compile(r"(?:https?://|(?<!\w)www\.)[^\s<>\"']+", re.IGNORECASE)
_SCRIPT = re.compile(r"(?<!\w)(?:javascript|vbscript|data:text/html)[:;,]", re.IGNORECASE)
_ADDRESS = re.compile(r"[0-9.]+|0x[0-9a-f]+|\[.*\]?")
# The letters that the registry of .no allows in a name.
_NORWEGIAN = frozenset("æøåàáäčçđéèêŋńñóòôöšŧüž")
_UNDECODABLE = "\u02ad"  # an extinct phonetic letter, in no alphabet
_LONGEST_LINK = 2_000
_SHORTENERS = frozenset(
    {
        *(
            "bit.ly",
            "buff.ly",
            "cutt.ly",
            "goo.gl",
            "is.gd",
            "lnkd.in",
            "ow.ly",
            "qr.ae",
            "rb.gy",
            "rebrand.ly",
        ),
        *("s.id", "shorturl.at", "t.co", "t.ly", "t.me", "tiny.cc", "tinyurl.com", "u.nu", "v.gd"),
    }
)
_WEIGHTS = {
    "credentials": 0.9,
    "scripts": 0.9,
    "disguised": 0.75,
    "addresses": 0.7,
    "unreadable": 0.7,
    "shorteners": 0.6,
}
_MANY = 4
_MOSTLY_LINKS = 0.6


def assess(content: ScreenedText) -> Assessment:
    """Score the worst trait of any link, or their sheer number; the links themselves are not kept."""
    text = content.text
    links = _LINK.findall(text)
    counts = dict.fromkeys(_WEIGHTS, 0) | {"scripts": len(_SCRIPT.findall(text))}
    for link in links:
        for trait in _traits(link[:_LONGEST_LINK]):
            counts[trait] += 1
    share = sum(map(len, links)) / max(1, len(content.body or text))
    score = max([_crowd(len(links), share), *(_WEIGHTS[trait] for trait, count in counts.items() if count)])
    found = {trait: count for trait, count in counts.items() if count}
    return Assessment(score, {"links": len(links), "share": round(min(1.0, share), 3), **found})


def places(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every link with a trait, and of all links where their number is what counts."""
    yield from (found.span() for found in _SCRIPT.finditer(text))
    links = list(_LINK.finditer(text))
    for found in links:
        if len(links) > _MANY or _traits(found.group()[:_LONGEST_LINK]):
            yield found.span()


def _crowd(links: int, share: float) -> float:
    """Two sources are fair; from five links on, or links and hardly a word, it is held."""
    by_number = min(0.9, 0.1 * max(0, links - 2) + (0.3 if links > _MANY else 0.0))
    return max(by_number, 0.6 if links > 1 and share > _MOSTLY_LINKS else 0.0)


def _traits(link: str) -> set[str]:
    """The keys of `_WEIGHTS` that one link deserves."""
    try:
        parts = urlsplit(link if "://" in link else f"http://{link}")
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return {"unreadable"}
    found = {
        "credentials": _has_credentials(parts),
        "disguised": _is_disguised(host),
        "addresses": _ADDRESS.fullmatch(host) is not None or ":" in host,
        "shorteners": host.removeprefix("www.") in _SHORTENERS,
    }
    return {trait for trait, is_so in found.items() if is_so}


def _has_credentials(parts: SplitResult) -> bool:
    """`https://bank.no@elsewhere.example`: what stands before `@` is not where the link leads."""
    return "@" in parts.netloc


def _is_disguised(host: str) -> bool:
    """Punycode, or letters of another script, which can pass for Latin ones. Norwegian names are neither."""
    readable = "".join(map(_decoded, host.split(".")))
    return any(c.isalpha() and not (c.isascii() or c in _NORWEGIAN) for c in readable)


def _decoded(label: str) -> str:
    """The label as a browser shows it. What is not valid punycode decodes to a sign that no name holds."""
    if not label.startswith("xn--"):
        return label
    try:
        return label.removeprefix("xn--").encode("ascii").decode("punycode")
    except UnicodeError:
        return _UNDECODABLE


SIGNAL = Signal("links", "1", assess)
