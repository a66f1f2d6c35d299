"""Telephone numbers in running text, told apart from years, prices, dates and reference numbers.

A Norwegian number has eight digits and begins with 2 to 9 (the numbering plan, E.164 country code 47). The
more it looks like something else, the more must say that it is a telephone: a prefix or a word before it.
"""

import re
from collections.abc import Iterator

# Whole words: Ringeriksbanen, mobilnettet and telling call nobody.
_CALL = (
    r"(?:tlf|tel|telf?|telef|telefon(?:en)?|mob|mobil(?:en|telefon(?:en)?)?|ring(?:e|er|es)?|sms|whatsapp|vipps(?:e|er)?"
    r"|puh|puhelin|phone|call)(?:nr|nummer(?:et)?)?(?![^\W0-9_])"
)
_CALL_HERE = re.compile(rf"(?<![^\W_]){_CALL}[^\w\n]{{0,4}}(?:nr|nummer)?[^\w\n]{{0,3}}$", re.IGNORECASE)
_OTHER_HERE = re.compile(
    r"(?:\bkr|\bnok|\beur|\busd|[€$£#@]|\b(?:sak|ref|dok|journal|org|art|isbn|issn|ordre|faktura|kid|bilag|id)"
    r"\w{0,12})[^\w\n]{0,3}(?:nr|nummer)?[^\w\n]{0,3}$",
    re.IGNORECASE,
)
_UNIT_NEXT = re.compile(
    r" ?(?:,-|%|€|(?:kr|kroner|nok|eur|euroa?|mill|stk|m2|kvm|kwh|kg|tonn|meter|innbygg|person|as)\b)",
    re.IGNORECASE,
)
# What is numbered with two digits and named in a row: buses, speeds, houses, sizes. The word stands right before.
_LISTED_HERE = re.compile(
    r"(?<![^\W_])(?:(?:natt|fly|skole|by)?buss(?!jåfør|sjåfør)|bus(?:es)?\b|linj|lines?\b|rut|trikk|bane|tog|spor|fart"
    r"|hastighe|speed|skilt|avgang|alder|aldrar|ages?\b|størrels|storleik|str\b|sizes?\b|sko\b|rom|hus|oppgang|side"
    r"|punkt|paragraf|uke\b|uker|veke|klokk|kl\b|[^\W\d_]+(?:vei|veg|gat[ea]|stien|bakken|allé|plass|tun)(?:en|a)?\b)"
    r"[^\W\d_]{0,20}[^\w\n]{0,3}(?:(?:nr|nummer|er|på)[^\w\n]{1,2})?$",
    re.IGNORECASE,
)
_CLOSE = 10
_LOOK_BACK = 30

_ALONE = r"(?<![0-9])(?<![0-9][.,:/\-])"
_NO_MORE = r"(?![0-9])(?![.,:/\-][0-9])"
_NORWEGIAN = re.compile(
    r"(?<![0-9])\(?(?:\+|(?<!\w)(?<![0-9][.,])00) ?47\)?[ .\-]{0,2}[2-9](?:[ .\-/]{0,2}[0-9]){7}(?![0-9])"
)
_ABROAD = re.compile(
    r"(?:\+ ?(?!4 ?7)|(?<!\w)(?<![0-9][.,])00 ?(?=45|46|354|358))[1-9](?:[ .\-()]{0,2}[0-9]){7,14}(?![0-9])"
)
_BARE_CODE = re.compile(_ALONE + r"(?<![^\W_])47[2-9][0-9]{7}" + _NO_MORE)
_SOLID = re.compile(_ALONE + r"[2-9][0-9]{7}" + _NO_MORE + r"(?![^\W_])")
_APART = r"(?<![0-9])(?<![0-9][ .,:/\-])(?<![^\W0-9])"
# Two numbers may be written with a stroke between.
_PAIRS = re.compile(
    rf"(?:{_APART}|(?<=[0-9]{{2}}[ .\-][0-9]{{2}}/))"
    r"[0-9]{2}([ .\-])[0-9]{2}(?:\1[0-9]{2}(?![0-9]))++(?!\1?[0-9])(?![,:][0-9])(?!/[0-9](?![0-9]\1[0-9]{2}))"
)
_TRIPLES = re.compile(_APART + r"[2-9][0-9]{2}([ .\-])[0-9]{2}\1[0-9]{3}(?![0-9])(?![ .,:/\-][0-9])")
# Five and three digits together are how no sum is written; mobile numbers begin with 4 or 9.
_FIVE_AND_THREE = re.compile(
    _APART + r"[49](?:[0-9]{2}[ .\-][0-9]{5}|[0-9]{4}[ .\-][0-9]{3})(?![0-9])(?![ .,:/\-][0-9])"
)
_LOOSE = re.compile(
    rf"(?<![^\W_]){_CALL}[^\n0-9+]{{0,20}}"
    r"([2-9](?:[ .\-/]{0,2}[0-9]){7})(?![0-9])(?![ .\-/,:][0-9])",
    re.IGNORECASE,
)
_YEAR = r"(?:19|20)[0-9]{2}"
_DAY, _MONTH = r"(?:0[1-9]|[12][0-9]|3[01])", r"(?:0[1-9]|1[0-2])"
_DATE = re.compile(rf"{_YEAR}{_MONTH}{_DAY}|{_DAY}{_MONTH}{_YEAR}")
_YEARS_OR_DATE = re.compile(
    rf"{_YEAR}[ .\-/]+{_YEAR}|{_YEAR}[ .\-/]+{_MONTH}[ .\-/]+{_DAY}|{_DAY}[ .\-/]+{_MONTH}[ .\-/]+{_YEAR}"
)
_NUMBER_OF_PAIRS = 4


def phones(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every telephone number in folded text; the pieces may overlap."""
    yield from (m.span() for m in _NORWEGIAN.finditer(text))
    yield from (m.span() for m in _ABROAD.finditer(text) if not _is_amount(text, *m.span()))
    yield from (m.span() for m in _BARE_CODE.finditer(text))
    yield from (m.span() for m in _SOLID.finditer(text) if _is_solid_phone(text, m))
    yield from (m.span() for m in _TRIPLES.finditer(text) if not _is_amount(text, *m.span()))
    yield from (m.span() for m in _FIVE_AND_THREE.finditer(text) if not _is_amount(text, *m.span()))
    for run in _PAIRS.finditer(text):
        yield from _phones_in_pairs(text, run)
    yield from (m.span(1) for m in _LOOSE.finditer(text) if _is_loose_phone(text, m))


def _is_amount(text: str, start: int, end: int) -> bool:
    """Whether the number is counted in a unit, is round as prices are, or stands where a reference stands."""
    if text[start:end].replace(" ", "").replace(".", "").endswith("00000"):
        return True
    return bool(_UNIT_NEXT.match(text, end) or _OTHER_HERE.search(text[max(0, start - _LOOK_BACK) : start]))


def _is_solid_phone(text: str, found: re.Match[str]) -> bool:
    start, end = found.span()
    if _CALL_HERE.search(text[max(0, start - _LOOK_BACK) : start]):
        return True
    glued = start > 0 and (text[start - 1].isalpha() or text[start - 1] == "_")
    return not glued and not _DATE.fullmatch(found.group()) and not _is_amount(text, start, end)


def _phones_in_pairs(text: str, run: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Numbers in a run of two-digit groups; a run of any other length is a list of something else."""
    start, end = run.span()
    count = (end - start + 1) // 3
    if _is_list(text, start, end):
        return
    if count == _NUMBER_OF_PAIRS + 1 and text.startswith("47", start):
        yield start, end
        return
    if count % _NUMBER_OF_PAIRS or _is_amount(text, start, end):
        return
    for at in range(start, end, 3 * _NUMBER_OF_PAIRS):
        if text[at] in "23456789":
            yield at, at + 3 * _NUMBER_OF_PAIRS - 1


def _is_list(text: str, start: int, end: int) -> bool:
    """Whether the pairs count upwards as lists do: in equal, small steps, or after a word for what has numbers."""
    before = text[max(0, start - _LOOK_BACK) : start]
    if _CALL_HERE.search(before):
        return False
    steps = {int(text[at + 3 : at + 5]) - int(text[at : at + 2]) for at in range(start, end - 2, 3)}
    if min(steps) <= 0:
        return False
    return (len(steps) == 1 and max(steps) <= _CLOSE) or bool(_LISTED_HERE.search(before))


def _is_loose_phone(text: str, found: re.Match[str]) -> bool:
    number = found.group(1)
    return not _YEARS_OR_DATE.fullmatch(number) and not _is_amount(text, *found.span(1))
