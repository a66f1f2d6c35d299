"""Lists at size: each default list and each narrow one comes from an index."""

import asyncio
from dataclasses import replace
from typing import Any

import orjson
import pytest

from backend.platform.authz import Actor
from backend.platform.database import unit_of_work
from backend.proposals.listing import (
    ProposalFilter,
    ProposalSort,
    list_proposals,
)
from tests.fixtures.people import MakePerson
from tests.proposals.many import fill

ALL = ProposalFilter()
SANDVIKA = (10.5250, 59.8900)
SORTS = [sort for sort in ProposalSort if sort is not ProposalSort.BEST_MATCH]


@pytest.fixture
async def author(person: MakePerson) -> Actor:
    return await person()


def _scans(plan: dict[str, Any]) -> list[tuple[str, str]]:
    """Every scan of `proposal` in a plan: the node and its index."""
    found = (
        [(plan["Node Type"], plan.get("Index Name", ""))] if plan.get("Relation Name") == "proposal" else []
    )
    if plan["Node Type"] == "Bitmap Index Scan":
        found = [(plan["Node Type"], plan["Index Name"])]
    return found + [scan for part in plan.get("Plans", ()) for scan in _scans(part)]


async def _plan(filters: ProposalFilter, sort: ProposalSort, after: tuple[Any, int] | None) -> dict[str, Any]:
    sent: list[Any] = []
    async with unit_of_work() as held:
        held.add_query_logger(sent.append)
        await list_proposals(3201, filters, sort, after=after, limit=21)
        await asyncio.sleep(0.01)  # loggers are called in a turn of their own
        held.remove_query_logger(sent.append)
        statement = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sent[-1].query}"
        (plan,) = orjson.loads(await held.fetchval(statement, *sent[-1].args))
    return dict(plan)


async def test_at_twenty_thousand_every_default_list_comes_from_an_index(
    author: Actor, topic_id: Any
) -> None:
    await fill(20_000, author.account_id or 0)
    topic = await topic_id()
    wrong = []
    for sort in SORTS:
        for filters in (ALL, ProposalFilter(topic_id=topic)):
            near = replace(filters, near=SANDVIKA) if sort is ProposalSort.NEAREST else filters
            middle = (await list_proposals(3201, near, sort, after=None, limit=400))[-1]
            for after in (None, (middle.sort_value, middle.row.id)):
                plan = await _plan(near, sort, after)
                scans = _scans(plan["Plan"])
                blocks = plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]
                # By distance, a page begins at the nearest again and passes by what was shown, and other topics.
                most = 10_000 if sort is ProposalSort.NEAREST else 500
                if any(node == "Seq Scan" for node, _ in scans) or not scans or blocks > most:
                    wrong.append((sort, filters.topic_id, after is not None, scans, blocks))
    assert wrong == []


async def test_at_twenty_thousand_a_narrow_list_comes_from_its_index(author: Actor) -> None:
    await fill(20_000, author.account_id or 0)
    for filters, index in (
        (ProposalFilter(search="n777"), "proposal_words_by_month_idx"),
        (ProposalFilter(search="n777", overdue=False), "proposal_search_idx"),
        (ProposalFilter(box=(10.5, 59.9, 10.505, 59.905)), "proposal_position_idx"),
        (ProposalFilter(outcome="partly"), "proposal_outcome_idx"),
    ):
        assert index in {
            name for _, name in _scans((await _plan(filters, ProposalSort.NEWEST, None))["Plan"])
        }
