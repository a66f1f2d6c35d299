"""Norwegian national identity numbers: real ones, D- and H-numbers, and the synthetic series for testing.

Source of the control digits after 2032: the Tax Administration's documentation of the population register,
"Nytt fødselsnummer fra 2032": the remainder for the first digit may be 0, 1, 2 or 3; the second is as before.
The same source ends the meaning of the individual digits (century, sex), so they are not looked at.
"""

from itertools import accumulate

from stdnum.no import fodselsnummer

from backend.text.personal_data.digit_windows import Window

_LENGTH = 11
_REMAINDERS = range(4)
_D_NUMBER = 40
# Added to the month: 40 for H-numbers and NAV's synthetic numbers, 65 for NAV's Dolly, 80 for the
# Tax Administration's Tenor.
_MONTH_SERIES = (0, 40, 65, 80)
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_CENTURIES = {"18", "19", "20"}


def is_identity_number(digits: str) -> bool:
    """Whether eleven ASCII digits form a number of any series, by date and both control digits."""
    return len(digits) == _LENGTH and _has_date(digits) and _has_control_digits(digits)


def holds_identity_number(window: Window) -> bool:
    """Whether the window is a number, also with the century written out (`01.02.1990 12345`)."""
    digits = window.digits
    if len(digits) == _LENGTH:
        return is_identity_number(digits)
    dated = len(digits) == _LENGTH + 2 and 8 in accumulate(window.layout) and digits[4:6] in _CENTURIES
    return dated and is_identity_number(digits[:4] + digits[6:])


def _has_date(digits: str) -> bool:
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    if day > _D_NUMBER:
        day -= _D_NUMBER
    for added in _MONTH_SERIES:
        if 1 <= month - added <= len(_DAYS):
            # Year 00 may be 2000, so it counts as a leap year.
            leap = month - added == 2 and year % 4 == 0
            return 1 <= day <= _DAYS[month - added - 1] + leap
    return False


def _has_control_digits(digits: str) -> bool:
    remainder = (int(digits[9]) - int(fodselsnummer.calc_check_digit1(digits))) % 11
    return remainder in _REMAINDERS and fodselsnummer.calc_check_digit2(digits) == digits[10]
