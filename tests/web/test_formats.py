"""Days and times as people read and type them, in Norwegian time."""

from datetime import UTC, datetime

import pytest

from backend.text.local_time import SkippedTimeError
from web.page.formats import Formats, from_local

NEW_YEAR = "2026-12-31T23:00:00+00:00"
SUMMER_MIDNIGHT = "2026-06-30T22:00:00+00:00"
NOON = datetime(2026, 12, 31, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "value", "expected"),
    [
        ("nb", NEW_YEAR, "til og med 31. desember 2026"),
        ("nn", NEW_YEAR, "til og med 31. desember 2026"),
        ("en", NEW_YEAR, "until and including 31 December 2026"),
        ("nb", SUMMER_MIDNIGHT, "til og med 30. juni 2026"),
        ("nb", NOON, "til 31. desember 2026 kl. 12:00"),
        ("en", NOON, "until 31 December 2026, 12:00"),
        ("nb", "2026-12-31T23:01:00+00:00", "til 1. januar 2027 kl. 00:01"),
    ],
)
def test_what_closes_says_the_last_day_or_the_time_of_day(language, value, expected) -> None:
    assert Formats(language).until(value) == expected


def test_what_opens_says_the_time_of_day_unless_it_is_midnight() -> None:
    formats = Formats("nb")
    assert formats.opening(NEW_YEAR) == "1. januar 2027"
    assert formats.opening(NOON) == "31. desember 2026 kl. 12:00"
    assert formats.closing(NEW_YEAR) == "31. desember 2026"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2026-03-29T01:59", "2026-03-29T01:59:00+01:00"),
        ("2026-03-29T03:00", "2026-03-29T03:00:00+02:00"),
        ("2026-10-25T02:30", "2026-10-25T02:30:00+02:00"),
        ("2026-10-25T03:00", "2026-10-25T03:00:00+01:00"),
        ("2026-01-01", "2026-01-01T00:00:00+01:00"),
    ],
)
def test_typed_times_are_norwegian(typed, expected) -> None:
    assert from_local(typed).isoformat() == expected


@pytest.mark.parametrize("typed", ["2026-03-29T02:00", "2026-03-29T02:30", "2026-03-29T02:59:59"])
def test_an_hour_that_is_skipped_is_none(typed) -> None:
    with pytest.raises(SkippedTimeError):
        from_local(typed)


@pytest.mark.parametrize("typed", ["", "x", "2026-13-01T00:00", "2026-03-29T02:00+01:00", "2026-03-29T25:00"])
def test_what_is_no_time_is_said_to_be_none(typed) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_local(typed)
