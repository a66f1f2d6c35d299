"""Waking those who wait: nobody is missed, nobody is woken twice, and a crowd does not wake as one."""

import asyncio

from api.broker import AT_ONCE, Broker, Subscriber


def _ears(hub: Broker, many: int, tag: str = "proposal:1") -> list[Subscriber]:
    ears = [hub.ear() for _ in range(many)]
    for ear in ears:
        ear.listen([tag])
    return ears


async def _is_awake(ear: Subscriber, seconds: float = 0.01) -> bool:
    try:
        await asyncio.wait_for(ear.heard(), seconds)
    except TimeoutError:
        return False
    return True


async def test_only_who_waits_for_a_tag_is_woken() -> None:
    hub = Broker()
    (one,), (other,) = _ears(hub, 1), _ears(hub, 1, "proposal:2")
    hub.hear({"proposal:1", "topic:7"})
    assert await _is_awake(one)
    assert not await _is_awake(other)


async def test_what_changed_while_nobody_waited_is_heard_once() -> None:
    hub = Broker()
    (ear,) = _ears(hub, 1)
    for _ in range(3):
        hub.hear({"proposal:1"})
    assert await _is_awake(ear)
    assert not await _is_awake(ear)


async def test_listening_to_something_else_replaces_what_was_before() -> None:
    hub = Broker()
    (ear,) = _ears(hub, 1)
    ear.listen(["proposal:2"])
    hub.hear({"proposal:1"})
    assert not await _is_awake(ear)
    hub.hear({"proposal:2"})
    assert await _is_awake(ear)
    ear.close()
    assert len(hub) == 0


async def test_a_crowd_wakes_one_after_the_other() -> None:
    hub = Broker()
    ears = _ears(hub, AT_ONCE + 100)
    hub.hear({"proposal:1"})
    await asyncio.sleep(0)
    assert sum(ear._heard.is_set() for ear in ears) == AT_ONCE
    hub.hear({"proposal:1"})
    await asyncio.sleep(0.9)
    assert all(ear._heard.is_set() for ear in ears)
    for ear in ears:
        ear.close()


async def test_after_a_silence_everybody_reads_again() -> None:
    hub = Broker()
    ears = _ears(hub, 20) + _ears(hub, 20, "moderation")
    hub.wake_all()
    assert all(await asyncio.gather(*(_is_awake(ear, 3.0) for ear in ears)))


async def test_who_left_is_not_woken() -> None:
    hub = Broker()
    ears = _ears(hub, AT_ONCE + 10)
    hub.hear({"proposal:1"})
    for ear in ears:
        ear.close()
    await asyncio.sleep(0.5)
    assert sum(ear._heard.is_set() for ear in ears) == AT_ONCE
