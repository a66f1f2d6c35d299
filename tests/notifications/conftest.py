"""A post office, the outbox worked through as the workers do, and a proposal with everybody around it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest

import workers.notifications
from backend.platform.database import execute, fetch
from backend.platform.settings import Settings
from tests.notifications.post_office import PostOffice
from tests.notifications.village import Village, make_village
from workers.job import run_row

JOBS = ["notify_event", "send_mail", "sweep_sending"]


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    office = PostOffice()
    await office.open()
    yield office
    await office.close()


@pytest.fixture
def settings(fresh: Settings, office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """What the worker's jobs read: this test's database and this test's mail server."""
    settings = replace(fresh, smtp_url=office.url)
    monkeypatch.setattr(workers.notifications, "get_settings", lambda: settings)
    return settings


@pytest.fixture
def work(settings: Settings) -> Callable[..., Awaitable[int]]:
    """Do the due jobs of notifications until none is left; returns how many ran. `again` ends every wait."""

    async def run(*, again: bool = False) -> int:
        done = 0
        if again:
            await execute("UPDATE outbox SET due_at = now() WHERE done_at IS NULL AND failed_at IS NULL")
        while rows := await fetch(
            """SELECT id FROM outbox WHERE done_at IS NULL AND failed_at IS NULL AND due_at <= now()
               AND job = ANY($1) ORDER BY id""",
            JOBS,
        ):
            for row in rows:
                await run_row(row["id"])
                done += 1
        return done

    return run


@pytest.fixture
async def village(settings: Settings) -> Village:
    return await make_village(settings)
