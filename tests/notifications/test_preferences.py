"""People choose what they are told and where; what concerns their rights they are always told."""

import asyncio

import pytest

from backend.notifications.events import EventKind
from backend.notifications.kinds import Channel
from backend.notifications.preferences import preferences_of, set_preference, set_preferences
from backend.platform.authz import Actor
from backend.platform.database import fetch_value
from backend.platform.errors import Forbidden, Invalid, Unauthenticated

K = EventKind


async def test_defaults_and_choices(village) -> None:
    follower = village.people["follower"]
    before = {(p.kind, p.channel): p.enabled for p in await preferences_of(follower)}
    assert len(before) == len(K) * len(Channel)
    assert all(before[kind, Channel.IN_APP] for kind in K)
    assert before[K.ANSWERED, Channel.EMAIL]
    assert not before[K.NEW_IN_TOPIC, Channel.EMAIL]
    await set_preference(follower, "new_in_topic", "email", enabled=True)
    await set_preference(follower, "answered", "email", enabled=False)
    await set_preference(follower, "answered", "email", enabled=False)
    after = {(p.kind, p.channel): p.enabled for p in await preferences_of(follower)}
    changed = {choice for choice in before if before[choice] != after[choice]}
    assert changed == {(K.NEW_IN_TOPIC, Channel.EMAIL), (K.ANSWERED, Channel.EMAIL)}
    assert all(p.enabled == before[p.kind, p.channel] for p in await preferences_of(village.people["author"]))


async def test_decisions_against_a_person_are_always_notified(village, work) -> None:
    author = village.people["author"]
    with pytest.raises(Forbidden, match="notification_required"):
        await set_preference(author, "rejected", "in_app", enabled=False)
    await set_preference(author, "rejected", "email", enabled=False)
    assert all(p.enabled for p in await preferences_of(author) if p.is_required)
    await village.wants("author", K.CONTENT_HIDDEN, "in_app", False)
    await village.happens(K.CONTENT_HIDDEN)
    await work()
    assert "author" in await village.recipients("in_app", "sent")


@pytest.mark.parametrize(("kind", "channel"), [("lottery", "email"), ("answered", "pigeon"), ("", "")])
async def test_what_does_not_exist_is_refused(kind, channel, village) -> None:
    with pytest.raises(Invalid, match="notification_unknown"):
        await set_preference(village.people["author"], kind, channel, enabled=True)


async def test_nobody_is_not_a_person(village) -> None:
    with pytest.raises(Unauthenticated):
        await preferences_of(Actor(village.municipality))
    with pytest.raises(Unauthenticated):
        await set_preference(Actor(village.municipality), "answered", "email", enabled=True)


async def test_choosing_twice_at_once_leaves_one_choice(village) -> None:
    author = village.people["author"]
    await asyncio.gather(*(set_preference(author, "answered", "email", enabled=n % 2 == 0) for n in range(8)))
    assert await fetch_value("SELECT count(*) FROM notification_preference") == 1


async def test_many_are_chosen_together_or_not_at_all(village) -> None:
    author = village.people["author"]
    with pytest.raises(Forbidden, match="notification_required"):
        await set_preferences(author, [("answered", "email", False), ("rejected", "in_app", False)])
    with pytest.raises(Invalid, match="notification_unknown"):
        await set_preferences(author, [("answered", "email", False), ("answered", "pigeon", True)])
    assert await fetch_value("SELECT count(*) FROM notification_preference") == 0
    await set_preferences(
        author,
        [("answered", "email", True), ("published", "in_app", False), ("answered", "email", False)],
    )
    after = {(p.kind, p.channel): p.enabled for p in await preferences_of(author)}
    assert not after[K.ANSWERED, Channel.EMAIL]
    assert not after[K.PUBLISHED, Channel.IN_APP]
    await set_preferences(author, [])
