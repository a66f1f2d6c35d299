"""Things happened in an order that is possible, whatever the day and hour of seeding."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.platform.database import fetch, fetch_value
from backend.platform.settings import Settings
from tests.demo.impossible import IMPOSSIBLE


@pytest.mark.parametrize("what", IMPOSSIBLE)
async def test_nothing_impossible_happened(demo: Settings, what: str) -> None:
    assert await fetch_value(IMPOSSIBLE[what]) == 0


async def test_it_is_spread_over_four_months(demo: Settings) -> None:
    (row,) = await fetch("SELECT min(published_at) AS first, max(published_at) AS last FROM proposal")
    now = datetime.now(UTC)
    assert timedelta(days=100) < now - row["first"] < timedelta(days=135)
    assert now - row["last"] < timedelta(days=10)
