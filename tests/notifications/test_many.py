"""A topic that ten thousand follow: told in a bounded number of statements, and from where a job stopped."""

import pytest

from backend.notifications.audience import BATCH
from backend.notifications.events import EventKind
from backend.notifications.fan_out import BATCHES_PER_JOB, deliver_event
from backend.platform.database import execute, fetch_value, unit_of_work

MANY = 10_000


@pytest.fixture
async def followers(village) -> None:
    await execute(
        """WITH people AS (
               INSERT INTO account (municipality_id, display_name, email)
               SELECT $1, 'Person ' || n, 'person' || n || '@example.org' FROM generate_series(1, $3::int) n
               RETURNING id),
           wishes AS (
               INSERT INTO notification_preference (municipality_id, account_id, kind, channel, wanted)
               SELECT $1, id, 'new_in_topic', 'email', true FROM people)
           INSERT INTO follow (municipality_id, account_id, topic_id) SELECT $1, id, $2 FROM people""",
        village.municipality,
        village.topic,
        MANY,
    )


async def _counted(municipality: int, event: int, after: int = 0) -> int:
    statements = []
    async with unit_of_work() as connection:
        with connection.query_logger(statements.append):
            await deliver_event(municipality, event, after=after)
    return len(statements)


async def test_the_number_of_statements_does_not_follow_the_number_of_people(village, followers) -> None:
    event = await village.happens(EventKind.NEW_IN_TOPIC, "author")
    statements = await _counted(village.municipality, event)
    in_app = "SELECT count(*) FROM delivery WHERE channel = 'in_app'"
    first_part = await fetch_value(in_app)
    assert 0 < BATCH * BATCHES_PER_JOB - first_part < 10
    # For each thousand: the deliveries, the tags in a few messages of 8 KB, the jobs and their signal.
    assert statements <= BATCHES_PER_JOB * 8 + 4
    after = await fetch_value(
        "SELECT (payload->>'after')::bigint FROM outbox WHERE key LIKE 'event:%:%' AND job = 'notify_event'"
    )
    assert await _counted(village.municipality, event, after) <= BATCHES_PER_JOB * 8 + 4
    # The first part once more, as after a crash.
    await deliver_event(village.municipality, event)


async def test_everybody_is_notified_once(village, followers, settings) -> None:
    event = await village.happens(EventKind.NEW_IN_TOPIC, "author")
    after: int | None = 0
    while after is not None:
        await execute("DELETE FROM outbox WHERE job = 'notify_event'")
        await deliver_event(village.municipality, event, after=after)
        await deliver_event(village.municipality, event, after=after)
        after = await fetch_value(
            "SELECT max((payload->>'after')::bigint) FROM outbox WHERE job = 'notify_event'"
        )
    others = len(("follower", "topic_follower", "planner"))
    assert await fetch_value("SELECT count(*) FROM delivery WHERE channel = 'in_app'") == MANY + others
    assert await fetch_value("SELECT count(DISTINCT account_id) FROM delivery") == MANY + others
    assert await fetch_value("SELECT count(*) FROM delivery WHERE channel = 'email'") == MANY
    count_sql = "SELECT sum(jsonb_array_length(payload->'delivery_ids')) FROM outbox WHERE job = 'send_mail'"
    assert await fetch_value(count_sql) == MANY
