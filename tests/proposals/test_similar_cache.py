"""What is alike to a proposal is looked for once, and anew when any public text has changed."""

import pytest

from backend.platform.database import execute
from backend.proposals import similar, similar_cache
from backend.proposals.similar import similar_to_each
from backend.proposals.similar_cache import SimilarCache
from tests.fixtures.counting import count_queries
from tests.proposals.support import OTHER_WORDS, published, read


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch) -> SimilarCache:
    """This test's own, and open."""
    found = SimilarCache()
    found.set_listening(up=True)
    monkeypatch.setattr(similar, "similar_cache", found)
    monkeypatch.setattr(similar, "_frequencies", similar._Frequencies())
    return found


async def _alike(proposal: int) -> list[int]:
    row = await read(proposal)
    return [found.id for found in (await similar_to_each(3201, [row], limit=5))[proposal]]


async def test_the_second_reader_waits_for_no_search(person, topic_id) -> None:
    topic = await topic_id()
    first, second = [await published(await person(), topic) for _ in range(2)]
    row = await read(first)
    assert await _alike(first) == [second]
    async with count_queries() as statements:
        found = await similar_to_each(3201, [row], limit=5)
    assert [each.id for each in found[first]] == [second]
    assert statements.count == 1


async def test_nothing_alike_is_known_too(person, topic_id) -> None:
    alone = await published(await person(), await topic_id())
    row = await read(alone)
    assert await _alike(alone) == []
    async with count_queries() as statements:
        assert await similar_to_each(3201, [row], limit=5) == {alone: []}
    assert statements.count == 0


async def test_what_is_published_since_is_found_when_it_is_heard_of(person, topic_id, cache) -> None:
    topic = await topic_id()
    first = await published(await person(), topic)
    assert await _alike(first) == []
    second = await published(await person(), topic)
    cache.on_tags({"supports", f"proposal:{first}"})
    assert await _alike(first) == []
    cache.on_tags({"proposals"})
    assert await _alike(first) == [second]


async def test_what_is_hidden_is_gone_before_it_is_heard_of(person, topic_id) -> None:
    topic = await topic_id()
    first, second = [await published(await person(), topic) for _ in range(2)]
    assert await _alike(first) == [second]
    await execute(
        """WITH step AS (INSERT INTO proposal_transition
               (municipality_id, proposal_id, ordinal, from_state, to_state, actor_role)
               VALUES (3201, $1, (SELECT step + 1 FROM proposal WHERE id = $1), 'published', 'hidden', 'moderator'))
           UPDATE proposal SET state = 'hidden', step = step + 1 WHERE id = $1""",
        second,
    )
    assert await _alike(first) == []


async def test_other_words_have_other_likenesses(person, topic_id) -> None:
    topic = await topic_id()
    first, second = [await published(await person(), topic) for _ in range(2)]
    assert await _alike(first) == [second]
    row = (await read(first))._replace(title=OTHER_WORDS.title, body=OTHER_WORDS.body, version=7)
    assert await similar_to_each(3201, [row], limit=5) == {first: []}


def test_what_changed_meanwhile_or_unheard_is_not_cached(cache) -> None:
    moment = cache.changes
    cache.on_tags({"proposals"})
    cache.put(3201, 1, 1, (2,), moment)
    assert cache.get(3201, 1, 1) is None
    cache.put(3201, 1, 1, (2,), cache.changes)
    assert cache.get(3201, 1, 1) == (2,)
    cache.set_listening(up=False)
    assert cache.get(3201, 1, 1) is None
    cache.put(3201, 1, 1, (2,), cache.changes)
    assert cache.get(3201, 1, 1) is None


def test_it_is_bounded_and_grows_old(cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar_cache, "_MOST", 3)
    for number in range(4):
        cache.put(3201, number, 1, (), cache.changes)
    assert [cache.get(3201, number, 1) for number in range(4)] == [None, (), (), ()]
    monkeypatch.setattr(similar_cache, "_CACHE_SECONDS", 0.0)
    cache.put(3201, 9, 1, (), cache.changes)
    assert cache.get(3201, 9, 1) is None
