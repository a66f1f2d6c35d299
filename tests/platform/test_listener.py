"""Hearing of changes: after commit, never after rollback, and again after the connection was lost."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from backend.platform.database import execute, unit_of_work
from backend.platform.errors import NotFound
from backend.platform.listener import Listener
from backend.platform.settings import Settings
from backend.platform.tags import changed
from tests.fixtures.databases import database_name
from tests.platform.support import connect, connected


@dataclass
class _Subscriber:
    """What a listener has told."""

    listener: Listener
    tags: asyncio.Queue[frozenset[str]] = field(default_factory=asyncio.Queue)
    states: list[bool] = field(default_factory=list)

    async def next(self) -> frozenset[str]:
        return await asyncio.wait_for(self.tags.get(), 10)

    async def until(self, *, up: bool) -> None:
        async with asyncio.timeout(20):
            while self.listener.is_up is not up:  # noqa: ASYNC110 - how it tells by itself is what is proved
                await asyncio.sleep(0.01)


@pytest.fixture
async def subscriber(fresh: Settings) -> AsyncIterator[_Subscriber]:
    listener = Listener(fresh)
    subscriber = _Subscriber(listener)
    listener.on_tags(subscriber.tags.put_nowait)
    listener.on_state(subscriber.states.append)
    async with listener.running():
        await subscriber.until(up=True)
        yield subscriber


async def _kill_listeners(settings: Settings) -> int:
    async with connected(settings) as held:
        return len(
            await held.fetch(
                """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE datname = current_database() AND query ILIKE 'LISTEN%' AND pid <> pg_backend_pid()"""
            )
        )


async def test_tags_are_heard_after_commit(subscriber: _Subscriber) -> None:
    async with unit_of_work():
        await changed(["topic:3", "proposal:7", "topic:3"])
        await asyncio.sleep(0.2)
        assert subscriber.tags.empty()
    assert await subscriber.next() == {"topic:3", "proposal:7"}
    assert subscriber.tags.empty()


async def test_what_was_rolled_back_is_not_heard(subscriber: _Subscriber) -> None:
    async def change_nothing() -> None:
        async with unit_of_work():
            await changed(["proposal:1"])
            raise NotFound("no", "Nei.")

    with pytest.raises(NotFound):
        await change_nothing()
    await changed(["proposal:2"])
    assert await subscriber.next() == {"proposal:2"}


async def test_more_tags_than_fit_into_one_message_all_arrive(subscriber: _Subscriber) -> None:
    sent = {f"proposal:{number}" for number in range(2000)}
    await changed(sent)
    received: set[str] = set()
    while received != sent:
        received |= await subscriber.next()


async def test_nothing_is_shown_of_nothing(subscriber: _Subscriber) -> None:
    await changed([])
    await changed(["proposal:1"])
    assert await subscriber.next() == {"proposal:1"}


async def test_a_killed_connection_is_noticed_at_once_and_made_anew(
    fresh: Settings, subscriber: _Subscriber
) -> None:
    for round_ in range(2):
        assert await _kill_listeners(fresh) == 1
        await subscriber.until(up=False)
        await subscriber.until(up=True)
        await changed([f"proposal:{round_}"])
        assert await subscriber.next() == {f"proposal:{round_}"}
    assert subscriber.states == [True, False, True, False, True]


async def test_while_the_database_is_away_it_keeps_trying(fresh: Settings, subscriber: _Subscriber) -> None:
    admin = await connect(fresh, "postgres")
    name = database_name(fresh)
    try:
        await admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        await subscriber.until(up=False)
        await asyncio.sleep(1.2)
        assert not subscriber.listener.is_up
        await admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    finally:
        await admin.close()
    await subscriber.until(up=True)
    await changed(["proposal:1"])
    assert await subscriber.next() == {"proposal:1"}


async def test_it_leaves_no_connection_behind(fresh: Settings) -> None:
    listener = Listener(fresh)
    subscriber = _Subscriber(listener)
    async with listener.running():
        await subscriber.until(up=True)
    assert not listener.is_up
    async with connected(fresh) as held, asyncio.timeout(5):
        while await held.fetchval(  # noqa: ASYNC110 - the server tells only who asks
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE 'LISTEN%'"
        ):
            await asyncio.sleep(0.01)


async def test_every_hearer_hears(fresh: Settings) -> None:
    listener = Listener(fresh)
    first, second = _Subscriber(listener), _Subscriber(listener)
    listener.on_tags(first.tags.put_nowait)
    listener.on_tags(second.tags.put_nowait)
    async with listener.running():
        await first.until(up=True)
        await execute("SELECT pg_notify('changed', 'a b')")
        assert await first.next() == await second.next() == {"a", "b"}
