"""Lists: what is in them, in which order, page by page, and how PostgreSQL finds it."""

from dataclasses import replace
from typing import Any

import pytest

from backend.platform.authz import Actor, Role
from backend.platform.database import execute, fetch, fetch_value, unit_of_work
from backend.proposals.assessment import answer_proposal, change_status
from backend.proposals.content import Point
from backend.proposals.listing import (
    ASCENDING,
    Listed,
    ProposalFilter,
    ProposalSort,
    list_proposals,
    own_proposals,
    supported_proposals,
)
from backend.proposals.service import ProposalInput, create_proposal
from backend.proposals.states import PUBLIC, Capacity, Outcome, ProposalState
from backend.proposals.supports import support, withdraw_support
from backend.proposals.transitions import apply_transition
from tests.fixtures.people import MakePerson
from tests.proposals.many import fill
from tests.proposals.support import OTHER_WORDS, WORDS, draft, published, read

ALL = ProposalFilter()
SANDVIKA = (10.5250, 59.8900)
# The states, among those that `fill` stores, of what a sort lists when that is not all.
# The best match is one of words: see test_search.py.
SORTS = [sort for sort in ProposalSort if sort is not ProposalSort.BEST_MATCH]
IN_SORT = {ProposalSort.NEWLY_ANSWERED: ("answered",), ProposalSort.LONGEST_WAITING: ("published",)}


@pytest.fixture
async def author(person: MakePerson) -> Actor:
    return await person()


async def _list(
    filters: ProposalFilter = ALL, sort: ProposalSort = ProposalSort.NEWEST, limit: int = 100
) -> list[int]:
    return [listed.row.id for listed in await list_proposals(3201, filters, sort, after=None, limit=limit)]


async def _pages(filters: ProposalFilter, sort: ProposalSort, size: int, between: Any = None) -> list[Listed]:
    found: list[Listed] = []
    while True:
        after = (found[-1].sort_value, found[-1].row.id) if found else None
        page = await list_proposals(3201, filters, sort, after=after, limit=size)
        found += page
        if len(page) < size:
            return found
        if between:
            await between()


async def _hide(proposal_id: int) -> None:
    async with unit_of_work():
        await apply_transition(
            3201, await read(proposal_id), ProposalState.HIDDEN, Capacity.MODERATOR, actor_id=None
        )


async def test_only_what_is_public_is_listed(author: Actor, topic_id: Any) -> None:
    topic = await topic_id()
    await draft(author, topic)
    await create_proposal(author, topic, WORDS, submit=True)
    hidden, shown = (
        await published(author, topic, OTHER_WORDS),
        await published(author, topic, _words("Et tredje")),
    )
    await _hide(hidden)
    for sort in ProposalSort:
        near = replace(ALL, near=SANDVIKA)
        # None has a point or an answer, and nothing was searched for.
        nothing = sort in (ProposalSort.NEAREST, ProposalSort.NEWLY_ANSWERED, ProposalSort.BEST_MATCH)
        assert await _list(near, sort) == ([] if nothing else [shown])
    for state in set(ProposalState) - PUBLIC:
        assert await _list(replace(ALL, states=(state.value,))) == []
    assert await list_proposals(301, ALL, ProposalSort.NEWEST, after=None, limit=10) == []


def _words(title: str, body: str = "", **more: Any) -> ProposalInput:
    body = body or f"{title}: dette trenger flere folk enn bare meg."
    return ProposalInput(title=title, body=body, language="nb", **more)


async def test_filters_narrow_and_join(author: Actor, person: MakePerson, topic_id: Any) -> None:
    first, second = await topic_id(), await topic_id("klimastrategi-2030")
    place = await fetch_value("SELECT id FROM place WHERE slug = 'sandvika'")
    other = await person()
    a = await published(author, first, _words("Benker i parken"))
    b = await published(other, second, _words("Tak over holdeplassen", place_id=place))
    c = await published(other, first, _words("Trær langs gata", position=Point(*SANDVIKA)))
    async with unit_of_work():
        await apply_transition(3201, await read(c), ProposalState.ASSESSMENT, Capacity.PLANNER, actor_id=None)
    assert await _list() == [c, b, a]
    assert await _list(ProposalFilter(topic_id=first)) == [c, a]
    assert await _list(ProposalFilter(topic_id=999)) == []
    assert await _list(ProposalFilter(author_id=other.account_id)) == [c, b]
    assert await _list(ProposalFilter(states=("assessment", "answered"))) == [c]
    assert await _list(ProposalFilter(states=("published", "draft"))) == [b, a]
    assert await _list(ProposalFilter(states=())) == []
    # At a place: it says so, or its point lies there.
    assert await _list(ProposalFilter(place_id=place)) == [c, b]
    assert await _list(ProposalFilter(place_id=place, topic_id=first, author_id=other.account_id)) == [c]
    assert await _list(ProposalFilter(search="trær", topic_id=second)) == []


async def test_planners_narrow_by_topics_outcome_and_deadline(
    author: Actor, person: MakePerson, topic_id: Any
) -> None:
    first, second = await topic_id(), await topic_id("klimastrategi-2030")
    planner = await person(role=Role.PLANNER)
    late = await published(author, first, _words("Benker i parken"))
    fresh_one = await published(author, second, _words("Tak over holdeplassen"))
    answered = [
        await published(author, first, _words("Trær langs gata")),
        await published(author, second, _words("Fortau ved skolen")),
    ]
    for proposal_id, outcome in zip(answered, (Outcome.ACCEPTED, Outcome.DECLINED), strict=True):
        await answer_proposal(planner, proposal_id, outcome, "Slik ble det, etter at vi hadde regnet.", "nb")
    await execute("UPDATE proposal SET published_at = now() - interval '1 year' WHERE id <> $1", fresh_one)
    assert await _list(ProposalFilter(topic_ids=(second,))) == [fresh_one, answered[1]]
    assert set(await _list(ProposalFilter(topic_ids=(first, second)))) == {late, fresh_one, *answered}
    assert await _list(ProposalFilter(topic_ids=())) == []
    assert await _list(ProposalFilter(topic_ids=(second,), topic_id=first)) == []
    assert await _list(ProposalFilter(outcome="accepted")) == [answered[0]]
    assert await _list(ProposalFilter(outcome="partly")) == []
    assert await _list(ProposalFilter(outcomes=("accepted", "partly"))) == [answered[0]]
    assert await _list(ProposalFilter(outcomes=("partly", "declined"))) == [answered[1]]
    assert await _list(ProposalFilter(outcomes=())) == []
    # What is answered is not overdue, however late the answer came.
    assert await _list(ProposalFilter(overdue=True)) == [late]
    assert set(await _list(ProposalFilter(overdue=False))) == {fresh_one, *answered}
    assert await _list(sort=ProposalSort.NEWLY_ANSWERED) == [answered[1], answered[0]]
    assert await _list(sort=ProposalSort.LONGEST_WAITING) == [late, fresh_one]
    await change_status(planner, answered[1], ProposalState.ASSESSMENT)
    assert await _list(sort=ProposalSort.NEWLY_ANSWERED) == [answered[0]]
    assert answered[1] in await _list(sort=ProposalSort.LONGEST_WAITING)
    assert await _list(ProposalFilter(outcome="declined")) == []


async def test_answers_without_a_time_of_their_own_have_a_place(author: Actor) -> None:
    await fill(200, author.account_id or 0)
    found = await _pages(ALL, ProposalSort.NEWLY_ANSWERED, 3)
    assert len({listed.row.id for listed in found}) == len(found) == 10
    keys = [(listed.row.answered_at or listed.row.published_at, listed.row.id) for listed in found]
    assert keys == sorted(keys, reverse=True)
    assert {listed.row.answered_at is None for listed in found} == {True, False}


async def test_the_shortest_deadline_comes_first_whatever_the_topic(author: Actor, topic_id: Any) -> None:
    slow, quick = await topic_id(), await topic_id("klimastrategi-2030")
    await execute(
        "UPDATE topic SET answer_days = CASE id WHEN $1 THEN 90 ELSE 5 END WHERE id = ANY($2)",
        slow,
        [slow, quick],
    )
    older = await published(author, slow, _words("Benker i parken"))
    newer = await published(author, quick, _words("Tak over holdeplassen"))
    assert await _list(sort=ProposalSort.LONGEST_WAITING) == [newer, older]
    await execute("UPDATE topic SET answer_days = 1 WHERE id = $1", slow)
    assert await _list(sort=ProposalSort.LONGEST_WAITING) == [older, newer]


async def test_a_box_has_its_edges(author: Actor, topic_id: Any) -> None:
    topic = await topic_id()
    inside = await published(author, topic, _words("Midt i ruta", position=Point(10.5, 59.9)))
    await published(author, topic, _words("Uten sted på kartet"))
    for box, found in (
        ((10.4, 59.8, 10.6, 60.0), [inside]),
        ((10.5, 59.9, 10.5, 59.9), [inside]),
        ((10.5, 59.9, 10.6, 60.0), [inside]),
        ((10.51, 59.8, 10.6, 60.0), []),
        ((10.4, 59.91, 10.6, 60.0), []),
        ((-180.0, -90.0, 180.0, 90.0), [inside]),
    ):
        assert await _list(ProposalFilter(box=box)) == found, box


@pytest.fixture
async def texts(author: Actor, topic_id: Any) -> dict[str, int]:
    topic = await topic_id()
    titles = (
        "Ny sykkelvei til Rykkinn",
        "Tryggare skuleveg på Hosle",
        "Gangbru over E18",
        "Nytt svømmeanlegg",
    )
    return {title: await published(author, topic, _words(title)) for title in titles}


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("sykkelvei", ["Ny sykkelvei til Rykkinn"]),
        ("SYKKELVEI", ["Ny sykkelvei til Rykkinn"]),
        ("sykkelveg", ["Ny sykkelvei til Rykkinn"]),  # nynorsk finds bokmål
        ("skolevei", ["Tryggare skuleveg på Hosle"]),  # and the reverse
        ("skole", ["Tryggare skuleveg på Hosle"]),  # a part of a compound
        ("sykelveier", ["Ny sykkelvei til Rykkinn"]),  # a typing error, and inflected
        ("sykke", ["Ny sykkelvei til Rykkinn"]),  # still being typed
        ("rykkinn sykkelvei", ["Ny sykkelvei til Rykkinn"]),
        ("sykkelvei hosle", []),
        ("e18", ["Gangbru over E18"]),
        ("gangbro", ["Gangbru over E18"]),
        ("og i på", []),
        ("!!! & | <-> :*", []),
        ("'; DROP TABLE proposal; --", []),
        ("\\", []),
        ("\x00", []),
        ("finnes ikke", []),
    ],
)
async def test_search(texts: dict[str, int], search: str, found: list[str]) -> None:
    assert await _list(ProposalFilter(search=search)) == [texts[title] for title in found]


async def test_no_search_is_no_filter(texts: dict[str, int]) -> None:
    assert len(await _list(ProposalFilter(search=""))) == len(texts)


async def test_sorts(author: Actor, person: MakePerson, topic_id: Any) -> None:
    topic = await topic_id()
    far = await published(author, topic, _words("Langt unna herfra", position=Point(10.7, 59.95)))
    near = await published(author, topic, _words("Rett ved rådhuset", position=Point(10.526, 59.891)))
    nowhere = await published(author, topic, _words("Ingen steder på kartet"))
    await execute("UPDATE proposal_activity SET supports = 5 WHERE proposal_id = $1", near)
    await execute(
        "UPDATE proposal_activity SET active_at = now() + interval '1 minute' WHERE proposal_id = $1", far
    )
    assert await _list(sort=ProposalSort.NEWEST) == [nowhere, near, far]
    assert await _list(sort=ProposalSort.MOST_SUPPORTED) == [near, nowhere, far]
    assert await _list(sort=ProposalSort.RECENTLY_ACTIVE) == [far, nowhere, near]
    assert await _list(ProposalFilter(near=SANDVIKA), ProposalSort.NEAREST) == [near, far]
    # 0.1° east is shorter than 0.08° north at this latitude.
    east = await published(
        author, topic, _words("Litt lenger øst", position=Point(SANDVIKA[0] + 0.1, SANDVIKA[1]))
    )
    north = await published(
        author, topic, _words("Litt lenger nord", position=Point(SANDVIKA[0], SANDVIKA[1] + 0.08))
    )
    assert [
        i for i in await _list(ProposalFilter(near=SANDVIKA), ProposalSort.NEAREST) if i in (east, north)
    ] == [
        east,
        north,
    ]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("size", [1, 7, 100])
async def test_pages_hold_everything_once(author: Actor, sort: ProposalSort, size: int) -> None:
    await fill(60 if size == 1 else 500, author.account_id or 0)
    filters = ProposalFilter(near=SANDVIKA)
    found = await _pages(filters, sort, size)
    ids = [listed.row.id for listed in found]
    states = IN_SORT.get(sort, ("published", "answered"))
    public = {row["id"] for row in await fetch("SELECT id FROM proposal WHERE state = ANY($1)", list(states))}
    assert len(ids) == len(set(ids))
    assert set(ids) == public != set()
    keys = [(listed.sort_value, listed.row.id) for listed in found]
    assert keys == sorted(keys, reverse=sort not in ASCENDING)
    assert size == 1 or len({value for value, _ in keys}) < len(keys), "ties are what is tried here"


@pytest.mark.parametrize("sort", SORTS)
async def test_what_comes_and_goes_meanwhile_moves_nothing_else(
    author: Actor, topic_id: Any, sort: ProposalSort
) -> None:
    await fill(120, author.account_id or 0)
    filters = ProposalFilter(near=SANDVIKA)
    before = await _list(filters, sort, limit=1000)
    gone: list[int] = []

    async def meanwhile() -> None:
        await fill(20, author.account_id or 0)
        victim = next(i for i in reversed(before) if i not in gone)
        gone.append(victim)
        row = await read(victim)
        if row.state is ProposalState.PUBLISHED:
            await _hide(victim)

    seen = [listed.row.id for listed in await _pages(filters, sort, 25, between=_bounded(meanwhile, 4))]
    assert len(seen) == len(set(seen))
    still = set(await _list(filters, sort, limit=5000))
    old = [i for i in before if i in still]
    assert [i for i in seen if i in set(old)] == old, (
        "each of those that stayed was seen once, in the old order"
    )


@pytest.mark.parametrize("word", ["n77", "ord77", "ord1", "ord"])
async def test_pages_of_a_search_are_the_newest_first_over_all_months(author: Actor, word: str) -> None:
    await fill(600, author.account_id or 0)
    rows = await fetch(
        """SELECT id FROM proposal p WHERE state IN ('published', 'answered') AND EXISTS (
               SELECT FROM unnest(tsvector_to_array(search)) w WHERE w LIKE $1 || '%')
           ORDER BY published_at DESC, id DESC""",
        word,
    )
    found = await _pages(ProposalFilter(search=word), ProposalSort.NEWEST, 40)
    assert [listed.row.id for listed in found] == [row["id"] for row in rows] != []


def _bounded(work: Any, times: int) -> Any:
    left = [times]

    async def perhaps() -> None:
        if left[0]:
            left[0] -= 1
            await work()

    return perhaps


async def test_a_cursor_outlives_the_proposal_it_names(author: Actor) -> None:
    await fill(60, author.account_id or 0)
    first = await list_proposals(3201, ALL, ProposalSort.NEWEST, after=None, limit=10)
    rest = (await _list(limit=1000))[10:]
    last = next(listed for listed in reversed(first) if listed.row.state is ProposalState.PUBLISHED)
    at = first.index(last)
    await _hide(last.row.id)
    after = (last.sort_value, last.row.id)
    page = await list_proposals(3201, ALL, ProposalSort.NEWEST, after=after, limit=1000)
    assert [listed.row.id for listed in page] == [listed.row.id for listed in first[at + 1 :]] + rest


async def test_counting_does_not_move_the_order_of_a_page(
    author: Actor, person: MakePerson, topic_id: Any
) -> None:
    topic = await topic_id()
    ids = [
        await published(author, topic, _words(f"Forslag om sak {word}")) for word in ("alfa", "beta", "gamma")
    ]
    await support(await person(), ids[0])
    page = await list_proposals(3201, ALL, ProposalSort.MOST_SUPPORTED, after=None, limit=10)
    # The figure shown is of this moment; the order is that of the last count.
    assert [(listed.row.id, listed.row.supports, listed.sort_value) for listed in page] == [
        (ids[2], 0, 0),
        (ids[1], 0, 0),
        (ids[0], 1, 0),
    ]


async def test_own_ones_are_listed_in_any_state(author: Actor, person: MakePerson, topic_id: Any) -> None:
    topic = await topic_id()
    ids = [await draft(author, topic), await published(author, topic), await draft(author, topic)]
    await draft(await person(), topic)
    rows = await own_proposals(3201, author.account_id or 0, before=None, limit=2)
    assert [row.id for row in rows] == [ids[2], ids[1]]
    rows = await own_proposals(3201, author.account_id or 0, before=rows[-1].id, limit=2)
    assert [row.id for row in rows] == [ids[0]]


async def test_supported_ones_are_those_a_person_stands_behind_now(
    author: Actor, person: MakePerson, topic_id: Any
) -> None:
    topic, reader = await topic_id(), await person()
    ids = [
        await published(author, topic, _words(f"Forslag om sak {word}")) for word in ("alfa", "beta", "gamma")
    ]
    for proposal_id in ids:
        await support(reader, proposal_id)
    await withdraw_support(reader, ids[1])
    await withdraw_support(reader, ids[0])
    await support(reader, ids[0])
    listed = await supported_proposals(3201, reader.account_id or 0, before=None, limit=1)
    assert [found.row.id for found in listed] == [ids[0]]
    listed = await supported_proposals(3201, reader.account_id or 0, before=listed[0].sort_value, limit=10)
    assert [found.row.id for found in listed] == [ids[2]]
    await _hide(ids[2])
    assert [
        f.row.id for f in await supported_proposals(3201, reader.account_id or 0, before=None, limit=9)
    ] == [ids[0]]
