"""Lists of comments: order, pages, placeholders, and how many statements they take."""

import pytest

from backend.comments.access import visible_comments
from backend.comments.queries import (
    CommentSort,
    PageKey,
    own_comments_aside,
    reply_pages,
    thread_pages,
)
from backend.comments.rules import may
from backend.comments.service import withdraw_comment
from backend.platform.authz import Actor, Role
from backend.platform.database import execute
from tests.comments.support import SENTENCES, commented, handed_in, many_comments
from tests.fixtures.counting import count_queries
from tests.proposals.support import OTHER_WORDS, proposal_ref, published


@pytest.mark.parametrize("sort", list(CommentSort))
async def test_pages_neither_skip_nor_repeat(fresh, person, topic_id, sort) -> None:
    resident = await person()
    proposal_id = await published(await person(), await topic_id())
    ids = list(await many_comments(resident, proposal_id, 25))
    # Several at one moment: the id decides.
    await execute("UPDATE comment SET published_at = now() WHERE id = ANY($1)", ids[-10:])
    seen: list[int] = []
    key = PageKey(proposal_ref(proposal_id))
    while rows := (await thread_pages(3201, [key], sort, limit=7))[key]:
        seen += [row.id for row in rows]
        key = PageKey(proposal_ref(proposal_id), after_at=rows[-1].published_at, after_id=rows[-1].id)
    assert seen == (ids if sort is CommentSort.OLDEST else ids[::-1])


async def test_replies_of_many_comments_come_in_one_statement(fresh, person, topic_id) -> None:
    resident = await person()
    proposal_id = await published(await person(), await topic_id())
    for parents in (1, 100):
        ids = await many_comments(resident, proposal_id, parents)
        for parent_id in ids[:3]:
            await many_comments(resident, proposal_id, 4, parent_id)
        keys = [PageKey(proposal_ref(proposal_id), parent_id) for parent_id in ids]
        async with count_queries() as statements:
            pages = await reply_pages(3201, keys, limit=3)
        assert statements.count == 1, str(statements)
        assert [len(pages[key]) for key in keys][:4] == ([3] if parents == 1 else [3, 3, 3, 0])


async def test_pages_of_many_proposals_come_in_one_statement(fresh, person, topic_id) -> None:
    resident, topic = await person(), await topic_id()
    first = await published(await person(), topic)
    second = await published(await person(), topic, OTHER_WORDS)
    await many_comments(resident, first, 3)
    keys = [PageKey(proposal_ref(first)), PageKey(proposal_ref(second))]
    async with count_queries() as statements:
        pages = await thread_pages(3201, keys, CommentSort.NEWEST, limit=10)
    assert statements.count == 1
    assert [len(pages[key]) for key in keys] == [3, 0]


async def test_what_was_withdrawn_keeps_its_place_while_there_are_replies(fresh, person, topic_id) -> None:
    resident, other = await person(), await person()
    proposal_id = await published(await person(), await topic_id())
    with_reply = await commented(resident, proposal_id)
    await commented(other, proposal_id, SENTENCES[1], with_reply)
    alone = await commented(resident, proposal_id, SENTENCES[2])
    for comment_id in (with_reply, alone):
        await withdraw_comment(resident, comment_id)
    key = PageKey(proposal_ref(proposal_id))
    rows = (await thread_pages(3201, [key], CommentSort.OLDEST, limit=10))[key]
    assert [row.id for row in rows] == [with_reply]
    for reader in (Actor(municipality_id=3201), other, resident):
        facts = (await visible_comments(reader, [with_reply]))[with_reply]
        assert not may(reader, "read", facts)
    moderator = await person(role=Role.MODERATOR)
    assert may(moderator, "read", (await visible_comments(moderator, [with_reply]))[with_reply])


async def test_what_waits_is_for_its_author_and_moderators(fresh, person, topic_id) -> None:
    resident, other, moderator = await person(), await person(), await person(role=Role.MODERATOR)
    proposal_id = await published(await person(), await topic_id())
    comment_id = await handed_in(resident, proposal_id)
    key = PageKey(proposal_ref(proposal_id))
    assert (await thread_pages(3201, [key], CommentSort.NEWEST, limit=10))[key] == []
    aside = await own_comments_aside(resident, [proposal_ref(proposal_id)], limit=10)
    assert [row.id for row in aside[proposal_ref(proposal_id)]] == [comment_id]
    assert await own_comments_aside(other, [proposal_ref(proposal_id)], limit=10) == {}
    for reader, sees in ((resident, True), (moderator, True), (other, False), (Actor(3201), False)):
        assert (comment_id in await visible_comments(reader, [comment_id])) is sees
