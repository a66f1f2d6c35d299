"""Lists within topics: of many topics in one statement, each page what the list of all gives for that topic."""

from typing import Any

import pytest

from api.execute import Executor
from api.node_ids import to_global_id
from backend.platform.authz import Actor
from backend.platform.database import execute
from tests.fixtures.counting import count_queries
from tests.fixtures.documents import ad_hoc
from tests.proposals.support import OTHER_WORDS, WORDS, published

STRANGER = Actor(municipality_id=3201)
SORTS = ("NEWEST", "MOST_SUPPORTED", "RECENTLY_ACTIVE", "NEWLY_ANSWERED", "LONGEST_WAITING")
ALL = "topics(first: 100) { nodes { id proposals(first: 2, sort: %s%s) { nodes { id } pageInfo { endCursor } } } }"


@pytest.fixture
async def executor(fresh: Any) -> Executor:
    return Executor(fresh)


async def _answer(executor: Executor, text: str) -> Any:
    prepared = ad_hoc(executor, text)
    return await executor.run(prepared, {}, STRANGER, language="nb", request_id="")


async def _data(executor: Executor, text: str) -> Any:
    answer = await _answer(executor, text)
    assert answer.errors == []
    return answer.data


@pytest.fixture
async def topics(person: Any, topic_id: Any) -> list[int]:
    """Three topics, with three proposals, one and none."""
    author, numbers = (
        await person(),
        [await topic_id(), await topic_id("klimastrategi-2030"), await topic_id("kommunegarden")],
    )
    for topic, count in zip(numbers, (3, 1, 0), strict=True):
        for number in range(count):
            made = await published(author, topic, WORDS if number % 2 else OTHER_WORDS)
            await execute(
                "UPDATE proposal SET published_at = now() - make_interval(days => id::int) WHERE id = $1",
                made,
            )
    return numbers


@pytest.mark.parametrize("sort", SORTS)
async def test_each_topics_page_is_what_the_list_gives_for_it(
    executor: Executor, topics: list[int], sort: str
) -> None:
    found = {
        node["id"]: node["proposals"]
        for node in (await _data(executor, "{ %s }" % (ALL % (sort, ""))))["topics"]["nodes"]
    }
    sizes = []
    for number in topics:
        topic = to_global_id("Topic", number)
        narrowed = f'first: 2, sort: {sort}, filter: {{topic: "{topic}"}}'
        listed = await _data(
            executor, f"{{ proposals({narrowed}) {{ nodes {{ id }} pageInfo {{ endCursor }} }} }}"
        )
        assert found[topic] == listed["proposals"]
        sizes.append(len(found[topic]["nodes"]))
    assert sizes == ([0, 0, 0] if sort == "NEWLY_ANSWERED" else [2, 1, 0])


async def test_a_further_page_goes_on_where_the_first_one_ended(
    executor: Executor, topics: list[int]
) -> None:
    async def page(after: str) -> Any:
        listed = f"proposals(first: 2{after}) {{ nodes {{ id }} pageInfo {{ endCursor hasNextPage }} }}"
        text = f'{{ topic(slug: "mobilitetsstrategi") {{ {listed} }} }}'
        return (await _data(executor, text))["topic"]["proposals"]

    first = await page("")
    rest = await page(f', after: "{first["pageInfo"]["endCursor"]}"')
    assert (len(first["nodes"]), len(rest["nodes"]), rest["pageInfo"]["hasNextPage"]) == (2, 1, False)
    assert not {node["id"] for node in first["nodes"]} & {node["id"] for node in rest["nodes"]}


async def test_many_topics_lists_take_as_many_statements_as_ones(
    executor: Executor, topics: list[int]
) -> None:
    counts = []
    for number in (1, 100):
        async with count_queries() as statements:
            await _data(
                executor,
                f"{{ topics(first: {number}) {{ nodes {{ proposals(first: 2) {{ nodes {{ id }} }} }} }} }}",
            )
        counts.append(statements.count)
    assert counts == [2, 2]


async def test_a_topics_feed_takes_as_many_statements_for_one_proposal_as_for_three(
    executor: Executor, topics: list[int]
) -> None:
    found = []
    for slug in ("klimastrategi-2030", "mobilitetsstrategi"):
        prepared = executor.trusted.by_name["ShowTopicFeed"]
        async with count_queries() as statements:
            answer = await executor.run(prepared, {"slug": slug}, STRANGER, language="nb", request_id="")
        found.append((len(answer.data["topic"]["proposals"]["nodes"]), statements.count))
    assert found == [(1, 3), (3, 3)]


async def test_a_filter_by_another_topic_leaves_nothing(executor: Executor, topics: list[int]) -> None:
    other = to_global_id("Topic", topics[1])
    for narrowed in (f'{{topic: "{other}"}}', f'{{topics: ["{other}"]}}'):
        text = (
            f'{{ topic(slug: "mobilitetsstrategi") {{ proposals(filter: {narrowed}) {{ nodes {{ id }} }} '
            f"proposalSearch(filter: {narrowed}) {{ count }} proposalMap(filter: {narrowed}) {{ total }} }} }}"
        )
        found = (await _data(executor, text))["topic"]
        assert found == {
            "proposals": {"nodes": []},
            "proposalSearch": {"count": 0},
            "proposalMap": {"total": 0},
        }


async def test_a_search_is_of_one_topic_at_a_time(executor: Executor, topics: list[int]) -> None:
    word = WORDS.title.split()[0]
    searching = f'filter: {{search: "{word}"}}'
    fields = f"proposals({searching}) {{ nodes {{ title }} }} proposalSearch({searching}) {{ count }}"
    one = (await _data(executor, f'{{ topic(slug: "mobilitetsstrategi") {{ {fields} }} }}'))["topic"]
    assert one == {"proposals": {"nodes": [{"title": WORDS.title}]}, "proposalSearch": {"count": 1}}
    many = await _answer(executor, f"{{ topics {{ nodes {{ {fields} }} }} }}")
    assert {error["extensions"]["code"] for error in many.errors} == {"one_topic_at_a_time"}
    counted = await _data(executor, "{ topics { nodes { proposalSearch(filter: {}) { count } } } }")
    assert sorted(node["proposalSearch"]["count"] for node in counted["topics"]["nodes"])[-2:] == [1, 3]
