"""A planner's and an author's way through the API, by trusted documents."""

from dataclasses import replace

from api.node_ids import to_global_id
from backend.platform.authz import Actor, Role
from tests.fixtures.counting import count_queries
from tests.fixtures.operations import ask
from tests.proposals.support import OTHER_WORDS, draft, published

REASON = "Vi bygger sykkelveien neste år, fordi **mange barn** går på skole langs elva."
ANSWER = {"outcome": "ACCEPTED", "reason": REASON}


def _id(number: int) -> str:
    return to_global_id("Proposal", number)


async def test_an_answer_is_on_the_proposals_page(fresh, person, topic_id) -> None:
    planner = await person(name="Solveig Planlegger", role=Role.PLANNER)
    proposal = _id(await published(await person(), await topic_id()))
    assert (await ask(fresh, planner, "ProposalViewer", id=proposal))["viewerCanAssess"]["allowed"]
    started = await ask(fresh, planner, "StartAssessment", id=proposal)
    assert started["proposal"]["state"] == "ASSESSMENT"
    answered = await ask(fresh, planner, "AnswerProposal", id=proposal, input=ANSWER, idempotencyKey="k")
    again = await ask(fresh, planner, "AnswerProposal", id=proposal, input=ANSWER, idempotencyKey="k")
    assert answered == again
    assert (answered["proposal"]["state"], answered["proposal"]["outcome"]) == ("ANSWERED", "ACCEPTED")
    under_way = await ask(
        fresh, planner, "ChangeStatus", id=proposal, status="UNDER_WAY", reason="Vi graver."
    )
    assert under_way["proposal"]["state"] == "UNDER_WAY"
    page = await ask(fresh, Actor(3201), "ProposalPage", id=proposal)
    assert "<strong>mange barn</strong>" in page["answer"]["reasonHtml"]
    assert page["answer"]["planner"]["displayName"] == "Solveig Planlegger"
    last = page["timeline"][-1]
    assert (last["target"], last["part"], last["reason"]) == ("UNDER_WAY", "PLANNER", "Vi graver.")
    assert last["actor"]["displayName"] == "Solveig Planlegger"


async def test_refusals_are_problems(fresh, person, topic_id) -> None:
    author, planner = await person(), await person(role=Role.PLANNER)
    number = await published(author, await topic_id())
    arguments = {"id": _id(number), "input": ANSWER}
    assert (await ask(fresh, Actor(3201), "AnswerProposal", **arguments))["__typename"] == "LoginProblem"
    assert (await ask(fresh, author, "AnswerProposal", **arguments))["code"] == "role_missing"
    script = replace(planner, scopes=frozenset({"write"}))
    assert (await ask(fresh, script, "AnswerProposal", **arguments))["code"] == "scope_missing"
    short = await ask(fresh, planner, "AnswerProposal", id=_id(number), input={**ANSWER, "reason": "Nei."})
    assert (short["__typename"], short["field"]) == ("InvalidProblem", "reason")
    with_a_number = {**ANSWER, "reason": f"{REASON} 01817779901"}
    shown = await ask(fresh, planner, "AnswerProposal", id=_id(number), input=with_a_number)
    assert (shown["kind"], shown["end"] - shown["start"]) == ("national_identity_number", 11)
    done = await ask(fresh, planner, "ChangeStatus", id=_id(number), status="DONE")
    assert done["__typename"] == "ConflictProblem"
    hidden = await ask(fresh, planner, "ChangeStatus", id=_id(number), status="HIDDEN")
    assert hidden["code"] == "status_unknown"
    other = await ask(fresh, planner, "StartAssessment", id=to_global_id("Topic", 1))
    assert other["__typename"] == "InvalidProblem"


async def test_many_answers_are_read_together(fresh, person, topic_id) -> None:
    author, planner, topic = await person(), await person(role=Role.PLANNER), await topic_id()
    numbers = [await published(author, topic), await published(author, topic, OTHER_WORDS)]
    ids = [_id(numbers[1]), "tull", _id(999_999), _id(numbers[0]), _id(numbers[1])]
    payload = await ask(fresh, planner, "AnswerProposals", ids=ids, input=ANSWER)
    assert [
        (r["id"], r["proposal"] and r["proposal"]["state"], r["problem"] and r["problem"]["__typename"])
        for r in payload["results"]
    ] == [
        (ids[0], "ANSWERED", None),
        ("tull", None, "InvalidProblem"),
        (ids[2], None, "NotFoundProblem"),
        (ids[3], "ANSWERED", None),
    ]
    many = [_id(number) for number in range(1, 102)]
    refused = await ask(fresh, planner, "AnswerProposals", ids=many, input=ANSWER)
    assert (refused["limit"], refused["figure"]) == ("100", "101")


async def test_co_authors_come_and_go(fresh, person, topic_id) -> None:
    author, friend = await person(), await person(name="Venn")
    proposal = _id(await draft(author, await topic_id()))
    assert await ask(fresh, friend, "ProposalPage", id=proposal) is None
    assert (await ask(fresh, author, "ProposalViewer", id=proposal))["viewerCanInvite"]["allowed"]
    invited = await ask(fresh, author, "InviteCoAuthor", proposal=proposal)
    accepted = await ask(fresh, friend, "AcceptInvitation", secret=invited["secret"])
    assert accepted["proposal"]["id"] == proposal
    page = await ask(fresh, friend, "ProposalPage", id=proposal)
    assert [co_author["displayName"] for co_author in page["coAuthors"]] == ["Venn"]
    assert (await ask(fresh, friend, "MyProposals"))["proposals"]["nodes"][0]["id"] == proposal
    listed = (await ask(fresh, author, "CoAuthorInvitations", proposal=proposal))["invitations"]
    assert [(one["id"], one["acceptedBy"]["displayName"]) for one in listed] == [(invited["id"], "Venn")]
    refused = await ask(fresh, friend, "CoAuthorInvitations", proposal=proposal)
    assert refused["code"] == "first_author_only"
    assert (await ask(fresh, friend, "LeaveProposal", id=proposal))["proposal"] is None
    assert (await ask(fresh, friend, "LeaveProposal", id=proposal))["code"] == "not_co_author"
    second = await ask(fresh, author, "InviteCoAuthor", proposal=proposal)
    assert (await ask(fresh, author, "RevokeInvitation", id=second["id"]))["proposal"]["id"] == proposal
    used = await ask(fresh, friend, "AcceptInvitation", secret=second["secret"])
    assert used["code"] == "invitation_not_found"
    assert (await ask(fresh, Actor(3201), "InviteCoAuthor", proposal=proposal))[
        "__typename"
    ] == "NotFoundProblem"


async def test_a_proposals_page_costs_the_same_however_much_happened(fresh, person, topic_id) -> None:
    author, planner = await person(), await person(role=Role.PLANNER)
    proposal = _id(await published(author, await topic_id()))
    counts = []
    for number in range(2):
        for _ in range(number + 1):
            invited = await ask(fresh, author, "InviteCoAuthor", proposal=proposal)
            await ask(fresh, await person(name="Venn"), "AcceptInvitation", secret=invited["secret"])
        await ask(fresh, planner, "AnswerProposal", id=proposal, input=ANSWER)
        async with count_queries() as statements:
            page = await ask(fresh, Actor(3201), "ProposalPage", id=proposal)
        counts.append(statements)
        for status in ("ASSESSMENT", "PUBLISHED"):
            await ask(fresh, planner, "ChangeStatus", id=proposal, status=status)
    assert (len(page["coAuthors"]), len(page["timeline"])) == (3, 7)
    # People are asked for at most three times: co-authors, planner and timeline may or may not come together.
    assert max(statements.count for statements in counts) <= 10, str(counts[1])
