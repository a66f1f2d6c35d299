"""Addresses on the web in what people write: where a pasted one ends, what it is called, and where it leads."""

import re
import unicodedata
from urllib.parse import SplitResult, urlsplit

import idna

LONGEST_ADDRESS = 2_000
_LONGEST_HOST = 253
_HOST = re.compile(r"//([^\s/?#<>\"“”«»`\\]*)")
_BODY = re.compile(r"//[^\s<>\"“”«»`\\]+")
_BRACKET = re.compile(r"[()\[\]{}]")
_PARTNER = {")": "(", "]": "[", "}": "{"}
# Signs that end the sentence, the quotation or the emphasis around an address.
_TRAILING = ".,:;!?…'’‘*_~([{"
# A text that reads as an address: with a scheme, with www, or a host under a domain that people know as one.
_READS_AS_ADDRESS = re.compile(
    r"(?:https?://|\bwww\.)[^\s/?#<>()\[\]]+"
    r"|(?<![\w.@\-])(?:[\w\-]+\.)+(?:no|com|org|net|eu|se|dk|fi|io|info|gov|app|de|uk|fr|nl|is)(?![\w\-])",
    re.IGNORECASE,
)


def address_end(text: str, start: int) -> int | None:
    """Where the address ends whose `//` begins at `start`; None where no host in plain view follows.

    Brackets that were opened inside belong to it, signs that close the sentence do not.
    """
    host = _HOST.match(text, start, start + _LONGEST_HOST)
    if host is None or not host[1].strip(_TRAILING) or "@" in host[1]:
        return None
    body = _BODY.match(text, start, start + LONGEST_ADDRESS)
    if body is None:
        return None
    end = start + len(body[0][: _unopened(body[0])].rstrip(_TRAILING))
    return end if end > start + len("//") else None


def _unopened(body: str) -> int:
    """Where the first bracket closes that was not opened; the length where none does."""
    opened: list[str] = []
    for found in _BRACKET.finditer(body):
        partner = _PARTNER.get(found[0])
        if partner is None:
            opened.append(found[0])
        elif not opened or opened.pop() != partner:
            return found.start()
    return len(body)


def web_address(url: str) -> str | None:
    """`url` with its scheme in small letters and its host as the name system spells it.

    None unless it goes to the web by a host in plain view: https://baerum.no@example.org does not.
    """
    scheme, separator, rest = url.partition("://")
    if scheme.lower() not in {"http", "https"} or not separator:
        return None
    cut = next((at for at, sign in enumerate(rest) if sign in "/?#"), len(rest))
    authority = rest[:cut]
    name, colon, port = authority.partition(":") if not authority.startswith("[") else (authority, "", "")
    spelled = ascii_host(name)
    if spelled is None or "@" in authority:
        return None
    return f"{scheme.lower()}://{spelled}{colon}{port}{rest[cut:]}"


def ascii_host(host: str) -> str | None:
    """The host in small ASCII letters; None where the name system cannot know it."""
    if not host or len(host) > _LONGEST_HOST:
        return None
    if host.isascii() and "xn--" not in host.lower():
        return host.lower()
    try:
        return idna.encode(host, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        return None


def reads_as_other_address(text: str, href: str) -> bool:
    """Whether `text`, shown as a link to `href`, reads as an address at another host."""
    target = _host(href)
    for found in _READS_AS_ADDRESS.finditer(unicodedata.normalize("NFKC", text)):
        address = found[0] if "://" in found[0] else f"https://{found[0]}"
        named = _host(address.rstrip(_TRAILING))
        if target != named and not target.endswith(f".{named}"):
            return True
    return False


def _host(url: str) -> str:
    """The host of an address without `www.`, to compare by; never that of the address itself when it has none."""
    try:
        parts = urlsplit(web_address(url) or "")
    except ValueError:
        parts = SplitResult("", "", "", "", "")
    return (parts.hostname or "").removeprefix("www.")
