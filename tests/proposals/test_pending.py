"""An edit of what is public waits: what others read, find and support is the text in force until it is published."""

import asyncio
from dataclasses import replace

import pytest

from backend.moderation.decisions import Decision, Ruling, decide
from backend.moderation.details import decisions_in_force
from backend.moderation.queue import access_case
from backend.moderation.reasons import ReasonCode
from backend.moderation.reports import report_content
from backend.moderation.service import screen_content
from backend.platform.authz import Actor, Role
from backend.platform.database import execute, fetch, fetch_row, fetch_value
from backend.platform.errors import Conflict, Forbidden, NotFound, Unauthenticated
from backend.proposals.assessment import start_assessment
from backend.proposals.content import Point
from backend.proposals.invitations import invite, redeem
from backend.proposals.pending import PendingState, pending_versions_of
from backend.proposals.service import ProposalInput, edit_proposal, withdraw_edit, withdraw_proposal
from backend.proposals.similar import similar_proposals
from backend.proposals.supports import support
from tests.fixtures.people import MakePerson
from tests.moderation.support import approve_first, case, events_of
from tests.proposals.support import OTHER_WORDS, WORDS, edited, events, published, read, refused_with

GROUND = "Endringen handler om noe annet enn forslaget."
COARSE = replace(OTHER_WORDS, body="Ordføreren er en jævla hore, og jeg skal drepe deg. " * 2)


@pytest.fixture
async def author(person: MakePerson) -> Actor:
    return await person()


@pytest.fixture
async def topic(topic_id) -> int:
    return await topic_id()


async def _pending(proposal_id: int):
    return (await pending_versions_of(3201, [proposal_id])).get(proposal_id)


async def _approval(author: Actor, topic: int, words: ProposalInput = OTHER_WORDS) -> tuple[int, int]:
    """A public proposal with an edit that waits for a moderator, and its case."""
    proposal_id = await published(author, topic)
    await approve_first(topic)
    await edit_proposal(author, proposal_id, words, expected_version=1)
    held = await screen_content(3201, "edit", proposal_id, 2)
    assert held is not None
    assert "approval_required" in held.reasons
    return proposal_id, held.case_id


async def test_the_words_in_force_stay_until_a_moderator_approves(author, person, topic) -> None:
    proposal_id, case_id = await _approval(author, topic)
    before = await read(proposal_id)
    assert (before.title, before.body, before.version) == (WORDS.title, WORDS.body, 1)
    found = "SELECT count(*) FROM proposal WHERE search @@ to_tsquery('simple', $1)"
    assert (await fetch_value(found, "sandvikselv:*"), await fetch_value(found, "park:*")) == (1, 0)
    assert await similar_proposals(3201, OTHER_WORDS.title, OTHER_WORDS.body, limit=5) == []
    assert await fetch_value("SELECT count(*) FROM proposal_version") == 1
    pending = await _pending(proposal_id)
    assert (pending.title, pending.number, pending.editor_id) == (OTHER_WORDS.title, 2, author.account_id)
    assert '"is_edit": true' in (await events_of("held"))[-1]["detail"]

    await decide(await person(role=Role.MODERATOR), case_id, Ruling(Decision.APPROVE, 2))
    after = await read(proposal_id)
    assert (after.title, after.body, after.version) == (OTHER_WORDS.title, OTHER_WORDS.body, 2)
    assert (await fetch_value(found, "sandvikselv:*"), await fetch_value(found, "park:*")) == (0, 1)
    assert await _pending(proposal_id) is None
    version = await fetch_row("SELECT * FROM proposal_version WHERE number = 2")
    assert (version["title"], version["editor_id"]) == (OTHER_WORDS.title, author.account_id)
    assert (await events_of("published"))[-1]["proposal_id"] == proposal_id


async def test_what_would_be_held_is_held_as_an_edit_too(author, topic) -> None:
    proposal_id = await published(author, topic)
    await edit_proposal(author, proposal_id, COARSE, expected_version=1)
    held = await screen_content(3201, "edit", proposal_id, 2)
    assert held.reasons
    assert (await read(proposal_id)).body == WORDS.body
    # A clean one after it joins the case that is open, and is not published past it.
    assert await edited(author, proposal_id, OTHER_WORDS, expected_version=2) == 3
    assert (await read(proposal_id)).body == WORDS.body
    assert (await case(held.case_id))["subject_version"] == 3


async def test_a_clean_edit_comes_into_force_by_itself(author, topic) -> None:
    proposal_id = await published(author, topic)
    here = replace(OTHER_WORDS, position=Point(10.52, 59.89), language="nn")
    await edit_proposal(author, proposal_id, here, expected_version=1)
    assert ((await read(proposal_id)).longitude, (await read(proposal_id)).language) == (None, "nb")
    await screen_content(3201, "edit", proposal_id, 2)
    row = await read(proposal_id)
    assert (row.longitude, row.latitude, row.language, row.version) == (10.52, 59.89, "nn", 2)
    # Screened again, as a job may be, it changes nothing.
    assert await screen_content(3201, "edit", proposal_id, 2) is None
    assert "amended" not in await events(proposal_id)
    assert len(await events_of("published")) == 1


async def test_rejected_the_words_stay_with_their_authors(author, person, topic) -> None:
    proposal_id, case_id = await _approval(author, topic)
    moderator = await person(role=Role.MODERATOR)
    await decide(moderator, case_id, Ruling(Decision.REJECT, 2, ReasonCode.OFF_TOPIC, GROUND))
    assert (await read(proposal_id)).title == WORDS.title
    assert (await _pending(proposal_id)).state is PendingState.REJECTED
    assert (await decisions_in_force(3201, "edit", [proposal_id]))[proposal_id].reason_text == GROUND
    # It is no decision about the proposal itself.
    assert await decisions_in_force(3201, "proposal", [proposal_id]) == {}
    assert '"is_edit": true' in (await events_of("rejected"))[0]["detail"]
    # The next one is read by a moderator whatever the topic says.
    await execute("UPDATE topic SET moderation_mode = 'publish_at_once'")
    await refused_with(Conflict, edit_proposal(author, proposal_id, OTHER_WORDS, expected_version=1))
    again = replace(OTHER_WORDS, title="Benker i parken, flere")
    assert await edit_proposal(author, proposal_id, again, expected_version=2) == 3
    held = await screen_content(3201, "edit", proposal_id, 3)
    assert held.reasons == ("rejected_before",)
    await decide(moderator, held.case_id, Ruling(Decision.APPROVE, 3))
    assert (await read(proposal_id)).title == again.title
    assert await edited(author, proposal_id, WORDS, expected_version=3) == 4
    assert (await read(proposal_id)).version == 4


async def test_a_moderator_approves_what_they_read(author, person, topic) -> None:
    proposal_id, case_id = await _approval(author, topic)
    newer = replace(OTHER_WORDS, title="Noe ganske annet enn før")
    await edit_proposal(author, proposal_id, newer, expected_version=2)
    moderator = await person(role=Role.MODERATOR)
    refused = await refused_with(Conflict, decide(moderator, case_id, Ruling(Decision.APPROVE, 2)))
    assert refused.code == "changed_meanwhile"
    assert (await access_case(moderator, case_id)).current_version == 3
    await decide(moderator, case_id, Ruling(Decision.APPROVE, 3))
    assert (await read(proposal_id)).title == newer.title
    assert await screen_content(3201, "edit", proposal_id, 3) is None


async def test_of_many_edits_at_once_one_waits(author, topic) -> None:
    proposal_id = await published(author, topic)
    answers = await asyncio.gather(
        *(
            edit_proposal(author, proposal_id, replace(WORDS, title=f"Sykkelvei {n}"), expected_version=1)
            for n in range(5)
        ),
        return_exceptions=True,
    )
    assert [answer for answer in answers if isinstance(answer, int)] == [2]
    assert {answer.code for answer in answers if isinstance(answer, Conflict)} == {"changed_meanwhile"}
    assert await fetch_value("SELECT count(*) FROM proposal_pending_version") == 1


async def test_approved_and_edited_at_once(author, person, topic) -> None:
    proposal_id, case_id = await _approval(author, topic)
    moderator = await person(role=Role.MODERATOR)
    newer = replace(OTHER_WORDS, title="Rakk jeg å endre dette?")
    await asyncio.gather(
        decide(moderator, case_id, Ruling(Decision.APPROVE, 2)),
        edit_proposal(author, proposal_id, newer, expected_version=2),
        return_exceptions=True,
    )
    row, pending = await read(proposal_id), await _pending(proposal_id)
    # Either the newer one waits unread behind the text before, or beside the one that was approved.
    assert row.title in (WORDS.title, OTHER_WORDS.title)
    assert pending is not None
    assert (pending.title, pending.number) == (newer.title, 3)


async def test_a_co_authors_edit_waits_too(author, person, topic) -> None:
    proposal_id = await published(author, topic)
    friend = await person()
    await redeem(friend, (await invite(author, proposal_id)).secret)
    await approve_first(topic)
    await edit_proposal(friend, proposal_id, OTHER_WORDS, expected_version=1)
    held = await screen_content(3201, "edit", proposal_id, 2)
    assert (await read(proposal_id)).title == WORDS.title
    row = await case(held.case_id)
    assert (row["subject_type"], row["author_id"]) == ("edit", friend.account_id)
    # Neither of them may decide it, moderator or not.
    grants = (await person(role=Role.MODERATOR)).grants
    for own in (author, friend):
        refused = await refused_with(
            Forbidden, decide(replace(own, grants=grants), held.case_id, Ruling(Decision.APPROVE, 2))
        )
        assert refused.code == "own_content"


async def test_followers_hear_of_an_amendment_when_it_is_in_force(author, person, topic) -> None:
    proposal_id = await published(author, topic)
    await support(await person(), proposal_id)
    await approve_first(topic)
    await edit_proposal(author, proposal_id, OTHER_WORDS, expected_version=1)
    held = await screen_content(3201, "edit", proposal_id, 2)
    assert await events_of("amended") == []
    await decide(await person(role=Role.MODERATOR), held.case_id, Ruling(Decision.APPROVE, 2))
    (event,) = await events_of("amended")
    assert event["actor_id"] == author.account_id
    assert await fetch_value("SELECT is_amendment FROM proposal_version WHERE number = 2")


@pytest.mark.parametrize("end", ["taken up", "withdrawn", "hidden"])
async def test_it_waits_only_while_the_text_is_its_authors_to_change(author, person, topic, end) -> None:
    proposal_id, case_id = await _approval(author, topic)
    moderator = await person(role=Role.MODERATOR)
    if end == "taken up":
        await start_assessment(await person(role=Role.PLANNER), proposal_id)
    elif end == "withdrawn":
        await withdraw_proposal(author, proposal_id, None)
    else:
        await report_content(await person(), "proposal", proposal_id, ReasonCode.ILLEGAL)
        reported = await fetch_value("SELECT id FROM moderation_case WHERE origin = 'report'")
        # A report is about the text that readers see, and no part of the edit's case.
        assert reported != case_id
        await decide(moderator, reported, Ruling(Decision.HIDE, 1, ReasonCode.ILLEGAL, GROUND))
    assert (await case(case_id))["decision"] == "lapse"
    refused = await refused_with(Conflict, decide(moderator, case_id, Ruling(Decision.APPROVE, 2)))
    assert refused.code == "already_decided"
    assert await screen_content(3201, "edit", proposal_id, 2) is None
    assert (await read(proposal_id)).title == WORDS.title
    pending = await _pending(proposal_id)
    assert pending is None if end == "withdrawn" else pending.state is PendingState.LAPSED


async def test_an_edit_is_taken_back(author, person, topic) -> None:
    proposal_id, case_id = await _approval(author, topic)
    await refused_with(Unauthenticated, withdraw_edit(Actor(3201), proposal_id, expected_version=2))
    await refused_with(Forbidden, withdraw_edit(await person(), proposal_id, expected_version=2))
    await refused_with(Conflict, withdraw_edit(author, proposal_id, expected_version=1))
    await withdraw_edit(author, proposal_id, expected_version=2)
    await refused_with(NotFound, withdraw_edit(author, proposal_id, expected_version=2))
    assert (await case(case_id))["decision"] == "lapse"
    row = await fetch_row("SELECT title, body, state FROM proposal_pending_version")
    assert tuple(row) == ("", "", "withdrawn")
    # Its number is not used again: what a moderator read is not what comes next.
    assert await edit_proposal(author, proposal_id, OTHER_WORDS, expected_version=1) == 3


async def test_an_edit_that_changes_nothing_waits_for_nobody(author, topic) -> None:
    proposal_id = await published(author, topic)
    assert await edit_proposal(author, proposal_id, WORDS, expected_version=1) == 1
    assert await _pending(proposal_id) is None
    # Sent twice, it waits once; with the words in force it is taken back.
    assert await edit_proposal(author, proposal_id, OTHER_WORDS, expected_version=1) == 2
    assert await edit_proposal(author, proposal_id, OTHER_WORDS, expected_version=2) == 2
    assert len(await fetch("SELECT FROM outbox WHERE key LIKE 'edit:%'")) == 1
    assert await edit_proposal(author, proposal_id, WORDS, expected_version=2) == 1
    assert await _pending(proposal_id) is None
    assert (await read(proposal_id)).version == 1
