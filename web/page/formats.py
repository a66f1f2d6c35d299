"""Dates, numbers and lengths of time as they are written in each language; times are Norwegian ones."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal, format_percent

from backend.platform.i18n import N_, translate
from backend.text.local_time import local_time

LOCALES = {"nb": "nb_NO", "nn": "nn_NO", "en": "en_GB"}
ZONE = ZoneInfo("Europe/Oslo")
_DAY = timedelta(days=1)


class Formats:
    """The filters of one language's templates."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._locale = LOCALES[language]
        self._is_english = language == "en"

    def day(self, value: str | datetime | date) -> str:
        """The date in words: 3. mars 2026."""
        return _date(_local(value), "long", self._locale)

    def short_day(self, value: str | datetime | date) -> str:
        """The date briefly: 3. mars, with the year when it is another than this."""
        moment = _local(value)
        if moment.year != datetime.now(ZONE).year:
            return _date(moment, "medium", self._locale)
        return _date(moment, "d MMM" if self._is_english else "d. MMM", self._locale)

    def moment(self, value: str | datetime) -> str:
        """Date and time of day."""
        pattern = "d MMMM y, HH:mm" if self._is_english else "d. MMMM y 'kl.' HH:mm"
        return format_datetime(_time(value), pattern, tzinfo=ZONE, locale=self._locale)

    def opening(self, value: str | datetime) -> str:
        """When something begins: the day, with the time of day unless that is midnight."""
        local = _time(value).astimezone(ZONE)
        return self.day(local) if _is_midnight(local) else self.moment(local)

    def closing(self, value: str | datetime) -> str:
        """The end of something that lasts until then: 31. desember 2026 for what ends as 1 January begins."""
        local = _time(value).astimezone(ZONE)
        return self.day(local.date() - _DAY) if _is_midnight(local) else self.moment(local)

    def until(self, value: str | datetime) -> str:
        """The same in a sentence: til og med 31. desember 2026, til 31. desember 2026 kl. 12:00."""
        text = N_("til og med {day}") if _is_midnight(_time(value).astimezone(ZONE)) else N_("til {day}")
        return translate(self._language, text, day=self.closing(value))

    def ago(self, value: str | datetime) -> str:
        """How long ago, or in how long: for 3 dager siden, om 2 uker."""
        return format_timedelta(_time(value) - datetime.now(UTC), add_direction=True, locale=self._locale)

    def number(self, value: float) -> str:
        """With the language's thousands and decimals."""
        return _number(value, self._locale)

    def percent(self, value: float) -> str:
        """`value` is in percent already: 41 is 41 %."""
        return format_percent(value / 100, locale=self._locale)


# A list names the same few days and numbers again and again, and Babel reads its patterns each time.
@lru_cache(2_000)
def _date(value: date, pattern: str, locale: str) -> str:
    return format_date(value, pattern, locale=locale)


@lru_cache(2_000)
def _number(value: float, locale: str) -> str:
    return format_decimal(value, locale=locale)


def _is_midnight(local: datetime) -> bool:
    return local.hour == local.minute == 0


def from_local(text: str) -> datetime:
    """The moment that an `<input type="datetime-local">` names in Norwegian time, with its zone.

    Of an hour that comes twice, as summer time ends, it is the first. Raises SkippedTimeError, ValueError.
    """
    wall = datetime.fromisoformat(text)
    if wall.tzinfo is not None:
        raise ValueError("it has a zone of its own")
    return local_time(wall, ZONE)


def is_past(value: str | datetime) -> bool:
    """Whether that moment has been."""
    return _time(value) <= datetime.now(UTC)


def iso_local(value: str | datetime) -> str:
    """As an `<input type="datetime-local">` wants it, in Norwegian time."""
    return _time(value).astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")


def _time(value: str | datetime) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _local(value: str | datetime | date) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return _time(value).astimezone(ZONE).date()
