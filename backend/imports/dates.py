"""Times as people write them: ISO 8601, 1. mai 2026, 01.05.2026, 1/5-26, with or without a time of day.

The day stands before the month, as in Norway. What could mean two things is refused rather than guessed.
"""

import re
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from backend.text.local_time import local_time

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan januar january",
            "feb februar february",
            "mar mars march",
            "apr april",
            "mai may",
            "jun juni june",
            "jul juli july",
            "aug august",
            "sep sept september",
            "okt oktober oct october",
            "nov november",
            "des desember dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_DAYS: Final = "man|tir|tys|ons|tor|fre|lør|lau|søn|sun|mon|tue|wed|thu|fri|sat"
_DATE: Final = re.compile(
    rf"""(?:(?:{_DAYS})\w*\.?,?\s+)?
    (?P<day>\d{{1,2}})(?:\.|\s|/|-)\s*(?P<month>\d{{1,2}}|[^\W\d]{{3,9}})(?:\.|\s|/|-|,)*\s*(?P<year>\d{{4}}|\d{{2}})
    (?:[,\s]+(?:kl\.?|klokka|klokken|at)?\s*(?P<hour>\d{{1,2}})[.:](?P<minute>\d{{2}})(?:[.:](?P<second>\d{{2}}))?)?""",
    re.VERBOSE | re.IGNORECASE,
)
_CENTURY: Final = 2000


def read_time(text: str, zone: str) -> datetime | None:
    """The moment in UTC; without an offset in the zone, a date is its midnight. None: it is no such text.

    Raises SkippedTimeError for a time of day that summer time skips in that zone, ValueError, OverflowError.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        match = _DATE.fullmatch(text.strip())
        if match is None:
            return None
        found = _written(match)
    if found.tzinfo is None:
        found = local_time(found, ZoneInfo(zone))
    return found.astimezone(UTC)


def _written(match: re.Match[str]) -> datetime:
    """Raises ValueError for a day, month or time that does not exist."""
    month = match["month"].lower()
    number = int(month) if month.isdecimal() else _MONTHS.get(month)
    if number is None:
        raise ValueError(month)
    year = int(match["year"])
    # The wall clock's time; which moment that is, the zone says.
    return datetime(  # noqa: DTZ001
        year if len(match["year"]) == 4 else _CENTURY + year,
        number,
        int(match["day"]),
        int(match["hour"] or 0),
        int(match["minute"] or 0),
        int(match["second"] or 0),
    )
