"""Numbers that money moves by: Norwegian bank accounts and payment cards."""

import re
from collections.abc import Iterator

from stdnum import luhn
from stdnum.no import iban, kontonr

from backend.text.personal_data.digit_windows import Window

_DOTTED = (4, 2, 5)
_ACCOUNT_LAYOUTS = {(11,), _DOTTED, (4, 7)}
_IBAN = re.compile(r"(?<![A-Za-z0-9])NO[0-9]{2}(?: ?[0-9]{4}){2} ?[0-9]{3}(?![0-9])", re.IGNORECASE)

# Issuer prefixes and the lengths their cards have (ISO/IEC 7812 ranges as the schemes publish them).
_ISSUERS = (
    (r"4", {13, 16, 19}),  # Visa
    (r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720", {16}),  # Mastercard
    (r"3[47]", {15}),  # American Express
    (r"36|38|39|30[0-5]", range(14, 20)),  # Diners
    (r"6011|65|64[4-9]", range(16, 20)),  # Discover
    (r"352[89]|35[3-8]", range(16, 20)),  # JCB
    (r"62", range(16, 20)),  # UnionPay
    (r"50|5[6-8]|6304|6759|676[1-3]", range(13, 20)),  # Maestro
)
_PREFIXES = {
    length: re.compile("|".join(prefix for prefix, lengths in _ISSUERS if length in lengths))
    for length in range(13, 20)
}
_AMEX_LIKE = {(4, 6, 5), (4, 6, 4)}


def is_account_layout(window: Window) -> bool:
    """Whether the digits are grouped 4-2-5, which is how accounts and nothing else are written."""
    return window.layout == _DOTTED and window.regular


def holds_account(window: Window) -> bool:
    """Whether the window is a Norwegian account number, by grouping and control digit."""
    usual = window.layout in _ACCOUNT_LAYOUTS and window.regular
    # No bank has register number 0000, and a row of zeros would pass the control.
    return usual and not window.digits.startswith("0000") and kontonr.is_valid(window.digits)


def holds_card(window: Window) -> bool:
    """Whether the window is a payment card, by issuer, length, grouping and the Luhn digit."""
    prefix = _PREFIXES.get(len(window.digits))
    known = prefix is not None and prefix.match(window.digits) is not None
    return known and _is_card_layout(window) and luhn.is_valid(window.digits)


def _is_card_layout(window: Window) -> bool:
    """One group, equal groups whose last may be shorter or one longer, or the 4-6-5 of American Express."""
    *body, last = window.layout
    equal = not body or (len(set(body)) == 1 and last <= body[0] + 1)
    return window.regular and (equal or window.layout in _AMEX_LIKE)


def ibans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every valid Norwegian IBAN in folded text."""
    return ((m.start(), m.end()) for m in _IBAN.finditer(text) if iban.is_valid(m.group()))
