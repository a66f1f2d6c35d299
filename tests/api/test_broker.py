"""Waking those who wait: nobody is missed, nobody is woken twice, and a crowd does not wake as one."""

import asyncio

from api.broker import AT_ONCE, Broker, Subscriber


def _subscribers(broker: Broker, many: int, tag: str = "proposal:1") -> list[Subscriber]:
    subscribers = [broker.subscribe() for _ in range(many)]
    for subscriber in subscribers:
        subscriber.listen([tag])
    return subscribers


async def _is_awake(subscriber: Subscriber, seconds: float = 0.01) -> bool:
    try:
        await asyncio.wait_for(subscriber.changed(), seconds)
    except TimeoutError:
        return False
    return True


async def test_only_who_waits_for_a_tag_changed() -> None:
    broker = Broker()
    (one,), (other,) = _subscribers(broker, 1), _subscribers(broker, 1, "proposal:2")
    broker.on_tags({"proposal:1", "topic:7"})
    assert await _is_awake(one)
    assert not await _is_awake(other)


async def test_what_changed_while_nobody_waited_is_heard_once() -> None:
    broker = Broker()
    (subscriber,) = _subscribers(broker, 1)
    for _ in range(3):
        broker.on_tags({"proposal:1"})
    assert await _is_awake(subscriber)
    assert not await _is_awake(subscriber)


async def test_listening_to_something_else_replaces_what_was_before() -> None:
    broker = Broker()
    (subscriber,) = _subscribers(broker, 1)
    subscriber.listen(["proposal:2"])
    broker.on_tags({"proposal:1"})
    assert not await _is_awake(subscriber)
    broker.on_tags({"proposal:2"})
    assert await _is_awake(subscriber)
    subscriber.close()
    assert len(broker) == 0


async def test_a_crowd_wakes_one_after_the_other() -> None:
    broker = Broker()
    subscribers = _subscribers(broker, AT_ONCE + 100)
    broker.on_tags({"proposal:1"})
    await asyncio.sleep(0)
    assert sum(subscriber._changed.is_set() for subscriber in subscribers) == AT_ONCE
    broker.on_tags({"proposal:1"})
    await asyncio.sleep(0.9)
    assert all(subscriber._changed.is_set() for subscriber in subscribers)
    for subscriber in subscribers:
        subscriber.close()


async def test_after_a_silence_everybody_reads_again() -> None:
    broker = Broker()
    subscribers = _subscribers(broker, 20) + _subscribers(broker, 20, "moderation")
    broker.wake_all()
    assert all(await asyncio.gather(*(_is_awake(subscriber, 3.0) for subscriber in subscribers)))


async def test_who_left_is_not_woken() -> None:
    broker = Broker()
    subscribers = _subscribers(broker, AT_ONCE + 10)
    broker.on_tags({"proposal:1"})
    for subscriber in subscribers:
        subscriber.close()
    await asyncio.sleep(0.5)
    assert sum(subscriber._changed.is_set() for subscriber in subscribers) == AT_ONCE
