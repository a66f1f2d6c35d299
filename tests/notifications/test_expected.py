"""How many would be told is how many are told."""

from dataclasses import replace

import pytest

from api.node_ids import to_global_id
from backend.notifications.audience_preview import expected_audience
from backend.notifications.events import EventKind
from backend.notifications.kinds import Cause
from backend.notifications.mutes import mute
from backend.platform.authz import Role
from backend.platform.database import execute, fetch_value
from backend.proposals.answer_audience import answer_audience
from backend.proposals.states import Capacity, ProposalState
from backend.proposals.supports import support
from tests.fixtures.counting import count_queries
from tests.fixtures.operations import ask
from tests.fixtures.people import make_person
from tests.notifications.village import make_village
from tests.proposals.support import OTHER_WORDS, proposal_ref, published

K = EventKind


async def _expected(village, kind=K.ANSWERED, by="planner"):
    found = await expected_audience(
        village.municipality, kind, "proposal", [village.proposal], actor_id=by and village.id_of(by)
    )
    assert found.people == sum(found.by_content[village.proposal].values())
    return {cause.value: count for cause, count in found.by_content[village.proposal].items()}


def _counted(recipients: dict[str, str]) -> dict[str, int]:
    causes = list(recipients.values())
    return {cause: causes.count(cause) for cause in set(causes)}


@pytest.mark.parametrize(
    ("kind", "by"),
    [
        (K.ANSWERED, "planner"),
        (K.ANSWERED, None),
        (K.STATUS_CHANGED, "planner"),
        (K.NEW_IN_TOPIC, "author"),
        (K.AMENDED, "author"),
        (K.PUBLISHED, "author"),
    ],
)
async def test_it_is_who_is_notified_then(kind, by, village, work) -> None:
    expected = await _expected(village, kind, by)
    if kind is K.ANSWERED:
        await village.becomes(ProposalState.ANSWERED, Capacity.PLANNER, outcome="partly")
    await village.happens(kind, by)
    await work()
    assert expected == _counted(await village.recipients("in_app", "sent")) != {}


async def test_those_who_want_nothing_and_those_who_want_mail_alone(village, work) -> None:
    others = {"author": 2, "supporter": 1, "discussion": 2}
    assert await _expected(village) == others | {"proposal": 1}
    await village.wants("follower", K.ANSWERED, "in_app", False)
    assert await _expected(village) == others | {"proposal": 1}, "a mail is still sent"
    await village.wants("follower", K.ANSWERED, "email", False)
    assert await _expected(village) == others
    await support(village.people["stranger"], village.proposal)
    others["supporter"] = 2
    assert await _expected(village) == others, "who supports is notified too"
    await mute(village.people["stranger"], proposal_ref(village.proposal))
    others["supporter"] = 1
    assert await _expected(village) == others, "unless they muted it"
    await village.happens(K.ANSWERED, "planner")
    await village.becomes(ProposalState.ANSWERED, Capacity.PLANNER, outcome="partly")
    await work()
    assert _counted(await village.recipients("in_app", "sent")) == others


async def test_a_person_is_one_of_many_proposals(fresh) -> None:
    village = await make_village(fresh)
    follower = village.id_of("follower")
    second = await published(village.people["author"], village.topic, OTHER_WORDS)
    await execute(
        "INSERT INTO follow (municipality_id, account_id, proposal_id) VALUES (3201, $1, $2)",
        follower,
        second,
    )
    audience = await answer_audience(village.people["planner"], [second, village.proposal, second])
    assert [(row.proposal_id, row.causes) for row in audience.rows] == [
        (second, {Cause.AUTHOR: 1, Cause.PROPOSAL: 1}),
        (village.proposal, {Cause.AUTHOR: 2, Cause.SUPPORTER: 1, Cause.DISCUSSION: 2, Cause.PROPOSAL: 1}),
    ]
    assert audience.people == 6
    assert await fetch_value("SELECT count(*) FROM delivery") == 0, "nobody was told by asking"
    async with count_queries() as statements:
        await answer_audience(village.people["planner"], [second, village.proposal])
    assert statements.count == 4


async def test_what_may_not_be_answered_says_why(fresh) -> None:
    village = await make_village(fresh)
    planner, proposal = village.people["planner"], to_global_id("Proposal", village.proposal)
    unknown = to_global_id("Proposal", 999_999)
    recipients = await ask(fresh, planner, "AnswerAudience", ids=["tull", proposal, unknown, proposal])
    assert [(r["people"], r["problem"] and r["problem"]["code"]) for r in recipients["results"]] == [
        (0, "id_not_valid"),
        (6, None),
        (0, "proposal_not_found"),
    ]
    assert recipients["people"] == 6
    author = village.people["author"]
    (refused,) = (await ask(fresh, author, "AnswerAudience", ids=[proposal]))["results"]
    assert (refused["people"], refused["problem"]["code"]) == (0, "role_missing")
    elsewhere = await make_person(
        fresh, role=Role.PLANNER, topic_id=await fetch_value("SELECT max(id) FROM topic")
    )
    (refused,) = (await ask(fresh, elsewhere, "AnswerAudience", ids=[proposal]))["results"]
    assert refused["problem"]["code"] == "role_missing"
    stranger = replace(author, account_id=None, grants=frozenset())
    assert (await ask(fresh, stranger, "AnswerAudience", ids=[proposal]))["code"] == "login_required"
    many = [f"{number}" for number in range(101)]
    assert (await ask(fresh, planner, "AnswerAudience", ids=many))["figure"] == "101"
