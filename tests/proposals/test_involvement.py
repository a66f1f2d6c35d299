"""Nobody judges what they have, or had, a part in: with whichever of their accounts."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from backend.moderation.decisions import Decision, Ruling, decide, restore
from backend.moderation.queue import QueueFilter, list_queue
from backend.moderation.queue_counts import waiting_by_topic
from backend.moderation.reasons import ReasonCode
from backend.moderation.reports import report_content
from backend.platform.authz import Actor, Role
from backend.platform.database import fetch_value
from backend.platform.errors import Forbidden
from backend.platform.settings import Settings
from backend.proposals.access import visible_proposals
from backend.proposals.assessment import answer_many, answer_proposal, change_status, start_assessments
from backend.proposals.invitations import invite, leave, redeem
from backend.proposals.notes import add_note
from backend.proposals.rules import may
from backend.proposals.states import Outcome, ProposalState
from backend.proposals.supports import support
from tests.comments.support import commented
from tests.fixtures.people import MakePerson
from tests.moderation.support import GROUND
from tests.proposals.support import published, refused_with

REASON = "Vi bygger sykkelveien neste år, fordi mange barn går på skole langs elva."
HIDE = Ruling(Decision.HIDE, 1, ReasonCode.HATE, GROUND)
PartTaken = tuple[Actor, int]


async def _wrote(person: MakePerson, topic: int, role: Role) -> PartTaken:
    somebody = await person(role=role)
    return somebody, await published(somebody, topic)


async def _wrote_as_resident(person: MakePerson, topic: int, role: Role) -> PartTaken:
    resident = await person()
    return replace(await person(role=role), bound_account_id=resident.account_id), await published(
        resident, topic
    )


async def _left(person: MakePerson, topic: int, role: Role) -> PartTaken:
    author, somebody = await person(), await person(role=role)
    proposal_id = await published(author, topic)
    await redeem(somebody, (await invite(author, proposal_id)).secret)
    await leave(somebody, proposal_id)
    return somebody, proposal_id


async def _reported(person: MakePerson, topic: int, role: Role) -> PartTaken:
    somebody, proposal_id = await person(role=role), await published(await person(), topic)
    await report_content(somebody, "proposal", proposal_id, ReasonCode.SPAM)
    return somebody, proposal_id


PARTS: list[Callable[..., Awaitable[PartTaken]]] = [_wrote, _wrote_as_resident, _left, _reported]


@pytest.mark.parametrize("part", PARTS)
async def test_no_planner_treats_it(fresh: Settings, person: MakePerson, topic_id: Any, part: Any) -> None:
    planner, proposal_id = await part(person, await topic_id(), Role.PLANNER)
    answers = [
        answer_proposal(planner, proposal_id, Outcome.ACCEPTED, REASON, "nb"),
        change_status(planner, proposal_id, ProposalState.ASSESSMENT),
    ]
    for act in answers:
        assert (await refused_with(Forbidden, act)).code == "own_assessment"
    (answered,) = await answer_many(planner, [proposal_id], Outcome.ACCEPTED, REASON, "nb")
    (started,) = await start_assessments(planner, [proposal_id])
    for each in (answered, started):
        assert each.refusal is not None
        assert each.refusal.code == "own_assessment"
    assert (await refused_with(Forbidden, add_note(planner, proposal_id, "Hm."))).code == "own_proposal_notes"
    colleague = await person(role=Role.PLANNER)
    await add_note(colleague, proposal_id, "Ser på det.")
    await answer_proposal(colleague, proposal_id, Outcome.ACCEPTED, REASON, "nb")


@pytest.mark.parametrize("part", PARTS)
async def test_no_moderator_decides_it(fresh: Settings, person: MakePerson, topic_id: Any, part: Any) -> None:
    moderator, proposal_id = await part(person, await topic_id(), Role.MODERATOR)
    colleague = await person(role=Role.MODERATOR)
    await report_content(await person(), "proposal", proposal_id, ReasonCode.SPAM)
    case_id = await fetch_value("SELECT id FROM moderation_case WHERE state <> 'decided'")
    assert await list_queue(moderator, QueueFilter(), after=None, limit=9) == []
    assert await waiting_by_topic(moderator) == []
    assert [row.count for row in await waiting_by_topic(colleague)] == [1]
    assert (await refused_with(Forbidden, decide(moderator, case_id, HIDE))).code == "own_content"
    await decide(colleague, case_id, HIDE)
    assert (await refused_with(Forbidden, restore(moderator, "proposal", proposal_id))).code == "own_content"
    facts = (await visible_proposals(moderator, [proposal_id])).get(proposal_id)
    assert facts is not None
    assert not may(moderator, "restore", facts)
    await restore(colleague, "proposal", proposal_id)


async def test_whoever_stands_behind_a_proposal_does_not_judge_what_is_said_below_it(
    fresh: Settings, person: MakePerson, topic_id: Any
) -> None:
    moderator, proposal_id = await _left(person, await topic_id(), Role.MODERATOR)
    comment_id = await commented(await person(), proposal_id)
    await report_content(await person(), "comment", comment_id, ReasonCode.SPAM)
    case_id = await fetch_value("SELECT id FROM moderation_case WHERE state <> 'decided'")
    assert (await refused_with(Forbidden, decide(moderator, case_id, HIDE))).code == "own_content"
    colleague = await person(role=Role.MODERATOR)
    await decide(colleague, case_id, HIDE)
    assert (await refused_with(Forbidden, restore(moderator, "comment", comment_id))).code == "own_content"
    await restore(colleague, "comment", comment_id)


async def test_whoever_reported_a_comment_does_not_decide_it(
    fresh: Settings, person: MakePerson, topic_id: Any
) -> None:
    moderator, colleague = await person(role=Role.MODERATOR), await person(role=Role.MODERATOR)
    comment_id = await commented(await person(), await published(await person(), await topic_id()))
    await report_content(moderator, "comment", comment_id, ReasonCode.SPAM)
    case_id = await fetch_value("SELECT id FROM moderation_case WHERE state <> 'decided'")
    assert (await refused_with(Forbidden, decide(moderator, case_id, HIDE))).code == "own_content"
    await decide(colleague, case_id, HIDE)
    assert (await refused_with(Forbidden, restore(moderator, "comment", comment_id))).code == "own_content"


async def test_having_supported_it_is_no_part(fresh: Settings, person: MakePerson, topic_id: Any) -> None:
    planner, proposal_id = await person(role=Role.PLANNER), await published(await person(), await topic_id())
    await support(planner, proposal_id)
    await answer_proposal(planner, proposal_id, Outcome.ACCEPTED, REASON, "nb")
