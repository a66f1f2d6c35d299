"""Who supports a proposal hears what becomes of it: those of before too, by their choice, and with a way out."""

import asyncio
import time

import pytest

from backend.follows.service import follow_content
from backend.notifications.audience_preview import expected_audience
from backend.notifications.events import EventKind
from backend.notifications.fan_out import deliver_event
from backend.notifications.kinds import Cause
from backend.notifications.mutes import Subscription, mute, subscriptions, unmute
from backend.notifications.preferences import set_preferences
from backend.notifications.sending import send_deliveries
from backend.platform.authz import Actor
from backend.platform.database import execute, fetch, fetch_value
from backend.platform.errors import NotFound, Unauthenticated
from backend.proposals.states import Capacity, ProposalState
from tests.fixtures.waiting import until
from tests.notifications.village import EVERYBODY, support_event
from tests.proposals.support import proposal_ref

K = EventKind
CROWD = 62


async def add_crowd(village, number: int = CROWD) -> None:
    """People who supported long before anything was decided about hearing of it."""
    await execute(
        """WITH people AS (
               INSERT INTO account (municipality_id, display_name, email)
               SELECT $1, 'Person ' || n, 'person' || n || '@example.org' FROM generate_series(1, $3::int) n
               RETURNING id)
           INSERT INTO support_event (municipality_id, proposal_id, account_id, ordinal)
           SELECT $1, $2, id, 1 FROM people""",
        village.municipality,
        village.proposal,
        number,
    )


async def test_sixty_two_supporters_get_the_answer(village, work, office) -> None:
    await add_crowd(village)
    expected = await expected_audience(
        village.municipality, K.ANSWERED, "proposal", [village.proposal], actor_id=village.id_of("planner")
    )
    assert expected.by_content[village.proposal][Cause.SUPPORTER] == CROWD + 1
    await village.becomes(ProposalState.ANSWERED, Capacity.PLANNER, outcome="accepted")
    await village.happens(K.ANSWERED, "planner")
    await work()
    crowd = [m for m in office.taken if m["To"].startswith("person")]
    assert len(crowd) == len({m["To"] for m in crowd}) == CROWD
    assert {m["Subject"] for m in crowd} == {"Kommunen har svart på et forslag du støtter"}
    text = crowd[0].get_body(("plain",)).get_content()
    assert "som du støtter. Svar: ja." in text
    assert "Du får denne e-posten fordi du støtter forslaget." in text
    assert "Slå av varsler om dette forslaget:\r\nhttp://testserver/nb/varsler/av/" in text
    recipients = await fetch_value(
        "SELECT count(*) FROM delivery WHERE channel = 'in_app' AND cause = 'supporter'"
    )
    assert recipients == CROWD + 1
    assert expected.people == len(office.taken) == CROWD + len(EVERYBODY)


async def test_the_strongest_cause_that_was_not_turned_off_counts(village, work, office) -> None:
    await support_event(village, "follower", 1)
    await set_preferences(village.people["follower"], [], [("supporter", "email", False)])
    await village.happens(K.STATUS_CHANGED, "planner", state="assessment")
    await work()
    assert (await village.recipients("in_app", "sent"))["follower"] == "supporter"
    assert (await village.recipients("email", "sent"))["follower"] == "proposal"
    (mail,) = [m for m in office.taken if m["To"].startswith("follower@")]
    assert mail["Subject"] == "Et forslag du følger, har fått ny status"


async def test_who_lost_one_cause_is_written_to_for_another(village, office, settings) -> None:
    await support_event(village, "follower", 1)
    event = await village.happens(K.STATUS_CHANGED, "planner")
    await deliver_event(village.municipality, event)
    await support_event(village, "follower", 2)
    waiting = await fetch_value(
        "SELECT id FROM delivery WHERE account_id = $1 AND channel = 'email'", village.id_of("follower")
    )
    await send_deliveries(settings, village.municipality, [waiting])
    assert [m["Subject"] for m in office.taken] == ["Et forslag du følger, har fått ny status"]


async def test_a_muted_proposal_is_silent_but_for_decisions(village, work) -> None:
    for who in EVERYBODY:
        assert await mute(village.people[who], proposal_ref(village.proposal))
        assert not await mute(village.people[who], proposal_ref(village.proposal))
    for kind in (K.STATUS_CHANGED, K.AMENDED, K.NEW_ON_PROPOSAL, K.COMMENT_ON_YOURS):
        await village.happens(kind, "stranger", reply=kind in (K.NEW_ON_PROPOSAL, K.COMMENT_ON_YOURS))
    await work()
    # The planner follows it and has not muted it.
    recipients = await fetch("SELECT DISTINCT account_id FROM delivery")
    assert {row["account_id"] for row in recipients} == {village.id_of("planner")}
    await execute("DELETE FROM delivery")
    await village.happens(K.CONTENT_HIDDEN)
    await work()
    assert set(await village.recipients("in_app", "sent")) == {"author", "co_author"}


async def test_unmuting_and_following_bring_it_back(village) -> None:
    supporter = village.people["supporter"]
    standing = await subscriptions(supporter, "proposal", [village.proposal])
    assert standing == {village.proposal: Subscription(is_muted=False, causes=(Cause.SUPPORTER,))}
    await mute(supporter, proposal_ref(village.proposal))
    assert (await subscriptions(supporter, "proposal", [village.proposal]))[village.proposal].is_muted
    assert await unmute(supporter, proposal_ref(village.proposal))
    assert not await unmute(supporter, proposal_ref(village.proposal))
    await mute(supporter, proposal_ref(village.proposal))
    await follow_content(supporter, proposal_ref(village.proposal))
    standing = await subscriptions(supporter, "proposal", [village.proposal])
    assert standing[village.proposal] == Subscription(False, (Cause.SUPPORTER, Cause.PROPOSAL))
    everywhere = [("supporter", channel, False) for channel in ("in_app", "email")]
    await set_preferences(supporter, [], everywhere)
    assert (await subscriptions(supporter, "proposal", [village.proposal]))[village.proposal].causes == (
        Cause.PROPOSAL,
    )
    author = (await subscriptions(village.people["author"], "proposal", [village.proposal]))[village.proposal]
    assert author.causes == (Cause.AUTHOR, Cause.SUPPORTER, Cause.PROPOSAL)
    left = (await subscriptions(village.people["former_supporter"], "proposal", [village.proposal]))[
        village.proposal
    ]
    assert left.causes == ()


async def test_what_one_may_not_see_cannot_be_muted(village) -> None:
    await village.becomes(ProposalState.HIDDEN, Capacity.MODERATOR)
    for proposal in (village.proposal, 999_999):
        with pytest.raises(NotFound):
            await mute(village.people["supporter"], proposal_ref(proposal))
    with pytest.raises(Unauthenticated):
        await mute(Actor(village.municipality), proposal_ref(village.proposal))


async def test_muting_many_times_at_once_is_one_mute(village) -> None:
    supporter = village.people["supporter"]
    added = await asyncio.gather(*(mute(supporter, proposal_ref(village.proposal)) for _ in range(8)))
    assert sorted(added) == [False] * 7 + [True]


async def test_muting_while_mails_leave_stops_those_that_have_not(village, settings, office) -> None:
    """Sending looks right before each mail; a mute that is answered before stops it."""
    await add_crowd(village)
    event = await village.happens(K.STATUS_CHANGED, "planner")
    await deliver_event(village.municipality, event)
    waiting = await _emails(village)
    office.slowness = 0.01
    sending = asyncio.create_task(send_deliveries(settings, village.municipality, waiting))
    await until(lambda: bool(office.taken))
    last = await fetch_value("SELECT account_id FROM delivery WHERE id = $1", waiting[-1])
    await execute(
        "INSERT INTO notification_mute (municipality_id, account_id, proposal_id) VALUES ($1, $2, $3)",
        village.municipality,
        last,
        village.proposal,
    )
    assert await sending
    assert await fetch_value("SELECT dropped_because FROM delivery WHERE id = $1", waiting[-1]) == "muted"
    assert len(office.taken) == len(waiting) - 1


async def _emails(village) -> list[int]:
    found: list[int] = await fetch_value(
        "SELECT array_agg(id ORDER BY id) FROM delivery WHERE channel = 'email' AND municipality_id = $1",
        village.municipality,
    )
    return found


async def test_a_hundred_thousand_supporters_are_found_by_the_thousand(village) -> None:
    await add_crowd(village, 100_000)
    await execute("ANALYZE account, support_event")
    event = await village.happens(K.STATUS_CHANGED, "planner")
    began = time.perf_counter()
    await deliver_event(village.municipality, event, after=village.id_of("left") + 50_000)
    batches = time.perf_counter() - began
    began = time.perf_counter()
    expected = await expected_audience(
        village.municipality, K.ANSWERED, "proposal", [village.proposal], actor_id=None
    )
    preview = time.perf_counter() - began
    assert expected.by_content[village.proposal][Cause.SUPPORTER] == 100_001
    # Five thousand people and their 10,000 deliveries; the whole crowd counted. Each takes a second on an idle
    # machine; far below what a statement may take, also on a busy one.
    assert batches < 12, batches
    assert preview < 12, preview
