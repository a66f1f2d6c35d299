"""Fetching a proposal for an actor who wants to do something with it: found, known and allowed, or refused."""

from collections.abc import Sequence

from backend.platform.authz import Actor, require
from backend.platform.errors import NotFound
from backend.proposals.involvement import involvement_in
from backend.proposals.queries import ProposalRow, proposal_for_update, proposals_by_id
from backend.proposals.rules import NOT_FOUND, ProposalFacts, may
from backend.topics.queries import TopicRow, topics_by_id


async def facts_of(actor: Actor, proposals: Sequence[ProposalRow]) -> dict[int, ProposalFacts]:
    """What the rules need to know about each of these, in two statements."""
    if not proposals:
        return {}
    topics = await _topics(actor, proposals)
    involvement = await involvement_in(actor, [p.id for p in proposals])
    return {
        p.id: ProposalFacts(p, topics[p.topic_id] if p.topic_id else None, involvement[p.id])
        for p in proposals
    }


async def _topics(actor: Actor, proposals: Sequence[ProposalRow]) -> dict[int, TopicRow]:
    ids = {p.topic_id for p in proposals if p.topic_id}
    return await topics_by_id(actor.municipality_id, list(ids), actor.language) if ids else {}


async def visible_proposals(actor: Actor, ids: Sequence[int]) -> dict[int, ProposalFacts]:
    """Those of these that the actor may know of."""
    rows = await proposals_by_id(actor.municipality_id, ids)
    facts = await facts_of(actor, list(rows.values()))
    return {key: value for key, value in facts.items() if may(actor, "view", value)}


async def access_proposal(actor: Actor, proposal_id: int, action: str) -> ProposalFacts:
    """The proposal, locked for this unit of work, once the rules allow `action`.

    Raises NotFound, Unauthenticated, Forbidden.
    """
    proposal = await proposal_for_update(actor.municipality_id, proposal_id)
    if proposal is None:
        raise NotFound(NOT_FOUND.code, NOT_FOUND.message)
    topics = await _topics(actor, [proposal])
    topic = topics[proposal.topic_id] if proposal.topic_id else None
    involvement = await involvement_in(actor, [proposal_id])
    facts = ProposalFacts(proposal, topic, involvement[proposal_id])
    require(may(actor, action, facts))
    return facts
