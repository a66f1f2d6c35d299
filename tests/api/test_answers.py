"""Public answers: kept, told to be unchanged, dropped when something they are made of changes, and never mixed."""

import asyncio
import contextlib
import sys
import time
import tracemalloc

import httpx
import orjson
import pytest

from api.answers import AnswerCache, is_known
from api.node_ids import to_global_id
from backend.platform.database import execute, unit_of_work
from backend.platform.tags import changed
from backend.proposals.queries import proposal_for_update
from backend.proposals.states import Capacity, ProposalState
from backend.proposals.supports import support
from backend.proposals.transitions import apply_transition
from tests.fixtures.server import WORDS, Served
from tests.fixtures.waiting import until

KEY = ("document", b"{}", "nb")
TAGS = frozenset({"proposal:1"})


def _document(served: Served, name: str) -> str:
    found: str = served.app.state.executor.trusted.by_name[name].id
    return found


async def _page(served: Served, number: int, **headers: str) -> httpx.Response:
    """The public page of a proposal, with GET."""
    variables = orjson.dumps({"id": to_global_id("Proposal", number)}).decode()
    parameters = {"documentId": _document(served, "ProposalPage"), "variables": variables}
    return await served.http.get("/graphql", params=parameters, headers=headers)


async def _title_becomes(served: Served, number: int, title: str) -> None:
    async def is_so() -> bool:
        return title in (await _page(served, number)).text

    await until(is_so)


async def _rename_unheard(number: int, title: str) -> None:
    await execute("UPDATE proposal SET title = $2 WHERE id = $1", number, title)


async def test_an_answer_is_cached_until_a_change_is_announced(published, served: Served) -> None:
    first = await _page(served, published)
    assert first.json()["data"]["proposal"]["title"] == WORDS.title
    await _rename_unheard(published, "Ny tittel")
    assert (await _page(served, published)).content == first.content
    await changed([f"proposal:{published}"])
    await _title_becomes(served, published, "Ny tittel")


async def test_an_answer_is_not_sent_twice_to_who_has_it(published, served: Served) -> None:
    first = await _page(served, published)
    etag = first.headers["etag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}'):
        again = await _page(served, published, **{"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert (await _page(served, published, **{"if-none-match": '"other"'})).status_code == 200
    await _rename_unheard(published, "Ny tittel")
    await changed([f"proposal:{published}"])
    await _title_becomes(served, published, "Ny tittel")
    assert (await _page(served, published, **{"if-none-match": etag})).status_code == 200


async def test_caches_outside_are_shown_what_an_answer_depends_on(published, served: Served) -> None:
    page = await _page(served, published)
    assert page.headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert {part.strip() for part in page.headers["vary"].split(",")} >= {"accept-language"}
    own = await served.ask("{ viewer { __typename } }")
    assert own.headers["cache-control"] == "private, no-store"
    assert "etag" not in own.headers


async def test_a_commit_in_another_process_drops_the_answer(published, served: Served) -> None:
    assert (await _page(served, published)).json()["data"]["proposal"]["title"] == WORDS.title
    script = f"""
import asyncio
import contextlib
from backend.platform.database import execute, open_database, unit_of_work
from backend.platform.settings import Settings
from backend.platform.tags import changed
async def main():
    async with open_database(Settings(database_url={served.settings.database_url!r})):
        async with unit_of_work():
            await execute("UPDATE proposal SET title = 'Herfra og utenfra' WHERE id = $1", {published})
            await changed(["proposal:{published}"])
asyncio.run(main())
"""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script)
    assert await process.wait() == 0
    await _title_becomes(served, published, "Herfra og utenfra")


async def test_a_change_that_is_rolled_back_drops_nothing(published, served: Served) -> None:
    first = await _page(served, published)
    with contextlib.suppress(ZeroDivisionError):
        async with unit_of_work():
            await _rename_unheard(published, "Ny tittel")
            await changed([f"proposal:{published}"])
            raise ZeroDivisionError
    await _rename_unheard(published, "Også ny")
    await asyncio.sleep(0.3)
    assert (await _page(served, published)).content == first.content


async def test_supporting_changes_the_figure_that_all_see(published, served: Served, person) -> None:
    assert (await _page(served, published)).json()["data"]["proposal"]["supportCount"] == 0
    await support(await person(), published)

    async def is_counted() -> bool:
        count: int = (await _page(served, published)).json()["data"]["proposal"]["supportCount"]
        return count == 1

    await until(is_counted)


async def _step(number: int, target: ProposalState, part: Capacity) -> None:
    async with unit_of_work():
        row = await proposal_for_update(3201, number)
        assert row is not None
        await apply_transition(3201, row, target, part, actor_id=None)


async def test_what_is_hidden_leaves_every_cached_answer(published, served: Served) -> None:
    arguments = {"title": WORDS.title, "body": WORDS.body}

    async def shown() -> tuple[bool, bool]:
        similar = await served.ask_trusted(_document(served, "SimilarProposals"), arguments)
        return WORDS.title in (await _page(served, published)).text, WORDS.title in similar.text

    async def is_gone() -> bool:
        return await shown() == (False, False)

    assert await shown() == (True, True)
    await _step(published, ProposalState.HIDDEN, Capacity.MODERATOR)
    await until(is_gone)


async def test_hiding_the_page_of_a_withdrawn_proposal_is_heard(published, served: Served) -> None:
    await _step(published, ProposalState.WITHDRAWN, Capacity.AUTHOR)
    await _title_becomes(served, published, '"WITHDRAWN"')
    await _step(published, ProposalState.HIDDEN, Capacity.MODERATOR)
    await _title_becomes(served, published, '"proposal":null')


async def test_nothing_is_cached_while_changes_are_not_heard(published, served: Served) -> None:
    await _page(served, published)
    listener = served.app.state.listener
    states: list[bool] = []
    listener.on_state(states.append)
    await execute(
        """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND pid <> pg_backend_pid() AND query ~ '^(LISTEN|SELECT 1)'"""
    )
    await until(lambda: bool(states))
    assert states[0] is False
    await _rename_unheard(published, "Endret i stillhet")
    assert "Endret i stillhet" in (await _page(served, published)).text
    await until(lambda: listener.is_up)


async def test_credentials_never_show_in_a_public_answer(
    published, served: Served, person, session_cookie
) -> None:
    someone = await person(name="Hemmelig Navn", language="en")
    await support(someone, published)
    cookie = "; ".join(f"{k}={v}" for k, v in (await session_cookie(someone)).items())
    theirs = await _page(served, published, cookie=cookie)
    strangers = await _page(served, published)
    assert theirs.content == strangers.content
    assert "Hemmelig Navn" not in theirs.text
    own = await served.ask_trusted(
        _document(served, "ProposalViewer"), {"id": to_global_id("Proposal", published)}, cookie=cookie
    )
    assert own.headers["cache-control"] == "private, no-store"
    assert own.json()["data"]["proposal"]["viewerHasSupported"] is True
    stranger = await served.ask_trusted(
        _document(served, "ProposalViewer"), {"id": to_global_id("Proposal", published)}
    )
    assert stranger.json()["data"]["proposal"]["viewerHasSupported"] is False


async def test_each_language_has_its_own_answer(served: Served) -> None:
    found = {}
    for language in ("nb", "nn", "en", "nb"):
        answer = await served.ask_trusted(_document(served, "TopicList"), **{"accept-language": language})
        found.setdefault(language, answer.content)
        assert found[language] == answer.content
    assert len(set(found.values())) == 3


async def test_variables_that_mean_nothing_make_no_new_answer(published, served: Served) -> None:
    known = {"id": to_global_id("Proposal", published)}
    document = _document(served, "ProposalPage")
    first = await served.ask_trusted(document, known)
    await _rename_unheard(published, "Ny tittel")
    assert (await served.ask_trusted(document, {**known, "cachebuster": 1})).content == first.content


async def test_many_who_ask_at_once_wait_for_one_making(published, served: Served) -> None:
    pages = await asyncio.gather(*(_page(served, published) for _ in range(40)))
    assert len({page.content for page in pages}) == 1


def _open_cache(**facts: float) -> AnswerCache:
    cache = AnswerCache(max_bytes=int(facts.get("max_bytes", 1_000_000)), seconds=facts.get("seconds", 60))
    cache.is_open = True
    return cache


def test_what_changes_while_it_is_made_is_not_cached() -> None:
    cache = _open_cache()
    generation = cache.generation()
    cache.drop({"proposal:1"})
    cache.put(KEY, b"old", TAGS, generation)
    assert cache.get(KEY) is None
    cache.put(KEY, b"new", TAGS, cache.generation())
    assert cache.get(KEY) is not None


def test_what_changes_elsewhere_disturbs_nothing() -> None:
    cache = _open_cache()
    generation = cache.generation()
    cache.drop({"proposal:2"})
    cache.put(KEY, b"body", TAGS, generation)
    assert cache.get(KEY) is not None
    cache.drop({"proposal:2", "proposals"})
    assert cache.get(KEY) is not None


def test_a_silence_while_it_is_made_is_a_change() -> None:
    cache = _open_cache()
    generation = cache.generation()
    cache.clear()
    cache.put(KEY, b"body", TAGS, generation)
    assert cache.get(KEY) is None


def test_a_change_forgotten_since_counts_as_one() -> None:
    cache = _open_cache()
    generation = cache.generation()
    cache.drop({"proposal:1"})
    for number in range(10_001):
        cache.drop({f"topic:{number}"})
    cache.put(KEY, b"old", TAGS, generation)
    assert cache.get(KEY) is None


@pytest.mark.parametrize("size", [10, 1_000, 2_500])
def test_memory_is_bounded_by_bodies_and_variables(size: int) -> None:
    cache = _open_cache(max_bytes=100_000)
    for number in range(2_000):
        cache.put(("d", b"%d" % number + b"x" * size, "nb"), b"y" * size, TAGS, cache.generation())
    held = [cache.get(("d", b"%d" % number + b"x" * size, "nb")) for number in range(2_000)]
    stored = [found for found in held if found is not None]
    assert 0 < sum(len(found.body) + size for found in stored) <= 100_000
    assert held[-1] is not None
    cache.drop(TAGS)
    assert cache._bytes == 0
    assert not cache._by_tag


@pytest.mark.parametrize(
    ("body", "variables", "tags", "own_tags"),
    [
        (20, 10, 1, False),
        (20, 10, 1, True),
        (200, 30, 120, True),
        (3_000, 60, 40, False),
        (50, 5_000, 2, True),
    ],
)
def test_no_more_memory_is_held_than_is_allowed(body: int, variables: int, tags: int, own_tags: bool) -> None:
    """However small the answers and however many their tags: nothing of theirs is shared, as with real requests."""
    most = 2_000_000
    cache = _open_cache(max_bytes=most)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for number in range(12_000 if tags < 40 else 800):
            key = (f"document-{number}", b"%d" % number + bytes(variables), f"n{number % 7}")
            first = number * tags if own_tags else 0
            named = frozenset(f"proposal:{first + nth}" for nth in range(tags))
            cache.put(key, bytes(body + number % 10), named, cache.generation(), (f"policy-{number}",))
        held = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert most / 4 < held <= 1.1 * most
    cache.clear()
    assert cache._bytes == 0


def test_an_answer_too_large_for_its_share_is_not_cached() -> None:
    cache = _open_cache(max_bytes=16_000)
    cache.put(KEY, b"x" * 2_000, TAGS, cache.generation())
    assert cache.get(KEY) is None


def test_an_answer_grows_old() -> None:
    cache = _open_cache(seconds=0)
    cache.put(KEY, b"body", TAGS, cache.generation())
    time.sleep(0.01)
    assert cache.get(KEY) is None


@pytest.mark.parametrize(
    ("header", "known"),
    [(b'"a"', True), (b'W/"a"', True), (b'"b", "a"', True), (b"*", True), (b"", False), (b"a", False)],
)
def test_what_a_client_holds(header: bytes, known: bool) -> None:
    assert is_known(b'"a"', header) is known
