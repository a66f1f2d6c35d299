"""What a person wrote by state, and the answers to what they have to do with."""

from backend.follows.service import follow_content
from backend.platform.authz import Actor, Role
from backend.proposals.assessment import answer_proposal, start_assessment
from backend.proposals.listing import answered_for, own_proposals
from backend.proposals.states import Outcome
from backend.proposals.supports import support, withdraw_support
from tests.proposals.support import OTHER_WORDS, draft, proposal_ref, published

REASON = "Vi bygger sykkelveien neste år, fordi mange barn går på skole langs elva."


async def _answers(actor: Actor, after=None, limit: int = 10) -> list[int]:
    assert actor.account_id
    rows = await answered_for(actor.municipality_id, actor.account_id, after=after, limit=limit)
    return [listed.row.id for listed in rows]


async def test_own_proposals_by_state(fresh, person, topic_id) -> None:
    author, topic = await person(), await topic_id()
    seen, stored = await published(author, topic, OTHER_WORDS), await draft(author, topic)

    async def ids(*states: str) -> list[int]:
        rows = await own_proposals(
            fresh.municipality, author.account_id, before=None, limit=10, states=states or None
        )
        return [row.id for row in rows]

    assert await ids() == [stored, seen]
    assert await ids("draft") == [stored]
    assert await ids("submitted") == []
    assert await ids("draft", "published") == [stored, seen]


async def test_answers_to_what_one_has_to_do_with(fresh, person, topic_id) -> None:
    author, topic = await person(), await topic_id()
    planner = await person(role=Role.PLANNER)
    first, second = await published(author, topic), await published(author, topic, OTHER_WORDS)
    supporter, follower, stranger = await person(), await person(), await person()
    await support(supporter, first)
    await support(stranger, second)
    await withdraw_support(stranger, second)
    await follow_content(follower, proposal_ref(second))
    await start_assessment(planner, first)
    assert await _answers(author) == []
    for number in (first, second):
        await answer_proposal(planner, number, Outcome.PARTLY, REASON, "nb")
    assert await _answers(author) == [second, first]
    assert await _answers(supporter) == [first]
    assert await _answers(follower) == [second]
    assert await _answers(stranger) == []
    (listed,) = await answered_for(fresh.municipality, author.account_id, after=None, limit=1)
    assert await _answers(author, after=(listed.sort_value, listed.row.id)) == [first]
