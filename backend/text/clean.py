"""Making what was typed or pasted fit to store: one form, nothing invisible, nothing that reorders a line."""

import re
import unicodedata

# Marks upon one letter beyond this are a prank, and make normalisation quadratic.
_MAX_MARKS = 8

LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
SURROGATES = re.compile("[\ud800-\udfff]")
# Flags of England, Scotland and Wales are written with tag characters, which elsewhere hide text.
_TAGGED_FLAG = "\U0001f3f4[\U000e0020-\U000e007e]{1,6}\U000e007f"
_INVISIBLE = (
    "\x00-\x08\x0e-\x1f\x7f-\x9f"  # control characters but tab, line feed and what LINE_ENDS turned into one
    "\u00ad\u115f\u1160\u3164\uffa0"  # soft hyphen, Hangul fillers
    "\u200b\u2060-\u2064\ufeff\u180e"  # zero-width spaces and joiners, invisible operators
    "\u202a-\u202e\u2066-\u2069\u206a-\u206f"  # bidirectional overrides and isolates, deprecated controls
    "\ufff9-\ufffb\ufe00-\ufe0d\U000e0000-\U000e01ef"  # annotations, variation selectors but those of emoji
    "\ufdd0-\ufdef\ufffe\uffff"  # noncharacters
)
DROPPED = re.compile(f"({_TAGGED_FLAG})|[{_INVISIBLE}]")
# Joiners: between emoji they make one picture; in Arabic and Indic scripts they are spelling.
_EMOJI = "\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
_SPELLED = "\u0600-\u0dff"
STRAY_JOINER = re.compile(
    f"\u200d(?!(?<=[{_EMOJI}\ufe0f]\u200d)[{_EMOJI}])(?!(?<=[{_SPELLED}]\u200d))"
    f"|\u200c(?!(?<=[{_SPELLED}]\u200c)[{_SPELLED}])"
)
BLANKS = re.compile("\u2800")


def clean_text(value: str, *, multiline: bool) -> str:
    """`value` in NFC without control, bidirectional and zero-width characters, trimmed; idempotent.

    Multiline keeps tabs and single line feeds as line ends. Otherwise any run of white space is one space.
    Lone surrogates become U+FFFD. Never raises; linear in the length of `value`.
    """
    value = SURROGATES.sub("\ufffd", LINE_ENDS.sub("\n", value))
    value = BLANKS.sub(" ", value)
    value = DROPPED.sub(lambda match: match[1] or "", value)
    value = STRAY_JOINER.sub("", value)
    value = unicodedata.normalize("NFC", limit_marks(value))
    return value.strip() if multiline else " ".join(value.split())


def limit_marks(value: str) -> str:
    """At most _MAX_MARKS combining marks in a row."""
    if value.isascii():
        return value
    cleaned: list[str] = []
    run = 0
    for character in value:
        run = run + 1 if unicodedata.combining(character) else 0
        if run <= _MAX_MARKS:
            cleaned.append(character)
    return "".join(cleaned)
