"""Moderation over the API: the queue, a case, decisions, and what the author is shown."""

import asyncio

from api.node_ids import to_global_id
from backend.moderation.reasons import GROUNDS, ReasonCode
from backend.moderation.reports import report_content
from backend.platform.authz import Actor, Role
from backend.platform.database import execute
from tests.comments.support import many_comments
from tests.fixtures.counting import count_queries
from tests.fixtures.operations import ask
from tests.moderation.support import GROUND, held_comment, held_proposal
from tests.proposals.support import published

STRANGER = Actor(municipality_id=3201)


def _case(number: int) -> str:
    return to_global_id("ModerationCase", number)


async def test_from_the_queue_to_the_author(fresh, person, topic_id) -> None:
    author, moderator = (
        await person(name="Arne Forfatter"),
        await person(role=Role.MODERATOR, name="Mona Moderator"),
    )
    proposal_id, case_id = await held_proposal(author, await topic_id())
    queue = await ask(fresh, moderator, "ModerationQueue")
    (node,) = queue["nodes"]
    assert (node["id"], node["state"], node["choices"]) == (_case(case_id), "WAITING", ["APPROVE", "REJECT"])
    assert node["subject"]["author"]["displayName"] == "Arne Forfatter"
    assert [reason["code"] for reason in node["holdReasons"]] == ["approval_required"]
    claimed = await ask(fresh, moderator, "ClaimCase", id=_case(case_id))
    assert claimed["case"]["viewerHasClaimed"]
    lacking = await ask(
        fresh, moderator, "DecideCase", id=_case(case_id), decision="REJECT", expectedVersion=1
    )
    assert (lacking["__typename"], lacking["code"], lacking["field"]) == (
        "InvalidProblem",
        "reason_missing",
        "reasonCode",
    )
    rejected = await ask(
        fresh,
        moderator,
        "DecideCase",
        id=_case(case_id),
        decision="REJECT",
        expectedVersion=1,
        reasonCode="PERSONAL_ATTACK",
        reasonText=GROUND,
    )
    assert (rejected["case"]["state"], rejected["case"]["decision"], rejected["case"]["choices"]) == (
        "DECIDED",
        "REJECT",
        [],
    )
    proposal = to_global_id("Proposal", proposal_id)
    reported = (await ask(fresh, author, "ProposalViewer", id=proposal))["moderationReason"]
    assert (reported["decision"], reported["code"], reported["text"]) == ("REJECT", "PERSONAL_ATTACK", GROUND)
    assert reported["ground"] == GROUNDS["personal_attack"]
    assert await ask(fresh, STRANGER, "ProposalViewer", id=proposal) is None


async def test_reasons_are_for_authors_and_moderators(fresh, person, topic_id) -> None:
    author, reader, moderator = await person(), await person(), await person(role=Role.MODERATOR)
    topic = await topic_id()
    proposal_id = await published(await person(), topic)
    comment_id, case_id = await held_comment(author, proposal_id, topic, "Dette er bare tull.")
    await ask(
        fresh,
        moderator,
        "DecideCase",
        id=_case(case_id),
        decision="REJECT",
        expectedVersion=1,
        reasonCode="OFF_TOPIC",
        reasonText=GROUND,
    )
    proposal = to_global_id("Proposal", proposal_id)
    (aside,) = (await ask(fresh, author, "CommentsViewer", id=proposal))["viewerPendingComments"]
    assert (aside["id"], aside["moderationReason"]["code"]) == (
        to_global_id("Comment", comment_id),
        "OFF_TOPIC",
    )
    assert (await ask(fresh, reader, "CommentsViewer", id=proposal))["viewerPendingComments"] == []


async def test_who_may_not_is_shown_why(fresh, person, topic_id) -> None:
    _, case_id = await held_proposal(await person(), await topic_id())
    elsewhere = await person(role=Role.MODERATOR, topic_id=await topic_id("kommunegarden"))
    for actor, problem in (
        (STRANGER, "LoginProblem"),
        (await person(), "NotAllowedProblem"),
        (elsewhere, "NotFoundProblem"),
    ):
        for operation in ("ModerationCase", "ClaimCase", "ReleaseCase"):
            assert (await ask(fresh, actor, operation, id=_case(case_id)))["__typename"] == problem
        node = await ask(fresh, actor, "CommentReplies", id=_case(case_id))
        assert node is None
    assert (await ask(fresh, STRANGER, "ModerationQueue"))["__typename"] == "LoginProblem"
    assert (await ask(fresh, elsewhere, "ModerationQueue"))["nodes"] == []
    bad = await ask(fresh, elsewhere, "ModerationQueue", first=101)
    assert (bad["__typename"], bad["code"]) == ("InvalidProblem", "page_size")


async def test_two_moderators_on_one_case(fresh, person, topic_id) -> None:
    _, case_id = await held_proposal(await person(), await topic_id())
    moderators = [await person(role=Role.MODERATOR, name=f"Moderator {n}") for n in range(2)]
    answers = await asyncio.gather(*(ask(fresh, m, "ClaimCase", id=_case(case_id)) for m in moderators))
    assert sorted(answer["__typename"] for answer in answers) == ["CaseChanged", "ConflictProblem"]


async def test_reported_hidden_and_restored(fresh, person, topic_id) -> None:
    author, reader, moderator = (
        await person(),
        await person(name="Lise Leser"),
        await person(role=Role.MODERATOR),
    )
    proposal = to_global_id("Proposal", await published(author, await topic_id()))
    own = await ask(fresh, author, "ReportContent", subject=proposal, reasonCode="SPAM")
    assert (own["__typename"], own["code"]) == ("NotAllowedProblem", "own_content")
    assert not (await ask(fresh, author, "ProposalViewer", id=proposal))["viewerCanReport"]["allowed"]
    assert (await ask(fresh, reader, "ProposalViewer", id=proposal))["viewerCanReport"]["allowed"]
    reported = await ask(
        fresh, reader, "ReportContent", subject=proposal, reasonCode="ILLEGAL", text="Dette er ulovlig."
    )
    assert reported["subject"] == {"__typename": "Proposal", "id": proposal}
    again = await ask(fresh, reader, "ReportContent", subject=proposal, reasonCode="ILLEGAL")
    assert (again["__typename"], again["code"]) == ("ConflictProblem", "already_reported")
    (node,) = (await ask(fresh, moderator, "ModerationQueue", filter={"origin": "REPORT"}))["nodes"]
    assert (node["reportCount"], node["choices"]) == (1, ["HIDE", "DISMISS"])
    case = await ask(fresh, moderator, "ModerationCase", id=node["id"])
    assert case["reports"][0]["reporter"]["displayName"] == "Lise Leser"
    assert [earlier["decision"] for earlier in case["earlierCases"]] == ["PUBLISH"]
    assert {signal["name"] for signal in case["signals"]} == set()
    await ask(
        fresh,
        moderator,
        "DecideCase",
        id=node["id"],
        decision="HIDE",
        expectedVersion=1,
        reasonCode="ILLEGAL",
        reasonText=GROUND,
    )
    assert await ask(fresh, reader, "ProposalViewer", id=proposal) is None
    viewer = await ask(fresh, moderator, "ProposalViewer", id=proposal)
    assert viewer["viewerCanRestore"]["allowed"]
    restored = await ask(fresh, moderator, "RestoreContent", subject=proposal, reasonText="Vi tok feil.")
    assert restored["case"]["decision"] == "RESTORE"
    after = await ask(fresh, reader, "ProposalViewer", id=proposal)
    assert (after["state"], after["moderationReason"]) == ("PUBLISHED", None)
    assert not after["viewerCanRestore"]["allowed"]


async def test_nothing_else_can_be_reported(fresh, person, topic_id) -> None:
    reader = await person()
    for subject in (to_global_id("Topic", await topic_id()), "tull", ""):
        answer = await ask(fresh, reader, "ReportContent", subject=subject, reasonCode="SPAM")
        assert answer["__typename"] == "InvalidProblem"
    gone = await ask(fresh, reader, "ReportContent", subject=to_global_id("Comment", 999), reasonCode="SPAM")
    assert gone["__typename"] == "NotFoundProblem"


async def test_the_queue_takes_the_same_statements_however_long(fresh, person, topic_id) -> None:
    moderator, author, topic = await person(role=Role.MODERATOR), await person(), await topic_id()
    proposal_id = await published(author, topic)
    counts = set()
    for more in (1, 99):
        ids = await many_comments(author, proposal_id, more)
        await report_content(await person(), "comment", ids[0], ReasonCode.SPAM)
        await execute(
            """INSERT INTO moderation_case (municipality_id, subject_type, subject_id, topic_id, author_id, origin,
                                            reasons, state)
               SELECT 3201, 'comment', id, $1, $2, 'screening', '{links}', 'waiting' FROM comment
               WHERE id = ANY($3)""",
            topic,
            author.account_id,
            ids[1:],
        )
        await ask(fresh, moderator, "ModerationQueue", first=100)
        async with count_queries() as statements:
            queue = await ask(fresh, moderator, "ModerationQueue", first=100)
        counts.add(statements.count)
        assert len(queue["nodes"]) == (1 if more == 1 else 100)
    assert len(counts) == 1, counts


async def test_the_grounds_are_said_to_everybody(fresh) -> None:
    grounds = await ask(fresh, STRANGER, "ModerationGrounds")
    assert {ground["code"] for ground in grounds} == {code.upper() for code in GROUNDS}
