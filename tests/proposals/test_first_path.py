"""A resident hands in a proposal; it is screened, published, supported and counted."""

import asyncio

from backend.moderation.service import screen_content
from backend.platform.database import fetch, fetch_value
from backend.proposals.counting import count_supports, recount
from backend.proposals.queries import proposals_by_id
from backend.proposals.service import ProposalInput, create_proposal
from backend.proposals.states import ProposalState
from backend.proposals.supports import support, withdraw_support

WORDS = ProposalInput(
    title="Sykkelvei langs Sandvikselva",
    body="Det trengs en trygg sykkelvei langs elva, slik at barn kan sykle til skolen hver dag.",
    language="nb",
)


async def test_a_proposal_is_screened_published_and_supported(fresh, person, topic_id) -> None:
    author = await person()
    proposal_id = await create_proposal(author, await topic_id(), WORDS, submit=True)
    assert (await proposals_by_id(3201, [proposal_id]))[proposal_id].state is ProposalState.SUBMITTED
    await screen_content(3201, "proposal", proposal_id, 1)
    assert (await proposals_by_id(3201, [proposal_id]))[proposal_id].state == ProposalState.PUBLISHED
    people = [await person(name=f"Person {n}") for n in range(30)]
    answers = await asyncio.gather(*(support(p, proposal_id) for p in people for _ in range(2)))
    assert sum(answer.changed for answer in answers) == 30
    assert (await proposals_by_id(3201, [proposal_id]))[proposal_id].supports == 30
    assert await count_supports(3201) == 1
    assert (
        await fetch_value("SELECT supports FROM proposal_activity WHERE proposal_id = $1", proposal_id) == 30
    )
    assert (await withdraw_support(people[0], proposal_id)).changed
    assert (await proposals_by_id(3201, [proposal_id]))[proposal_id].supports == 29
    await count_supports(3201)
    assert await recount(3201, repair=False) == []
    assert [
        row["to_state"] for row in await fetch("SELECT to_state FROM proposal_transition ORDER BY ordinal")
    ] == [
        "draft",
        "submitted",
        "published",
    ]
