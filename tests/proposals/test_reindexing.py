"""What search needs of a text is made anew after an upgrade, and what is not public gives nothing away."""

import asyncio
from typing import Any

from backend.platform.database import execute, fetch_value, unit_of_work
from backend.platform.settings import Settings
from backend.proposals import reindexing
from backend.proposals.content import indexed_text
from backend.proposals.listing import ProposalFilter
from backend.proposals.reindexing import SLICE, reindex_proposals
from backend.proposals.searching import Search, describe_search
from backend.text.search import VERSION
from tests.proposals.search_corpus import MUNICIPALITY, Written, found_keys, store


def _search(text: str) -> ProposalFilter:
    return ProposalFilter(search=text, language="nb")


async def test_words_that_nobody_may_read_are_no_suggestion(fresh: Settings) -> None:
    """A draft's words are its author's, and a guess would tell them."""
    await store(Written("offentlig", "nb", "Gatelys i parken", "Det er mørkt der om kvelden hele året."))
    hidden = await store(
        Written("skjult", "nb", "Hemmeligheten om Nabobråket", "Naboen bråker hver eneste natt.")
    )
    async with unit_of_work():
        await execute(
            """INSERT INTO proposal_transition (municipality_id, proposal_id, ordinal, from_state, to_state, actor_role)
               VALUES ($1, $2, 2, 'published', 'hidden', 'moderator')""",
            MUNICIPALITY,
            hidden,
        )
        await execute("UPDATE proposal SET state = 'hidden', step = 2 WHERE id = $1", hidden)
    assert await describe_search(MUNICIPALITY, _search("hemmelighetn")) == Search(0)
    assert (await describe_search(MUNICIPALITY, _search("gatlyss"))).corrected == "gatelys"


async def test_what_an_earlier_version_stored_is_made_anew_in_slices(fresh: Settings) -> None:
    for number in range(SLICE + 3):
        await store(Written(f"k{number}", "nb", f"Vann i parken {number}", "Det er tørt der om sommeren."))
    await execute("UPDATE proposal SET search = '', grams = '{}', search_version = 0 WHERE id % 2 = 0")
    assert len(await found_keys("vann", limit=500)) == (SLICE + 3) // 2 + 1
    stale = await fetch_value("SELECT count(*) FROM proposal WHERE search_version = 0")
    assert await reindex_proposals(MUNICIPALITY) == stale
    assert len(await found_keys("vann", limit=500)) == SLICE + 3
    assert (
        await fetch_value("SELECT count(*) FROM proposal WHERE grams = '{}' OR search_version <> $1", VERSION)
        == 0
    )
    assert await reindex_proposals(MUNICIPALITY) == 0


async def test_an_edit_that_comes_meanwhile_keeps_its_own_words(fresh: Settings, monkeypatch: Any) -> None:
    number = await store(Written("a", "nb", "Vann i parken", "Det er tørt der om sommeren."))
    await execute("UPDATE proposal SET search_version = 0")
    make = reindexing._indexed

    def edited_first(rows: Any) -> Any:
        made = make(rows)
        asyncio.run_coroutine_threadsafe(_edit(number), loop).result()
        return made

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(reindexing, "_indexed", edited_first)
    await reindex_proposals(MUNICIPALITY)
    assert await found_keys("benker") == ["a"]
    assert await found_keys("vann") == []


async def _edit(number: int) -> None:
    text = indexed_text("Benker i parken", "Det er ingen steder å sitte.", "nb")
    await execute(
        """UPDATE proposal SET title = 'Benker i parken', search = $2::text::tsvector, grams = $3, search_version = $4,
           version = version + 1 WHERE id = $1""",
        number,
        text.search_vector,
        text.grams,
        VERSION,
    )
