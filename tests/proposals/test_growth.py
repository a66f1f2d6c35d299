"""What lists and searches read as proposals come: about as much of ten thousand as of five hundred.

Counted in blocks that PostgreSQL touches, which is the same on a busy day.
"""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from backend.platform.database import execute, unit_of_work
from backend.proposals import similar
from backend.proposals.listing import ProposalFilter, ProposalSort, list_proposals
from backend.proposals.similar import similar_proposals
from backend.text.similarity import MAX_ROWS_TOUCHED
from tests.bench.texts import made_up
from tests.fixtures.people import MakePerson
from tests.proposals.many import fill

# One proposal has it, one in a hundred and more, most of them, all of them, and none.
WORDS = ("n777", "ord77", "ord12", "ord1", "ord", "finnesikke")
FEW, MANY = 500, 9_500


async def _blocks(work: Any) -> int:
    """How many blocks all the statements of `work` touch."""
    sent: list[Any] = []
    async with unit_of_work() as held:
        held.add_query_logger(sent.append)
        await work()
        await execute("SELECT 1")
        held.remove_query_logger(sent.append)
        plans = [
            orjson.loads(
                await held.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {each.query}", *each.args)
            )
            for each in sent
            if "proposal" in each.query
        ]
    assert plans
    return sum(plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"] for plan in plans)


async def _search(word: str) -> int:
    async def work() -> None:
        await list_proposals(3201, ProposalFilter(search=word), ProposalSort.NEWEST, after=None, limit=21)

    return await _blocks(work)


async def test_twenty_times_the_proposals_are_not_many_times_the_work(
    person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = (await person()).account_id or 0
    *others, written = made_up(30)
    grams = sorted({gram for text in others for gram in text.grams} | set(written.grams))
    found: list[dict[str, int]] = []
    for more in (FEW, MANY):
        await fill(more, author, grams)
        monkeypatch.setattr(similar, "_frequencies", similar._Frequencies())
        found.append({word: await _search(word) for word in WORDS})
        found[-1]["similar"] = await _blocks(
            lambda: similar_proposals(3201, written.title, written.body, limit=5)
        )
    few, many = found
    # As many rows as similarity.py allows, the index over them, and fifty candidates.
    assert many.pop("similar") <= MAX_ROWS_TOUCHED + 600
    assert {name: (few[name], many[name]) for name in many if many[name] > 3 * few[name] + 300} == {}


async def test_times_far_away_cost_no_search(person: MakePerson) -> None:
    """Months without a proposal are passed over, whoever makes up a cursor or takes in an old list."""
    await fill(200, (await person()).account_id or 0)
    await execute("UPDATE proposal SET published_at = '0800-01-01' WHERE title = 'Forslag nummer 177'")

    async def old_ones() -> None:
        far_ahead = (datetime(9990, 1, 1, tzinfo=UTC), 1)
        filters = ProposalFilter(search="n177")
        (only,) = await list_proposals(3201, filters, ProposalSort.NEWEST, after=far_ahead, limit=21)
        assert only.row.title == "Forslag nummer 177"

    assert await _blocks(old_ones) < 500
