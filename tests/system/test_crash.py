"""Processes are killed, PostgreSQL is restarted and Redis is flushed: nothing lost, nothing doubled.

`SAMSKAP_CRASH_SIZE` is how many supports and proposals are sent (200; the full proof is 2,000, in a few
minutes). `SAMSKAP_CRASH_SEED` chooses another order of faults. The faults keep pace with the answers, however
quick the machine is: each strikes while some have been answered since the one before, and others have not.
"""

import asyncio
import email
import os
import random
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from api.node_ids import from_global_id, to_global_id
from backend.platform import database
from backend.platform.provision import provision
from backend.platform.settings import Settings, read_settings
from backend.proposals.counting import recount
from backend.topics.seeding import seed_once
from tests.system.crash_clients import Clients
from tests.system.processes import Town, town

SIZE = int(os.environ.get("SAMSKAP_CRASH_SIZE", "200"))
SEED = int(os.environ.get("SAMSKAP_CRASH_SEED", "2035"))
# Every fifth action is a proposal; the others support one of these.
SUPPORTED = 10
FOLLOWERS = 2
FAULTS = 12 + SIZE // 70
SETTLED_WITHIN = 10.0
_RATES = orjson.dumps(
    dict.fromkeys(("person.query", "person.mutation", "createProposal"), "1000000/second")
).decode()

# Session tokens are "person-<account>"; accounts are numbered by the identity column, from 1.
_FILL = (
    f"""INSERT INTO account (municipality_id, display_name, birth_year, home_municipality, email)
        SELECT 3201, 'Person ' || n, 1980, '3201', 'person' || n || '@example.org'
        FROM generate_series(1, {SIZE + FOLLOWERS + 1}) n""",
    # Who supports has logged in with a national number; these hashes are of none.
    """INSERT INTO account_identity (municipality_id, account_id, provider, subject, number_hash, pepper_version)
       SELECT 3201, id, 'idporten', 'person ' || id, sha256(('number-' || id)::bytea), 1 FROM account""",
    """INSERT INTO account_session (municipality_id, account_id, token_hash, provider, expires_at)
       SELECT 3201, id, sha256(('person-' || id)::bytea), 'idporten', now() + interval '1 day' FROM account""",
    f"""INSERT INTO proposal (municipality_id, topic_id, author_id, state, language, title, body, published_at,
                              search, grams)
        SELECT 3201, (SELECT id FROM topic WHERE slug = 'mobilitetsstrategi'), (SELECT max(id) FROM account),
               'published', 'nb', 'Grunnlag ' || n, 'Et forslag som mange støtter.', now(), '', '{{}}'
        FROM generate_series(1, {SUPPORTED}) n""",
    """INSERT INTO proposal_transition (municipality_id, proposal_id, ordinal, from_state, to_state, actor_role)
       SELECT 3201, id, 1, 'none', 'published', 'import' FROM proposal""",
    f"""INSERT INTO follow (municipality_id, account_id, topic_id)
        SELECT 3201, a.id, (SELECT id FROM topic WHERE slug = 'mobilitetsstrategi') FROM account a
        ORDER BY a.id DESC OFFSET 1 LIMIT {FOLLOWERS}""",
)


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder with a short path: PostgreSQL's socket is in it."""
    folder = Path(tempfile.mkdtemp(prefix="samskap-crash-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


async def _fill(settings: Settings) -> None:
    await provision(settings)
    async with database.open_database(settings):
        await seed_once(settings)
        async with database.unit_of_work():
            for statement in _FILL:
                await database.execute(statement)


def _faults(here: Town, chance: random.Random) -> list[tuple[str, Callable[[], Awaitable[None]]]]:
    """Enough faults for the whole time, every kind among them, in a random order."""

    def signalled(name: str, number: signal.Signals) -> tuple[str, Callable[[], Awaitable[None]]]:
        async def strike() -> None:
            here.processes[name].send(number)

        return f"{number.name} {name}", strike

    async def flush() -> None:
        async with Redis.from_url(here.redis.url) as redis:
            await redis.flushall()

    ours = [name for name in here.processes if name not in ("postgres", "redis")]
    kinds = [
        signalled("postgres", signal.SIGINT),
        signalled("postgres", signal.SIGQUIT),
        signalled("redis", signal.SIGKILL),
        ("FLUSHALL", flush),
        ("FLUSHALL", flush),
        *(signalled(name, signal.SIGKILL) for name in ours),
    ]
    faults = [*kinds, *(signalled(chance.choice(ours), signal.SIGKILL) for _ in range(FAULTS - len(kinds)))]
    chance.shuffle(faults)
    return faults


async def _strike(here: Town, clients: Clients, chance: random.Random, story: list[str]) -> float:
    """Let the faults happen; returns the moment of the last one."""
    faults = _faults(here, chance)
    share = SIZE / (len(faults) + 1)
    began = time.monotonic()
    for number, (name, strike) in enumerate(faults):
        await clients.allow(round((number + 1) * share))
        await clients.until_answered(round((number + chance.uniform(0.2, 0.8)) * share))
        try:
            await strike()
        except (OSError, RedisError) as error:
            name += f": {type(error).__name__}"
        story.append(f"{time.monotonic() - began:6.2f} {name}, {clients.answered} answered")
    last = time.monotonic()
    await clients.allow(SIZE)
    return last


# What is still on its way; all of it is zero when every effect is there. Derived numbers are looked at themselves:
# whoever has counted asks for another look some seconds later, as long as anybody writes anything. The clock asks for
# sweeps, which take up what is looked at here.
_LEFT = """
    SELECT (SELECT count(*) FROM outbox WHERE done_at IS NULL
                AND job NOT IN ('count_supports', 'count_figures', 'sweep_sending', 'sweep_waiting')) AS jobs,
           (SELECT count(*) FROM proposal WHERE state <> 'published') AS proposals,
           (SELECT count(*) FROM delivery WHERE state <> 'sent') AS deliveries,
           (SELECT count(*) FROM proposal_activity act WHERE supports <> (
               SELECT count(*) FROM support_event e WHERE e.proposal_id = act.proposal_id)) AS counts
"""


# Jobs that look once more at what is there already; they have to come to an end as well.
_LOOKS = "SELECT count(*) FROM outbox WHERE done_at IS NULL"


async def _settled(here: Town, sending: "asyncio.Task[None]", since: float, story: list[str]) -> float:
    """Wait until nothing is on its way; seconds from `since` until every effect was there.

    Raises with what is left after half a minute.
    """
    parameters = database.connection_parameters(here.postgres.url)
    left: Any = "PostgreSQL did not answer"
    held: asyncpg.Connection | None = None
    settled: float | None = None
    try:
        while (now := time.monotonic()) < since + 3 * SETTLED_WITHIN:
            try:
                held = held or await asyncpg.connect(**parameters, timeout=5)
                found = await held.fetchrow(_LEFT)
                if found != left:
                    left = found
                    story.append(f"{now - since:6.2f} after the last: {dict(left)} left")
                if any(left.values()) or not sending.done():
                    settled = None
                elif settled is None:
                    settled = now - since
                elif not await held.fetchval(_LOOKS):
                    return settled
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                held = None
            await asyncio.sleep(0.1)
    finally:
        if held is not None:
            await held.close()
    late = await database.fetch("SELECT job, attempts, dispatched_at FROM outbox WHERE done_at IS NULL")
    raise AssertionError(
        f"still on its way: {left}, {late}, all answered: {sending.done()}, settled: {settled}"
    )


async def _supports_are_true(clients: Clients) -> None:
    ledger = await database.fetch("SELECT proposal_id, account_id, ordinal FROM support_event")
    expected = Counter((person, from_global_id(proposal)[1]) for person, proposal in clients.supported)
    assert Counter((row["account_id"], row["proposal_id"]) for row in ledger) == expected
    assert set(expected.values()) == {1}
    assert {row["ordinal"] for row in ledger} == {1}
    stored = await database.fetch(
        "SELECT proposal_id AS id, supports FROM proposal_activity WHERE supports > 0"
    )
    assert {row["id"]: row["supports"] for row in stored} == Counter(row["proposal_id"] for row in ledger)
    assert await recount(3201, repair=False) == []


async def _proposals_are_true(clients: Clients) -> None:
    rows = await database.fetch(
        """SELECT p.id, p.title, p.author_id,
               ARRAY(SELECT to_state FROM proposal_transition t WHERE t.proposal_id = p.id ORDER BY ordinal) AS steps,
               ARRAY(SELECT number FROM proposal_version v WHERE v.proposal_id = p.id) AS versions,
               ARRAY(SELECT decision FROM moderation_case c WHERE c.subject_id = p.id) AS cases,
               ARRAY(SELECT kind FROM event e WHERE e.proposal_id = p.id ORDER BY kind) AS events
           FROM proposal p WHERE title LIKE 'Benk%'"""
    )
    assert Counter(row["title"] for row in rows) == Counter(list(clients.proposed))
    for row in rows:
        assert clients.proposed[row["title"]] == to_global_id("Proposal", row["id"])
        assert row["steps"] == ["draft", "submitted", "published"]
        assert row["versions"] == [1]
        assert row["cases"] == ["publish"]
        assert row["events"] == ["new_in_topic", "published"]


async def _people_were_notified_once(here: Town, clients: Clients) -> None:
    rows = await database.fetch(
        """SELECT d.id, d.event_id, d.account_id, d.channel, d.state, e.kind FROM delivery d
           JOIN event e ON e.id = d.event_id"""
    )
    assert {row["state"] for row in rows} == {"sent"}
    assert Counter((row["kind"], row["channel"]) for row in rows) == {
        ("published", "in_app"): len(clients.proposed),
        ("published", "email"): len(clients.proposed),
        ("new_in_topic", "in_app"): FOLLOWERS * len(clients.proposed),
    }
    assert len({(row["event_id"], row["account_id"], row["channel"]) for row in rows}) == len(rows)
    mails = [email.message_from_bytes(path.read_bytes()) for path in (here.home / "mail").glob("*.eml")]
    keys = Counter(str(mail["Message-ID"]).strip("<>").split("@")[0] for mail in mails)
    assert keys == Counter(f"varsel.3201.{row['id']}" for row in rows if row["channel"] == "email")


@pytest.mark.timeout(600)
async def test_nothing_is_lost_and_nothing_doubled(home: Path) -> None:
    chance = random.Random(SEED)
    story: list[str] = []
    async with town(home, SAMSKAP_RATE_LIMITS=_RATES) as here:
        settings = replace(read_settings(here.environment), database_owner_url=here.postgres.url)
        await _fill(settings)
        async with database.open_database(settings):
            topic = await database.fetch_value("SELECT id FROM topic WHERE slug = 'mobilitetsstrategi'")
            proposals = [row["id"] for row in await database.fetch("SELECT id FROM proposal ORDER BY id")]
            people = [
                row["id"] for row in await database.fetch("SELECT id FROM account ORDER BY id LIMIT $1", SIZE)
            ]
        await here.serve(web=2, workers=2)
        clients = Clients(
            here.ports, to_global_id("Topic", topic), [to_global_id("Proposal", n) for n in proposals], people
        )
        sending = asyncio.create_task(clients.send_all())
        try:
            striking = asyncio.create_task(_strike(here, clients, chance, story))
            await asyncio.wait({striking, sending}, return_when=asyncio.FIRST_COMPLETED)
            if not striking.done():
                # Not all may be sent before the last fault: a client was told something wrong.
                striking.cancel()
                await sending
            last = await striking
            took = await _settled(here, sending, last, story)
            await sending
        finally:
            sending.cancel()
            print(
                "\n".join(story),
                dict(clients.tries),
                {name: each.starts for name, each in here.processes.items()},
            )
        print(f"all effects {took:.1f} s after the last fault")
        async with database.open_database(settings):
            await _supports_are_true(clients)
            await _proposals_are_true(clients)
            await _people_were_notified_once(here, clients)
            assert clients.answered == SIZE
    assert took < SETTLED_WITHIN
