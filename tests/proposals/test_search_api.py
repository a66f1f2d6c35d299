"""Searching by the API: the best match, what a search came to, and cursors that go on."""

from typing import Any

import pytest

from backend.platform.settings import Settings
from tests.fixtures.people import MakePerson
from tests.fixtures.server import Served
from tests.proposals.support import OTHER_WORDS, published

LIST = """query ($search: String!, $sort: ProposalSort!, $first: Int! = 20, $after: String) {
    proposals(filter: {search: $search}, sort: $sort, first: $first, after: $after) {
        nodes { title } pageInfo { endCursor hasNextPage } }
    proposalSearch(filter: {search: $search}) { count isMore corrected isPartial } }"""


async def _search(served: Served, search: str, sort: str = "BEST_MATCH", **more: Any) -> Any:
    answer = await served.ask(LIST, {"search": search, "sort": sort, **more})
    return answer.json()["data"]


@pytest.mark.parametrize("sort", ["BEST_MATCH", "NEWEST", "MOST_SUPPORTED"])
async def test_what_is_meant_is_found_in_every_order_and_shown(
    served: Served, fresh: Settings, person: MakePerson, topic_id: Any, sort: str
) -> None:
    topic = await topic_id()
    await published(await person(), topic)
    await published(await person(), topic, OTHER_WORDS)
    found = await _search(served, "bnker i parken", sort)
    assert [node["title"] for node in found["proposals"]["nodes"]] == [OTHER_WORDS.title]
    shown = {"count": 1, "isMore": False, "corrected": "benker parken", "isPartial": False}
    assert found["proposalSearch"] == shown
    some = await _search(served, "benker sykkelvei", sort, first=1)
    assert some["proposalSearch"] == {"count": 2, "isMore": False, "corrected": None, "isPartial": True}
    rest = await _search(
        served, "benker sykkelvei", sort, first=1, after=some["proposals"]["pageInfo"]["endCursor"]
    )
    titles = [found["proposals"]["nodes"][0]["title"] for found in (some, rest)]
    assert sorted(titles) == ["Flere benker i parken", "Sykkelvei langs Sandvikselva"]
    assert rest["proposals"]["pageInfo"]["hasNextPage"] is False


async def test_the_best_match_of_nothing_is_refused(served: Served, fresh: Settings) -> None:
    answer = await served.ask("{ proposals(sort: BEST_MATCH) { nodes { id } } }")
    assert answer.json()["errors"][0]["extensions"]["code"] == "search_missing"
