"""Times of day that people typed, as moments; some hour of spring no clock ever shows."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


class SkippedTimeError(ValueError):
    """There is no such time of day on that date: summer time begins and skips it."""


def local_time(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which the clocks of the zone show this; of an hour that comes twice it is the first.

    `wall` has no zone of its own. Raises SkippedTimeError, and OverflowError at the edge of the calendar.
    """
    moment = wall.replace(tzinfo=zone)
    # There and back again an hour that is skipped comes out as another.
    if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall.replace(fold=0):
        raise SkippedTimeError
    return moment
