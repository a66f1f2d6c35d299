"""What planners do with many proposals at once, and what they look at before they answer."""

from typing import Any

from api.node_ids import from_global_id, to_global_id
from backend.platform.authz import Actor, Role
from backend.platform.database import execute
from backend.platform.settings import Settings
from tests.fixtures.operations import ask, ask_all
from tests.fixtures.people import MakePerson
from tests.proposals.support import OTHER_WORDS, published

ANSWER = {"outcome": "PARTLY", "reason": "Vi bygger **den første delen** av sykkelveien neste år."}


def _id(number: int) -> str:
    return to_global_id("Proposal", number)


async def test_many_are_taken_up_and_each_tells_how_it_went(
    fresh: Settings, person: MakePerson, topic_id: Any
) -> None:
    here, there = await topic_id(), await topic_id("klimastrategi-2030")
    author, planner = await person(), await person(role=Role.PLANNER, topic_id=here)
    ids = [_id(await published(author, here)), _id(await published(author, there, OTHER_WORDS)), "tull"]
    payload = await ask(fresh, planner, "StartAssessments", ids=[*ids, ids[0]])
    assert [
        (
            result["id"],
            result["proposal"] and result["proposal"]["state"],
            (result["problem"] or {}).get("code"),
        )
        for result in payload["results"]
    ] == [
        (ids[0], "ASSESSMENT", None),
        (ids[1], None, "role_missing"),
        ("tull", None, "id_not_valid"),
    ]
    again = await ask(fresh, planner, "StartAssessments", ids=ids[:1])
    assert again["results"][0]["problem"]["code"] == "step_not_permitted"
    await ask(fresh, planner, "AnswerProposal", id=ids[0], input=ANSWER)
    answered = await ask(fresh, planner, "StartAssessments", ids=ids[:1])
    assert answered["results"][0]["problem"]["code"] == "already_answered"
    refused = await ask(fresh, planner, "StartAssessments", ids=[_id(n) for n in range(1, 102)])
    assert (refused["limit"], refused["figure"]) == ("100", "101")


async def test_an_answer_is_looked_at_before_it_is_given(
    fresh: Settings, person: MakePerson, topic_id: Any
) -> None:
    planner, proposal = (
        await person(role=Role.PLANNER),
        _id(await published(await person(), await topic_id())),
    )
    shown = (await _preview(fresh, planner, proposal, ANSWER))["previewAnswer"]
    assert "<strong>den første delen</strong>" in shown["reasonHtml"]
    assert (await ask(fresh, planner, "ProposalPage", id=proposal))["answer"] is None
    short = await _preview(fresh, planner, proposal, {**ANSWER, "reason": "Nei."})
    assert short["previewAnswer"]["field"] == "reason"
    reported = await _preview(
        fresh, planner, proposal, {**ANSWER, "reason": f"{ANSWER['reason']} 01817779901"}
    )
    assert reported["previewAnswer"]["kind"] == "national_identity_number"
    resident = await _preview(fresh, await person(), proposal, ANSWER)
    assert resident["previewAnswer"]["code"] == "planners_only"


async def _preview(fresh: Settings, actor: Actor, proposal: str, answer: dict[str, str]) -> Any:
    return await ask_all(fresh, actor, "PreviewAnswer", ids=[proposal], input=answer)


async def test_a_desks_proposals_are_those_of_its_topics(
    fresh: Settings, person: MakePerson, topic_id: Any
) -> None:
    here, there = await topic_id(), await topic_id("klimastrategi-2030")
    author, planner = await person(), await person(role=Role.PLANNER, topic_id=here)
    mine = await published(author, here)
    other = await published(author, there, OTHER_WORDS)
    everywhere = await person(role=Role.PLANNER)
    assert await _listed(fresh, planner) == [mine]
    assert await _listed(fresh, everywhere) == [other, mine]
    elsewhere = {"topics": [to_global_id("Topic", there)]}
    assert await _listed(fresh, planner, **elsewhere) == []
    assert await _listed(fresh, planner, topicSlug="klimastrategi-2030") == []
    assert await _listed(fresh, everywhere, **elsewhere) == [other]
    await execute("UPDATE proposal SET published_at = now() - interval '2 years' WHERE id = $1", mine)
    assert await _listed(fresh, everywhere, overdue=True) == [mine]


async def _listed(fresh: Settings, actor: Actor, **filters: Any) -> list[int]:
    data = await ask_all(fresh, actor, "ShowPlannedProposals", filter=filters)
    nodes = data["viewer"]["planner"]["proposals"]["nodes"]
    return [from_global_id(node["id"])[1] for node in nodes]


async def test_the_next_states_are_those_of_the_state_machine(
    fresh: Settings, person: MakePerson, topic_id: Any
) -> None:
    planner, number = await person(role=Role.PLANNER), await published(await person(), await topic_id())
    assert await _next(fresh, planner, number) == ["ASSESSMENT", "ANSWERED"]
    await ask(fresh, planner, "AnswerProposal", id=_id(number), input=ANSWER)
    assert await _next(fresh, planner, number) == ["ASSESSMENT", "UNDER_WAY"]
    assert await _next(fresh, await person(), number) == []


async def _next(fresh: Settings, actor: Actor, number: int) -> list[str]:
    data = await ask_all(fresh, actor, "ShowPlannedProposal", id=_id(number))
    states: list[str] = data["proposal"]["viewerNextStates"]
    return states
