"""Following topics and proposals."""

import asyncio

import pytest

from backend.follows.queries import followed_content, followed_topics, own_follows
from backend.follows.service import follow_content, follow_topic, unfollow_content, unfollow_topic
from backend.platform.authz import Actor
from backend.platform.database import fetch_value
from backend.platform.errors import NotFound, Unauthenticated
from tests.fixtures.counting import count_queries
from tests.proposals.support import draft, proposal_ref, published


async def test_following_is_done_once_however_often_it_is_requested(fresh, person, topic_id) -> None:
    resident, topic = await person(), await topic_id()
    proposal_id = await published(await person(), topic)
    answers = await asyncio.gather(*(follow_content(resident, proposal_ref(proposal_id)) for _ in range(5)))
    assert sorted(answers) == [False] * 4 + [True]
    assert await follow_topic(resident, topic)
    assert not await follow_topic(resident, topic)
    assert await fetch_value("SELECT count(*) FROM follow") == 2
    assert await unfollow_content(resident, proposal_ref(proposal_id))
    assert not await unfollow_content(resident, proposal_ref(proposal_id))
    assert await unfollow_topic(resident, topic)
    assert await fetch_value("SELECT count(*) FROM follow") == 0


async def test_what_one_may_not_see_cannot_be_followed(fresh, person, topic_id) -> None:
    hidden = await draft(await person(), await topic_id())
    with pytest.raises(NotFound):
        await follow_content(await person(), proposal_ref(hidden))
    with pytest.raises(NotFound):
        await follow_topic(await person(), 999_999)
    stranger = Actor(municipality_id=3201)
    for act in (follow_topic, unfollow_topic, follow_content, unfollow_content):
        with pytest.raises(Unauthenticated):
            await act(stranger, 1)


async def test_follows_of_many_come_in_one_statement_and_in_pages(fresh, person, topic_id) -> None:
    resident, topic = await person(), await topic_id()
    proposal_id = await published(await person(), topic)
    await follow_content(resident, proposal_ref(proposal_id))
    await follow_topic(resident, topic)
    for ids in ([proposal_id], [proposal_id, *range(1_000, 1_099)]):
        async with count_queries() as statements:
            assert await followed_content(resident, "proposal", ids) == {proposal_id}
        assert statements.count == 1
    assert await followed_topics(resident, [topic, 999]) == {topic}
    assert await followed_topics(await person(), [topic]) == set()
    first = await own_follows(resident, before=None, limit=1)
    second = await own_follows(resident, before=first[0].id, limit=5)
    assert [(row.topic_id, row.content) for row in first + second] == [
        (topic, None),
        (None, proposal_ref(proposal_id)),
    ]
