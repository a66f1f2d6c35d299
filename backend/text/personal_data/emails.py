"""E-mail addresses in running text, also when `@` and `.` are spelled out."""

import re
from collections.abc import Iterator

_LONGEST_LOCAL = 64
_LONGEST_DOMAIN = 255
_AT = re.compile(
    r"@|[\[({][ ]{0,2}(?:a|at|alfa|krøllalfa|alfakrøll)[ ]{0,2}[\])}]|(?<= )(?:krøllalfa|alfakrøll)(?= )",
    re.IGNORECASE,
)
# Read backwards from the sign, so that a long word is never scanned twice.
_LOCAL_BACKWARDS = re.compile(r"[\w+'\-]+(?:\.[\w+'\-]+)*(?<![+'\-])")
_TWO_POINTS = re.compile(r"\w\.\.")
_DOT = r"(?:\.|[ ]?[\[({][ ]?(?:dot|punktum|prikk)[ ]?[\])}][ ]?|[ ](?:dot|punktum)[ ])"
_LABEL = r"[^\W_](?:[\w\-]{0,61}[^\W_])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:{_DOT}{_LABEL}){{0,8}}{_DOT}[^\W\d_]{{2,24}}(?![\w@])", re.IGNORECASE)
# Not a paragraph (a) and a sentence after it, nor a page on the web.
_MAIL_DOMAIN = re.compile(r"(?!www\.).*\.(?:no|com|org|net|eu|info|se|dk|fi|is|uk|de)")
_MAILBOXES = re.compile(
    r"(?:gmail|hotmail|outlook|live|yahoo|icloud|proton|protonmail|online|msn|me|getmail|broadpark)\.",
    re.IGNORECASE,
)


def emails(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every address in folded text. Each sign is looked at with bounded room around it."""
    for sign in _AT.finditer(text):
        found = _around(text, sign.start(), sign.end())
        if found is not None:
            yield found


def _around(text: str, at_start: int, at_end: int) -> tuple[int, int] | None:
    left = text[max(0, at_start - _LONGEST_LOCAL - 1) : at_start]
    spaced_left = left.endswith(" ")
    local = _LOCAL_BACKWARDS.match(left.rstrip(" ")[::-1])
    spaced_right = text.startswith(" ", at_end)
    domain_start = at_end + spaced_right
    domain = _DOMAIN.match(text, domain_start, domain_start + _LONGEST_DOMAIN)
    if local is None or domain is None:
        return None
    start = at_start - (len(left) - len(left.rstrip(" "))) - local.end()
    # `@somebody@server` is a public handle, not an address; `a..b@server` is neither.
    if start > 0 and (text[start - 1] == "@" or _TWO_POINTS.match(text, max(0, start - 3), start)):
        return None
    sign = text[at_start:at_end]
    if (
        sign.strip("[({ })]") in {"@", "a", "A"}
        and (spaced_left or spaced_right)
        and not _is_spaced_address(local, domain, is_bracketed=sign != "@")
    ):
        return None
    return start, domain.end()


def _is_spaced_address(local: re.Match[str], domain: re.Match[str], *, is_bracketed: bool) -> bool:
    """`ola.nordmann @ gmail.com` and `ola (a) example.no` are; `we meet @ somewhere.no`, `see (a) www.a.no` are not."""
    if is_bracketed and _MAIL_DOMAIN.fullmatch(domain.group()):
        return True
    return "." in local.group() or _MAILBOXES.match(domain.group()) is not None
