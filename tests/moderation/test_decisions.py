"""What moderators decide, what becomes of the content, and what its author is told."""

import asyncio
from dataclasses import replace

import asyncpg
import orjson
import pytest

from backend.comments.service import withdraw_comment
from backend.moderation.decisions import Decision, Ruling, decide, restore
from backend.moderation.details import decisions_in_force
from backend.moderation.queue import claim
from backend.moderation.reasons import ReasonCode
from backend.moderation.reports import report_content
from backend.moderation.service import screen_content
from backend.platform.authz import Role
from backend.platform.database import execute, fetch_value
from backend.platform.errors import Conflict, Forbidden, Invalid, NotFound, PersonalData
from backend.proposals.assessment import answer_proposal, start_assessment
from backend.proposals.service import edit_proposal, submit_proposal, withdraw_proposal
from backend.proposals.states import Outcome, ProposalState
from tests.comments.support import commented
from tests.comments.support import read as read_comment
from tests.fixtures.databases import execute_as_owner
from tests.moderation.support import GROUND, case, events_of, held_comment, held_proposal
from tests.proposals.support import WORDS, published, read

APPROVE = Ruling(Decision.APPROVE, 1)
REJECT = Ruling(Decision.REJECT, 1, ReasonCode.PERSONAL_ATTACK, GROUND)
HIDE = Ruling(Decision.HIDE, 1, ReasonCode.ILLEGAL, GROUND)
DISMISS = Ruling(Decision.DISMISS, 1)


async def _reported(person, subject_type: str, subject_id: int) -> int:
    await report_content(await person(), subject_type, subject_id, ReasonCode.ILLEGAL)
    return await fetch_value("SELECT max(id) FROM moderation_case WHERE origin = 'report'")


async def test_an_approved_proposal_is_published_and_its_author_shown(fresh, person, topic_id) -> None:
    moderator = await person(role=Role.MODERATOR)
    proposal_id, case_id = await held_proposal(await person(), await topic_id())
    assert (await read(proposal_id)).state is ProposalState.SUBMITTED
    held = await events_of("held")
    assert orjson.loads(held[0]["detail"])["reasons"] == ["approval_required"]
    await claim(moderator, case_id)
    await decide(moderator, case_id, APPROVE)
    assert (await read(proposal_id)).state is ProposalState.PUBLISHED
    row = await case(case_id)
    assert (row["state"], row["decision"], row["decided_by_id"]) == (
        "decided",
        "approve",
        moderator.account_id,
    )
    assert len(await events_of("published")) == 1


async def test_a_rejection_needs_a_reason_that_reaches_the_author(fresh, person, topic_id) -> None:
    moderator = await person(role=Role.MODERATOR)
    proposal_id, case_id = await held_proposal(await person(), await topic_id())
    for lacking in (replace(REJECT, reason_code=None), replace(REJECT, reason_text=" \u200b ")):
        with pytest.raises(Invalid):
            await decide(moderator, case_id, lacking)
    with pytest.raises(PersonalData):
        await decide(moderator, case_id, replace(REJECT, reason_text="Gjelder 010190 00083."))
    await decide(moderator, case_id, REJECT)
    assert (await read(proposal_id)).state is ProposalState.REJECTED
    (event,) = await events_of("rejected")
    assert orjson.loads(event["detail"]) == {"case_id": case_id, "reasons": ["personal_attack"]}
    assert event["actor_id"] is None
    found = (await decisions_in_force(3201, "proposal", [proposal_id]))[proposal_id]
    assert (found.decision, found.reason_code, found.reason_text) == ("reject", "personal_attack", GROUND)


async def test_a_decision_stays_as_it_was_made(fresh, person, topic_id) -> None:
    _, case_id = await held_proposal(await person(), await topic_id())
    await decide(await person(role=Role.MODERATOR), case_id, REJECT)
    for change in ("UPDATE moderation_case SET reason_text = 'x'", "DELETE FROM moderation_case"):
        with pytest.raises(asyncpg.RestrictViolationError):
            await execute_as_owner(change)


async def test_what_was_rejected_is_read_again_after_a_change(fresh, person, topic_id) -> None:
    author, topic = await person(), await topic_id()
    proposal_id, case_id = await held_proposal(author, topic)
    await decide(await person(role=Role.MODERATOR), case_id, REJECT)
    await execute("UPDATE topic SET moderation_mode = 'publish_at_once' WHERE id = $1", topic)
    version = await edit_proposal(
        author, proposal_id, replace(WORDS, title="En annen tittel"), expected_version=1
    )
    await submit_proposal(author, proposal_id)
    held = await screen_content(3201, "proposal", proposal_id, version)
    assert held is not None
    assert held.reasons == ("rejected_before",)
    await decide(await person(role=Role.MODERATOR), held.case_id, replace(APPROVE, version=version))
    assert await decisions_in_force(3201, "proposal", [proposal_id]) == {}


async def test_two_who_decide_at_once(fresh, person, topic_id) -> None:
    proposal_id, case_id = await held_proposal(await person(), await topic_id())
    first, second = await person(role=Role.MODERATOR), await person(role=Role.MODERATOR)
    answers = await asyncio.gather(
        decide(first, case_id, APPROVE), decide(second, case_id, REJECT), return_exceptions=True
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "NoneType"]
    refused = next(answer for answer in answers if isinstance(answer, Conflict))
    assert refused.code == "already_decided"
    expected = ProposalState.PUBLISHED if answers[0] is None else ProposalState.REJECTED
    assert (await read(proposal_id)).state is expected
    assert len(await events_of("published")) + len(await events_of("rejected")) == 1


async def test_a_case_that_another_claimed_is_theirs(fresh, person, topic_id) -> None:
    _, case_id = await held_proposal(await person(), await topic_id())
    await claim(await person(role=Role.MODERATOR), case_id)
    with pytest.raises(Conflict) as refused:
        await decide(await person(role=Role.MODERATOR), case_id, APPROVE)
    assert refused.value.code == "claimed_by_other"


async def test_only_what_was_read_can_be_approved(fresh, person, topic_id) -> None:
    author, moderator = await person(), await person(role=Role.MODERATOR)
    proposal_id, case_id = await held_proposal(author, await topic_id())
    await edit_proposal(author, proposal_id, replace(WORDS, title="Noe ganske annet"), expected_version=1)
    with pytest.raises(Conflict) as refused:
        await decide(moderator, case_id, APPROVE)
    assert refused.value.code == "changed_meanwhile"
    # The new version joins the case that is open, and is not published past it.
    await execute("UPDATE topic SET moderation_mode = 'publish_at_once'")
    again = await screen_content(3201, "proposal", proposal_id, 2)
    assert again is not None
    assert again.case_id == case_id
    assert (await read(proposal_id)).state is ProposalState.SUBMITTED
    await decide(moderator, case_id, replace(APPROVE, version=2))
    assert (await case(case_id))["subject_version"] == 2


async def test_what_its_author_took_back_is_no_case_any_more(fresh, person, topic_id) -> None:
    author = await person()
    proposal_id, case_id = await held_proposal(author, await topic_id())
    answers = await asyncio.gather(
        withdraw_proposal(author, proposal_id, None),
        decide(await person(role=Role.MODERATOR), case_id, REJECT),
        return_exceptions=True,
    )
    assert answers.count(None) >= 1
    assert (await case(case_id))["state"] == "decided"


async def test_moderators_decide_nothing_of_their_own(fresh, person, topic_id) -> None:
    moderator = await person(role=Role.MODERATOR)
    proposal_id, case_id = await held_proposal(moderator, await topic_id())
    with pytest.raises(Forbidden) as refused:
        await decide(moderator, case_id, APPROVE)
    assert refused.value.code == "own_content"
    await execute("UPDATE topic SET moderation_mode = 'hold_risky'")
    other = await person(role=Role.MODERATOR)
    await decide(other, case_id, APPROVE)
    await decide(other, await _reported(person, "proposal", proposal_id), HIDE)
    with pytest.raises(Forbidden):
        await restore(moderator, "proposal", proposal_id)


async def test_a_decision_must_fit_the_content(fresh, person, topic_id) -> None:
    moderator, topic = await person(role=Role.MODERATOR), await topic_id()
    proposal_id = await published(await person(), topic)
    case_id = await _reported(person, "proposal", proposal_id)
    for ruling in (APPROVE, REJECT):
        with pytest.raises(Conflict) as refused:
            await decide(moderator, case_id, ruling)
        assert refused.value.code == "decision_not_possible"
    assert (await case(case_id))["state"] == "waiting"
    await decide(moderator, case_id, DISMISS)
    assert (await read(proposal_id)).state is ProposalState.PUBLISHED


async def test_hidden_comes_back_as_what_it_was(fresh, person, topic_id) -> None:
    moderator, planner = await person(role=Role.MODERATOR), await person(role=Role.PLANNER)
    proposal_id = await published(await person(), await topic_id())
    await start_assessment(planner, proposal_id)
    await answer_proposal(
        planner, proposal_id, Outcome.ACCEPTED, "Dette gjør vi til neste år, med glede.", "nb"
    )
    before = await read(proposal_id)
    await decide(moderator, await _reported(person, "proposal", proposal_id), HIDE)
    assert (await read(proposal_id)).state is ProposalState.HIDDEN
    assert len(await events_of("content_hidden")) == 1
    answers = await asyncio.gather(
        *(restore(moderator, "proposal", proposal_id, "Vi tok feil.") for _ in range(2)),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 1
    after = await read(proposal_id)
    assert after.state is ProposalState.ANSWERED
    assert (after.answered_at, after.published_at) == (before.answered_at, before.published_at)
    assert await decisions_in_force(3201, "proposal", [proposal_id]) == {}
    with pytest.raises(NotFound):
        await restore(moderator, "proposal", 999_999)


async def test_the_page_of_a_withdrawn_proposal_can_be_hidden(fresh, person, topic_id) -> None:
    author, moderator = await person(), await person(role=Role.MODERATOR)
    proposal_id = await published(author, await topic_id())
    case_id = await _reported(person, "proposal", proposal_id)
    await withdraw_proposal(author, proposal_id, None)
    await decide(moderator, case_id, HIDE)
    assert (await read(proposal_id)).state is ProposalState.HIDDEN
    await restore(moderator, "proposal", proposal_id)
    assert (await read(proposal_id)).state is ProposalState.WITHDRAWN


async def test_words_that_were_changed_in_place_are_screened_in_sight(fresh, person, topic_id) -> None:
    # As a program of the version before edits what is public, while it is being replaced.
    author, moderator, topic = await person(), await person(role=Role.MODERATOR), await topic_id()
    proposal_id = await published(author, topic)
    await execute("UPDATE proposal SET title = 'Ny tittel på dette', version = 2 WHERE id = $1", proposal_id)
    await execute("UPDATE topic SET moderation_mode = 'approve_first' WHERE id = $1", topic)
    held = await screen_content(3201, "proposal", proposal_id, 2)
    assert held is not None
    assert (await read(proposal_id)).state is ProposalState.PUBLISHED
    await decide(moderator, held.case_id, replace(DISMISS, version=2))
    assert (await read(proposal_id)).state is ProposalState.PUBLISHED
    # Published once, and told once more that it stays.
    assert len(await events_of("published")) == 2


async def test_comments_are_approved_rejected_hidden_and_restored(fresh, person, topic_id) -> None:
    topic, moderator, resident = await topic_id(), await person(role=Role.MODERATOR), await person()
    proposal_id = await published(await person(), topic)
    approved, case_id = await held_comment(resident, proposal_id, topic, "Dette er jeg helt enig i.")
    await decide(moderator, case_id, APPROVE)
    assert (await read_comment(approved)).state == "published"
    assert [event["comment_id"] for event in await events_of("published")] == [None, approved]
    rejected, case_id = await held_comment(resident, proposal_id, topic, "Dette er bare tull.")
    await decide(moderator, case_id, REJECT)
    assert (await read_comment(rejected)).state == "rejected"
    await decide(moderator, await _reported(person, "comment", approved), HIDE)
    assert (await read_comment(approved)).state == "hidden"
    await restore(moderator, "comment", approved)
    row = await read_comment(approved)
    assert row.state == "published"
    # Those who follow are told of a comment once.
    assert len(await events_of("new_on_proposal")) == 1


async def test_taking_a_comment_back_while_it_is_decided(fresh, person, topic_id) -> None:
    topic, resident = await topic_id(), await person()
    proposal_id = await published(await person(), topic)
    comment_id = await commented(resident, proposal_id)
    case_id = await _reported(person, "comment", comment_id)
    answers = await asyncio.gather(
        withdraw_comment(resident, comment_id),
        decide(await person(role=Role.MODERATOR), case_id, HIDE),
        return_exceptions=True,
    )
    assert sorted(type(answer).__name__ for answer in answers) in (
        ["Conflict", "NoneType"],
        ["Forbidden", "NoneType"],
    )
    state = (await read_comment(comment_id)).state
    assert state == ("withdrawn" if answers[0] is None else "hidden")
    assert (await case(case_id))["state"] == "decided"
