"""Standing behind a proposal, and changing one's mind: an append-only ledger.

Concurrent supports of one process travel in one statement; each person is answered after its commit. Counts
are derived in windows (counting.py), so no row is fought over.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.authz import Actor, Refusal
from backend.database import fetch
from backend.errors import DomainError
from backend.joined import Joined
from backend.outbox import ASK_SOON
from backend.proposals.queries import ProposalRow, co_authors_of, proposals_by_id
from backend.proposals.rules import NOT_FOUND, ProposalFacts, may
from backend.tags import CHANNEL
from backend.topics.cache import topic_cache
from backend.topics.queries import TopicRow, topics_by_id


@dataclass(frozen=True, slots=True)
class _Ask:
    actor: Actor
    proposal_id: int
    wanted: bool


async def support(actor: Actor, proposal_id: int) -> bool:
    """Stand behind the proposal; False when the actor already did.

    Raises NotFound, Unauthenticated, Forbidden with the reason.
    """
    return await _joined(_Ask(actor, proposal_id, wanted=True))


async def withdraw_support(actor: Actor, proposal_id: int) -> bool:
    """Take the support back; False when there was none. Raises as `support`."""
    return await _joined(_Ask(actor, proposal_id, wanted=False))


async def _write(asks: Sequence[_Ask]) -> list[bool | Exception]:
    """Answer every ask: True when a row was added, False when nothing was to do, or the refusal."""
    municipality_id = asks[0].actor.municipality_id
    proposals = await proposals_by_id(municipality_id, list({ask.proposal_id for ask in asks}))
    topics = await _topics(municipality_id, {p.topic_id for p in proposals.values()})
    co_authors = await co_authors_of(municipality_id, list(proposals))
    refusals: dict[int, Exception] = {}
    allowed: list[tuple[int, _Ask]] = []
    for number, ask in enumerate(asks):
        refusal = _refusal(ask, proposals.get(ask.proposal_id), topics, co_authors)
        if refusal is None:
            allowed.append((number, ask))
        else:
            refusals[number] = refusal
    written = await _insert(municipality_id, allowed) if allowed else set()
    return [refusals.get(number, number in written) for number in range(len(asks))]


def _refusal(
    ask: _Ask, proposal: ProposalRow | None, topics: dict[int, TopicRow], co_authors: dict[int, list[int]]
) -> DomainError | None:
    if proposal is None:
        return NOT_FOUND.as_error()
    actor = ask.actor
    is_author = actor.account_id is not None and (
        proposal.author_id == actor.account_id or actor.account_id in co_authors[proposal.id]
    )
    facts = ProposalFacts(proposal, topics[proposal.topic_id], is_author)
    decision = may(actor, "support" if ask.wanted else "withdraw_support", facts)
    return decision.as_error() if isinstance(decision, Refusal) else None


async def _topics(municipality_id: int, ids: set[int]) -> dict[int, TopicRow]:
    """The topics, from memory where they are all there: their words do not matter here."""
    known = {number: topic_cache.get(municipality_id, "nb", number) for number in ids}
    found = {number: row for number, row in known.items() if row is not None}
    return found if len(found) == len(ids) else await topics_by_id(municipality_id, list(ids), "nb")


_ASK_FOR_COUNT = ASK_SOON.format(
    job="'count_supports'",
    key="$1::text",
    payload="json_build_object('municipality_id', $1::int)::jsonb",
    within="interval '1 second'",
    condition="EXISTS (SELECT FROM written)",
)
# The next ordinal is odd for a support and even for a withdrawal; whoever finds it taken by a simultaneous
# request meets the unique key and has, in effect, already done what was asked. Telling who listens and asking
# for the count belong to the same statement: one round trip, one commit.
_INSERT = f"""
    WITH ask AS (
        SELECT DISTINCT ON (proposal_id, account_id, wanted) proposal_id, account_id, wanted, number
        FROM unnest($2::bigint[], $3::bigint[], $4::boolean[], $5::int[]) a(proposal_id, account_id, wanted, number)
        ORDER BY proposal_id, account_id, wanted, number
    ), written AS (
        INSERT INTO support_event (municipality_id, proposal_id, account_id, ordinal)
        SELECT $1, a.proposal_id, a.account_id, coalesce(last.ordinal, 0) + 1
        FROM ask a
        LEFT JOIN LATERAL (SELECT max(ordinal) AS ordinal FROM support_event e
            WHERE e.municipality_id = $1 AND e.proposal_id = a.proposal_id AND e.account_id = a.account_id) last ON true
        WHERE (coalesce(last.ordinal, 0) % 2 = 0) = a.wanted
          AND EXISTS (SELECT FROM proposal p WHERE p.municipality_id = $1 AND p.id = a.proposal_id
                      AND p.state IN ('published', 'assessment'))
        ORDER BY a.proposal_id, a.account_id
        ON CONFLICT DO NOTHING
        RETURNING proposal_id, account_id, ordinal
    ), asked AS (
        {_ASK_FOR_COUNT}
    )
    SELECT a.number, told.* FROM written w
    JOIN ask a ON a.proposal_id = w.proposal_id AND a.account_id = w.account_id AND a.wanted = (w.ordinal % 2 = 1)
    CROSS JOIN (SELECT pg_notify('{CHANNEL}', string_agg(DISTINCT 'proposal:' || proposal_id, ' ')) FROM written) told
"""
# As many tags as surely fit into one notification.
_BATCH = 300


async def _insert(municipality_id: int, allowed: Sequence[tuple[int, _Ask]]) -> set[int]:
    rows = await fetch(
        _INSERT,
        municipality_id,
        [ask.proposal_id for _, ask in allowed],
        [ask.actor.account_id for _, ask in allowed],
        [ask.wanted for _, ask in allowed],
        [number for number, _ in allowed],
    )
    return {row["number"] for row in rows}


_joined: Joined[_Ask, bool] = Joined(_write, batch=_BATCH)
