"""When things happened: days before now, at an hour when people are up and offices are open."""

from datetime import UTC, datetime, timedelta
from random import Random

_UP = (6, 20)
_OFFICE = (8, 13)
_SATURDAY = 5
_RECENT_DAYS = 1.0
"""What is newer than this happened to the minute: an hour of our choosing could lie ahead."""


class Times:
    """The times of one seeding; the same content gets the same ones, counted from `now` (UTC)."""

    def __init__(self, now: datetime, seed: str) -> None:
        self.now = now
        self._random = Random(seed)  # noqa: S311  # nothing depends on these times being secret

    def ago(self, days: float) -> datetime:
        """Some waking hour of the day that was `days` ago."""
        return self._at_hour(days, _UP)

    def office(self, days: float) -> datetime:
        """As `ago`, for those at work: a weekend's becomes the Friday before."""
        at = self._at_hour(days, _OFFICE)
        return at - timedelta(days=max(0, at.weekday() - _SATURDAY + 1)) if days > _RECENT_DAYS else at

    def between(self, start: datetime, end: datetime, count: int) -> list[datetime]:
        """So many times in order, more of them in the beginning than towards the end."""
        span = end - start
        return sorted(
            self._awake(start + span * self._random.random() ** 1.7, start, end) for _ in range(count)
        )

    def within(self, days: float, start: datetime, end: datetime) -> datetime:
        """As `ago`, but between the two: some time there where that is earlier or later."""
        at = self.ago(days)
        return at if start < at < end else self.between(start, end, 1)[0]

    def after(self, at: datetime, least: timedelta, most: timedelta) -> datetime:
        """Some time after `at`, never in the future."""
        return min(at + least + (most - least) * self._random.random(), self.now)

    def reply(self, at: datetime, least: timedelta, most: timedelta) -> datetime:
        """As `after`, and in the morning where it would be at night."""
        first, last = _UP
        answered = at + least + (most - least) * self._random.random()
        if not first <= answered.hour <= last:
            answered += timedelta(hours=(first - answered.hour) % 24 + self._random.randint(0, 3))
        return min(answered, self.now)

    def before(self, at: datetime, least: timedelta, most: timedelta) -> datetime:
        """Some time before `at`."""
        return at - least - (most - least) * self._random.random()

    def sample(self, people: list[int], count: int) -> list[int]:
        """So many different people, or all there are."""
        return self._random.sample(people, min(count, len(people)))

    def _at_hour(self, days: float, hours: tuple[int, int]) -> datetime:
        at = self.now - timedelta(days=days)
        if days <= _RECENT_DAYS:
            return at
        return at.replace(hour=self._random.randint(*hours), minute=self._random.randint(0, 59))

    def _awake(self, at: datetime, start: datetime, end: datetime) -> datetime:
        first, last = _UP
        moved = at
        if at.hour < first:
            moved += timedelta(hours=first - at.hour + self._random.randint(0, 3))
        elif at.hour > last:
            moved -= timedelta(hours=at.hour - last + self._random.randint(0, 3))
        # Who is up at night does it then, rather than before it was possible or after it no longer was.
        return moved if start < moved < end else at


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)
