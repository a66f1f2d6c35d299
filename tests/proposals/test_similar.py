"""Finding what was proposed before: among thousands of real proposals, and across bokmål and nynorsk."""

import csv
import random
from pathlib import Path
from typing import Any

import orjson
import pytest

from backend.platform.authz import Actor
from backend.platform.database import execute, fetch, unit_of_work
from backend.platform.settings import Settings
from backend.proposals import similar
from backend.proposals.content import indexed_text
from backend.proposals.service import create_proposal, withdraw_proposal
from backend.proposals.similar import similar_proposals
from backend.proposals.states import PUBLIC, Capacity, ProposalState
from backend.proposals.transitions import apply_transition
from tests.fixtures.counting import count_queries
from tests.fixtures.databases import analyze
from tests.fixtures.people import MakePerson
from tests.proposals.support import OTHER_WORDS, WORDS, draft, published, read

with (Path(__file__).parents[1] / "text" / "norwegian_pairs.csv").open(encoding="utf-8") as lines:
    PAIRS = [(row["written"], row["found"]) for row in csv.DictReader(lines)]


@pytest.fixture(autouse=True)
def _forget_frequencies(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this process remembers of how common words are belongs to another test's database."""
    monkeypatch.setattr(similar, "_frequencies", similar._Frequencies())


@pytest.fixture
async def author(person: MakePerson) -> Actor:
    return await person()


async def _similar(title: str, body: str = "", limit: int = 5) -> list[int]:
    return [row.id for row in await similar_proposals(3201, title, body, limit=limit)]


def _with_an_error(text: str, chance: random.Random) -> str:
    """Two neighbouring letters of the longest word change places."""
    word = max(text.split(), key=len)
    at = chance.randrange(1, len(word) - 1) if len(word) > 2 else 0
    return text.replace(word, word[:at] + word[at : at + 2][::-1] + word[at + 2 :], 1)


async def _sample(count: int) -> list[tuple[int, str, str]]:
    rows = await fetch(
        """SELECT id, title, body FROM proposal
           WHERE length(title) > 12 AND length(body) > 200 AND state = ANY($1) ORDER BY id""",
        [state.value for state in PUBLIC],
    )
    chosen = random.Random(2035).sample(rows, count)
    return [(row["id"], row["title"], row["body"]) for row in chosen]


async def test_a_real_proposal_is_found_by_its_title_alone(imported_fresh: Settings) -> None:
    sample = await _sample(120)
    chance = random.Random(1)
    plain = misspelt = 0
    for number, title, _ in sample:
        plain += number in await _similar(title)
        # The longest word of a title is often the only one that tells anything.
        misspelt += number in await _similar(_with_an_error(title, chance))
    assert plain >= 0.9 * len(sample), plain
    assert misspelt >= 0.85 * len(sample), misspelt


async def test_a_real_proposal_is_found_by_half_of_its_words(imported_fresh: Settings) -> None:
    sample = await _sample(60)
    first = 0
    for number, _, body in sample:
        words = body.split()
        half = " ".join(words[len(words) // 2 :])
        first += (await _similar(half[:80], half))[:1] == [number]
    assert first >= 0.9 * len(sample), first


async def test_among_thousands_it_takes_few_statements_and_an_index(imported_fresh: Settings) -> None:
    await _similar("Oppvarming")  # how common words are is read once
    async with count_queries() as statements:
        assert len(await _similar("Koirapuisto Laajasaloon", limit=3)) == 3
    assert statements.count <= 2, str(statements)
    async with unit_of_work() as held:
        await held.execute("SELECT 1")
        candidates = next(statement for statement in statements.sent if "unnest" in statement)
        plan = await held.fetchval(
            f"EXPLAIN (FORMAT JSON) {candidates}", 3201, [0, 0, 0], [1, 2, 3], [1.0, 1.0, 1.0], 50
        )
    assert "proposal_grams_idx" in str(orjson.loads(plan))
    assert "Seq Scan" not in str(orjson.loads(plan))


async def test_what_is_not_public_among_them_never_appears(imported_fresh: Settings) -> None:
    not_public = await fetch(
        "SELECT id, title, body FROM proposal WHERE NOT (state = ANY($1)) ORDER BY id LIMIT 20",
        [state.value for state in PUBLIC],
    )
    assert not_public
    for row in not_public:
        assert row["id"] not in await _similar(row["title"], row["body"], limit=50)


async def test_nynorsk_finds_the_bokmal_proposal_meant(author: Actor, topic_id: Any) -> None:
    topic = await topic_id()
    ids = {}
    for written, found in PAIRS:
        text = indexed_text(found[:140], "", "nb")
        async with unit_of_work():
            rows = await fetch(
                """INSERT INTO proposal (municipality_id, topic_id, author_id, state, language, title, body,
                                         published_at, search, grams)
                   VALUES (3201, $1, $2, 'published', 'nb', $3, '', now(), $4::text::tsvector, $5)
                   RETURNING id""",
                topic,
                author.account_id,
                text.title,
                text.search_vector,
                text.grams,
            )
            ids[written] = rows[0]["id"]
            await execute(
                """INSERT INTO proposal_transition (municipality_id, proposal_id, ordinal, from_state, to_state,
                       actor_role) VALUES (3201, $1, 1, 'none', 'published', 'import')""",
                ids[written],
            )
    await analyze()
    first = [await _similar(written) for written in ids]
    right = sum(found[:1] == [number] for found, number in zip(first, ids.values(), strict=True))
    assert right >= len(ids) - 3
    still_found = sum(number in found for found, number in zip(first, ids.values(), strict=True))
    assert still_found >= 0.9 * len(ids), still_found


async def test_what_is_about_something_else_finds_nothing(imported_fresh: Settings) -> None:
    found = {written: await _similar(written) for written, _ in PAIRS}
    assert {written: ids for written, ids in found.items() if ids} == {}
    assert (
        await _similar("Tannlege for voksne", "Det er for dyrt å gå til tannlegen når en er student.") == []
    )


async def test_a_proposal_about_something_else_is_not_shown(
    author: Actor, person: MakePerson, topic_id: Any
) -> None:
    topic = await topic_id()
    await published(author, topic)
    other = await published(await person(), topic, OTHER_WORDS)
    assert await _similar("Tannlege for voksne", "Det er for dyrt å gå til tannlegen.") == []
    assert await _similar(OTHER_WORDS.title) == [other]


async def test_only_what_is_public_appears(author: Actor, person: MakePerson, topic_id: Any) -> None:
    topic = await topic_id()
    texts = (WORDS.title, WORDS.body)
    await draft(author, topic)
    submitted = await create_proposal(await person(), topic, WORDS, submit=True)
    assert await _similar(*texts) == []
    shown = await published(await person(), topic)
    assert await _similar(*texts) == [shown]
    async with unit_of_work():
        await apply_transition(
            3201, await read(shown), ProposalState.HIDDEN, Capacity.MODERATOR, actor_id=None
        )
    assert await _similar(*texts) == []
    async with unit_of_work():
        await apply_transition(
            3201, await read(submitted), ProposalState.REJECTED, Capacity.MODERATOR, actor_id=None
        )
    assert await _similar(*texts) == []
    gone = await person()
    withdrawn = await published(gone, topic)
    assert await _similar(*texts) == [withdrawn]
    await withdraw_proposal(gone, withdrawn, None)
    assert await _similar(*texts) == []
    assert await similar_proposals(301, *texts, limit=5) == []


async def test_the_most_alike_comes_first_and_a_limit_holds(
    author: Actor, person: MakePerson, topic_id: Any
) -> None:
    topic = await topic_id()
    other = await published(await person(), topic, OTHER_WORDS)
    same = await published(author, topic)
    assert (await _similar(WORDS.title))[0] == same
    assert (await _similar("Benker langs elva i parken"))[0] == other
    assert await _similar("Sykkelvei og benker langs elva", limit=1) in ([same], [other])


@pytest.mark.parametrize("text", ["", "   ", "og i på", "!?", "\x00", "\ud800", "🚲", "a" * 100_000])
async def test_nothing_much_written_finds_nothing_and_harms_nothing(
    author: Actor, topic_id: Any, text: str
) -> None:
    await published(author, await topic_id())
    assert await _similar(text, text) == []
