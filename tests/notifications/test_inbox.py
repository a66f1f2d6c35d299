"""The notifications a person sees in the app."""

import asyncio

import pytest

from backend.notifications.events import EventKind
from backend.notifications.inbox import (
    describe,
    list_inbox,
    mark_all_read,
    mark_read,
    unread_count,
)
from backend.platform.authz import Actor
from backend.platform.database import connection, execute
from backend.platform.errors import Unauthenticated
from backend.proposals.states import Capacity, ProposalState

K = EventKind


@pytest.fixture
async def notified(village, work) -> None:
    for number in range(5):
        await village.happens(K.STATUS_CHANGED, "planner", key=str(number))
    await work()


async def test_pages_newest_first(village, notified) -> None:
    follower = village.people["follower"]
    first = await list_inbox(follower, before=None, limit=3)
    rest = await list_inbox(follower, before=first[-1].id, limit=3)
    ids = [row.id for row in first + rest]
    assert len(first) == 3
    assert len(rest) == 2
    assert ids == sorted(ids, reverse=True)
    assert {(row.kind, row.cause) for row in first} == {(K.STATUS_CHANGED, "proposal")}
    assert await list_inbox(village.people["stranger"], before=None, limit=3) == []


async def test_reading(village, notified) -> None:
    follower, author = village.people["follower"], village.people["author"]
    rows = await list_inbox(follower, before=None, limit=10)
    assert await unread_count(follower) == 5
    assert await mark_read(follower, [rows[0].id, rows[0].id]) == 1
    assert await mark_read(follower, [rows[0].id]) == 0
    assert await mark_read(author, [rows[1].id]) == 0
    assert await unread_count(follower) == 4
    assert await mark_all_read(follower, up_to=rows[2].id) == 3
    assert [r.id for r in await list_inbox(follower, before=None, limit=10, unread_only=True)] == [rows[1].id]
    assert await unread_count(author) == 5


async def test_subscribers_hear_of_news_and_of_reading(village, work) -> None:
    heard: list[str] = []
    async with connection() as listener:
        await listener.add_listener("changed", lambda *parts: heard.append(parts[-1]))
        try:
            await village.happens(K.STATUS_CHANGED, "planner")
            await work()
            follower = village.people["follower"]
            rows = await list_inbox(follower, before=None, limit=1)
            await mark_read(follower, [rows[0].id])
            await asyncio.sleep(0.2)
        finally:
            await listener.reset()
    tags = [tag for message in heard for tag in message.split() if tag.startswith("inbox:")]
    assert tags.count(f"inbox:{follower.account_id}") == 2
    assert tags.count(f"inbox:{village.id_of('author')}") == 1


async def test_words_in_the_persons_language_and_nothing_of_what_is_hidden(village, notified) -> None:
    await village.happens(K.CONTENT_HIDDEN, key="h")
    co_author, follower = village.people["co_author"], village.people["follower"]
    rows = await list_inbox(co_author, before=None, limit=1)
    assert (await describe(co_author, rows))[rows[0].id].text == (
        "Your proposal “Sykkelvei langs Sandvikselva” has a new status: Open for support."
    )
    await village.becomes(ProposalState.HIDDEN, Capacity.MODERATOR)
    rows = await list_inbox(follower, before=None, limit=1)
    said = (await describe(follower, rows))[rows[0].id]
    assert said.text == said.subject == "Et forslag du følger, har fått ny status"


async def test_what_is_said_of_a_step_stays_true_when_the_next_one_is_taken(village, work) -> None:
    await village.becomes(ProposalState.ASSESSMENT, Capacity.PLANNER)
    await village.happens(K.STATUS_CHANGED, "planner", key="1", state="assessment")
    await village.becomes(ProposalState.ANSWERED, Capacity.PLANNER, outcome="declined")
    await village.happens(K.ANSWERED, "planner", key="2", state="answered", outcome="declined")
    await village.becomes(ProposalState.UNDER_WAY, Capacity.PLANNER)
    await work()
    follower = village.people["follower"]
    rows = await list_inbox(follower, before=None, limit=5)
    said = await describe(follower, rows)
    assert [said[row.id].text for row in rows] == [
        "Kommunen har svart på forslaget «Sykkelvei langs Sandvikselva». Svar: nei.",
        "Forslaget «Sykkelvei langs Sandvikselva» har fått ny status: Under vurdering.",
    ]


async def test_counting_stops_at_a_hundred(village, notified) -> None:
    await execute(
        """WITH events AS (INSERT INTO event (municipality_id, kind, key, proposal_id, detail)
               SELECT $1, 'answered', 'x' || n, $3, '{}' FROM generate_series(1, 150) n RETURNING id)
           INSERT INTO delivery (municipality_id, event_id, account_id, channel, cause, state)
           SELECT $1, id, $2, 'in_app', 'author', 'sent' FROM events""",
        village.municipality,
        village.id_of("author"),
        village.proposal,
    )
    assert await unread_count(village.people["author"]) == 100


async def test_nobody_has_no_inbox(village) -> None:
    nobody = Actor(village.municipality)
    for reading in (list_inbox(nobody, before=None, limit=1), unread_count(nobody), mark_read(nobody, [1])):
        with pytest.raises(Unauthenticated):
            await reading
