"""Searching as people type: what belongs first is first, in three languages; what is misspelt is guessed."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from backend.platform.database import execute
from backend.platform.settings import Settings
from backend.proposals.listing import ProposalFilter, ProposalSort
from backend.proposals.searching import Search, describe_search, find_proposals
from tests.fixtures.databases import open_clone
from tests.proposals.search_corpus import MUNICIPALITY, PROPOSALS, QUERIES, found_keys, store


@pytest.fixture(scope="module")
async def corpus(services: Settings) -> AsyncIterator[Settings]:
    """A database with the invented proposals."""
    async with open_clone(services) as settings:
        for number, written in enumerate(PROPOSALS):
            await store(written, number)
        await execute("ANALYZE")
        yield settings


@pytest.mark.parametrize(("language", "search", "expected"), QUERIES)
async def test_what_belongs_first_is_among_the_first_three(
    corpus: Settings, language: str, search: str, expected: tuple[str, ...]
) -> None:
    found = await found_keys(search, language)
    assert set(expected) <= set(found), found


async def _described(search: str, **narrowed: Any) -> Search:
    return await describe_search(MUNICIPALITY, ProposalFilter(search=search, language="nb", **narrowed))


async def test_the_words_that_were_looked_for_and_how_many_have_them_are_shown(corpus: Settings) -> None:
    found = await _described("bibliotek")
    assert (found.corrected, found.is_partial, found.is_more) == (None, False, False)
    assert found.count == len(await found_keys("bibliotek", limit=50))
    misspelt = await _described("biblotek på Rykkinn")
    assert (misspelt.corrected, misspelt.is_partial, misspelt.count) == ("bibliotek rykkinn", False, 1)
    too_many = await _described("hundepark solceller")
    assert (too_many.corrected, too_many.is_partial, too_many.count) == (None, True, 2)
    assert await _described("qwertyuiop") == Search(0)
    assert await _described("!?") == Search(0)
    assert await found_keys("qwertyuiop") == await found_keys("!?") == []


async def test_what_is_meant_keeps_to_what_the_list_is_narrowed_to(corpus: Settings) -> None:
    elsewhere = ProposalFilter(search="biblotek", language="nb", states=("answered",))
    assert await find_proposals(MUNICIPALITY, elsewhere, ProposalSort.BEST_MATCH, after=None, limit=5) == []
    assert (await describe_search(MUNICIPALITY, elsewhere)).count == 0


@pytest.mark.parametrize("search", ["sandvika", "biblotek", "hundepark solceller på"])
async def test_pages_of_the_best_match_neither_skip_nor_repeat(corpus: Settings, search: str) -> None:
    filters = ProposalFilter(search=search, language="nb")
    whole = await find_proposals(MUNICIPALITY, filters, ProposalSort.BEST_MATCH, after=None, limit=50)
    assert len(whole) > 1
    pages: list[int] = []
    after = None
    while page := await find_proposals(MUNICIPALITY, filters, ProposalSort.BEST_MATCH, after=after, limit=1):
        pages += [listed.row.id for listed in page]
        after = (page[-1].sort_value, page[-1].row.id)
    assert pages == [listed.row.id for listed in whole]
