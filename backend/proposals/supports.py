"""Standing behind a proposal, and changing one's mind: an append-only ledger.

Concurrent supports of one process travel in one statement; each person is answered after its commit. Counts
are derived in windows (counting.py), so no row is fought over.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from backend.platform.authz import Actor, Refusal
from backend.platform.batcher import Batcher
from backend.platform.database import fetch
from backend.platform.errors import DomainError
from backend.platform.outbox import ASK_SOON
from backend.platform.sql import one_of
from backend.platform.tags import CHANNEL, changed
from backend.proposals.counting import COUNT_WITHIN, ask_for_count
from backend.proposals.involvement import Involvement, wrote_sql
from backend.proposals.queries import ProposalRow, proposal_row, select
from backend.proposals.rules import NOT_FOUND, ProposalFacts, may
from backend.proposals.sql import IS_IN_FORCE, gives_support, is_co_author
from backend.proposals.states import SUPPORTABLE
from backend.topics.cache import topic_cache
from backend.topics.queries import TopicRow, topics_by_id


@dataclass(frozen=True, slots=True)
class _SupportRequest:
    actor: Actor
    proposal_id: int
    is_supported: bool


@dataclass(frozen=True, slots=True)
class Supported:
    """Whether a row was added (not when it was so already), and the proposal with its count right after."""

    changed: bool
    proposal: ProposalRow


async def support(actor: Actor, proposal_id: int) -> Supported:
    """Stand behind the proposal.

    Raises NotFound, Unauthenticated, Forbidden with the reason.
    """
    return await _joined(_SupportRequest(actor, proposal_id, is_supported=True))


async def withdraw_support(actor: Actor, proposal_id: int) -> Supported:
    """Take the support back. Raises as `support`."""
    return await _joined(_SupportRequest(actor, proposal_id, is_supported=False))


async def _write(requests: Sequence[_SupportRequest]) -> list[Supported | Exception]:
    """Answer every ask after the commit, or with its refusal."""
    municipality_id = requests[0].actor.municipality_id
    proposals = await _support_targets(municipality_id, list({request.proposal_id for request in requests}))
    refusals = [_refusal(request, proposals.get(request.proposal_id)) for request in requests]
    allowed = [number for number, refusal in enumerate(refusals) if refusal is None]
    written = (
        await _insert(municipality_id, [(number, requests[number]) for number in allowed])
        if allowed
        else set()
    )
    added = Counter[int]()
    for number in written:
        added[requests[number].proposal_id] += 1 if requests[number].is_supported else -1
    answers: list[Supported | Exception] = []
    for number, (request, refusal) in enumerate(zip(requests, refusals, strict=True)):
        answers.append(
            refusal or _supported(proposals[request.proposal_id], added, changed=number in written)
        )
    return answers


def _supported(target: "_SupportTarget", added: Counter[int], *, changed: bool) -> Supported:
    row = target.proposal
    return Supported(changed, row._replace(supports=row.supports + added[row.id]))


@dataclass(frozen=True, slots=True)
class _SupportTarget:
    proposal: ProposalRow
    topic: TopicRow | None
    co_authors: frozenset[int]


async def _support_targets(municipality_id: int, ids: Sequence[int]) -> dict[int, _SupportTarget]:
    rows = await fetch(
        f"{select(_CO_AUTHORS)} WHERE p.municipality_id = $1 AND p.id = ANY((SELECT $2::bigint[])::bigint[])",
        municipality_id,
        ids,
    )
    proposals = [(proposal_row(values[:-1]), values[-1]) for values in (tuple(row.values()) for row in rows)]
    topics = await _topics(municipality_id, {p.topic_id for p, _ in proposals if p.topic_id})
    return {
        p.id: _SupportTarget(p, topics[p.topic_id] if p.topic_id else None, frozenset(co_authors))
        for p, co_authors in proposals
    }


_CO_AUTHORS = f""", ARRAY(SELECT i.accepted_by_id FROM proposal_invitation i
    WHERE i.municipality_id = p.municipality_id AND i.proposal_id = p.id AND {is_co_author("i.")}) AS co_authors"""


def _refusal(request: _SupportRequest, target: _SupportTarget | None) -> DomainError | None:
    if target is None:
        return NOT_FOUND.as_error()
    authors = {target.proposal.author_id, *target.co_authors}
    involvement = Involvement(
        is_author=request.actor.account_id in authors and not request.actor.is_anonymous,
        is_own=not authors.isdisjoint(request.actor.person_account_ids),
    )
    known = ProposalFacts(target.proposal, target.topic, involvement)
    decision = may(request.actor, "support" if request.is_supported else "withdraw_support", known)
    return decision.as_error() if isinstance(decision, Refusal) else None


async def _topics(municipality_id: int, ids: set[int]) -> dict[int, TopicRow]:
    """The topics, from memory where they are all there: their words do not matter here."""
    known = {number: topic_cache.get(municipality_id, "nb", number) for number in ids}
    found = {number: row for number, row in known.items() if row is not None}
    if len(found) == len(ids):
        return found
    moment = topic_cache.changes
    read = await topics_by_id(municipality_id, list(ids), "nb")
    for row in read.values():
        topic_cache.put(municipality_id, "nb", row, moment)
    return read


_ASK_FOR_COUNT = ASK_SOON.format(
    job="'count_supports'",
    key="$1::text",
    payload="json_build_object('municipality_id', $1::int)::jsonb",
    within=f"interval '{COUNT_WITHIN.total_seconds():g} seconds'",
    condition="EXISTS (SELECT FROM written)",
)
# The next ordinal is odd for a support and even for a withdrawal; whoever finds it taken by a simultaneous
# request meets the unique key and has, in effect, already done what was asked. Telling who listens and asking
# for the count belong to the same statement: one round trip, one commit.
_INSERT = f"""
    WITH ask AS (
        SELECT DISTINCT ON (proposal_id, account_id, wanted) proposal_id, account_id, wanted, number
        FROM unnest((SELECT $2::bigint[]), (SELECT $3::bigint[]), (SELECT $4::boolean[]), (SELECT $5::int[]))
            a (proposal_id, account_id, wanted, number)
        ORDER BY proposal_id, account_id, wanted, number
    ), written AS (
        INSERT INTO support_event (municipality_id, proposal_id, account_id, ordinal)
        SELECT $1, a.proposal_id, a.account_id, coalesce(last.ordinal, 0) + 1
        FROM ask a
        LEFT JOIN LATERAL (SELECT max(ordinal) AS ordinal FROM support_event e
            WHERE e.municipality_id = $1 AND e.proposal_id = a.proposal_id AND e.account_id = a.account_id) last ON true
        WHERE (coalesce(last.ordinal, 0) % 2 = 0) = a.wanted
          AND EXISTS (SELECT FROM proposal p WHERE p.municipality_id = $1 AND p.id = a.proposal_id
                      AND {one_of("p.state", SUPPORTABLE)})
        ORDER BY a.proposal_id, a.account_id
        ON CONFLICT DO NOTHING
        RETURNING proposal_id, account_id, ordinal
    ), asked AS (
        {_ASK_FOR_COUNT}
    ), told AS MATERIALIZED (
        SELECT pg_notify('{CHANNEL}', string_agg(DISTINCT 'proposal:' || proposal_id, ' ')) FROM written
    )
    SELECT a.number, told.* FROM written w
    JOIN ask a ON a.proposal_id = w.proposal_id AND a.account_id = w.account_id AND a.wanted = ({gives_support("w.")})
    CROSS JOIN told
"""
# As many tags as surely fit into one notification.
_BATCH = 300


async def _insert(municipality_id: int, allowed: Sequence[tuple[int, _SupportRequest]]) -> set[int]:
    rows = await fetch(
        _INSERT,
        municipality_id,
        [request.proposal_id for _, request in allowed],
        [request.actor.account_id for _, request in allowed],
        [request.is_supported for _, request in allowed],
        [number for number, _ in allowed],
    )
    return {row["number"] for row in rows}


# So long a crowd is waited for: nobody notices, and it is stored in half the time.
_LINGER_SECONDS = 0.004
_joined: Batcher[_SupportRequest, Supported] = Batcher(_write, max_batch=_BATCH, max_wait=_LINGER_SECONDS)


# A support of what the resident wrote, or supports already, is only taken back.
_MOVE = f"""
    WITH held AS (
        SELECT proposal_id, max(ordinal) AS last FROM support_event WHERE municipality_id = $1 AND account_id = $2
        GROUP BY proposal_id HAVING {IS_IN_FORCE}
    ), moved AS (
        INSERT INTO support_event (municipality_id, proposal_id, account_id, ordinal)
        SELECT $1, h.proposal_id, $3, coalesce(r.last, 0) + 1 FROM held h
        JOIN proposal p ON p.municipality_id = $1 AND p.id = h.proposal_id
        LEFT JOIN LATERAL (SELECT max(e.ordinal) AS last FROM support_event e WHERE e.municipality_id = $1
            AND e.proposal_id = h.proposal_id AND e.account_id = $3) r ON true
        WHERE coalesce(r.last, 0) % 2 = 0 AND NOT {wrote_sql("p.id", "p.author_id", "ARRAY[$3::bigint]")}
        ON CONFLICT DO NOTHING
    )
    INSERT INTO support_event (municipality_id, proposal_id, account_id, ordinal)
    SELECT $1, proposal_id, $2, last + 1 FROM held
    ON CONFLICT DO NOTHING RETURNING proposal_id
"""


async def move_supports(municipality_id: int, from_id: int, to_id: int) -> None:
    """Let one account of a person stand behind what another of theirs did; part of the caller's unit of work."""
    rows = await fetch(_MOVE, municipality_id, from_id, to_id)
    if rows:
        await changed(f"proposal:{row['proposal_id']}" for row in rows)
        await ask_for_count(municipality_id)
