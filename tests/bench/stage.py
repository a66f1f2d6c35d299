"""The stage of a measurement: real services, filled tables, real server processes, all ended afterwards."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import psutil

from backend.platform import database
from backend.platform.provision import provision
from backend.platform.settings import Settings
from backend.topics.seeding import seed_once
from ops.embedded import start_postgres, start_redis
from ops.embedded_postgres import ROLE
from tests.bench.size import Size
from tests.bench.texts import made_up

MUNICIPALITY = 3201
# Between two proposals: 20,000 come in four and a half years.
HOURS_APART = 2
# Limits are counted as in service, but none is reached.
_COUNTED = ("address.query", "address.free", "person.query", "person.mutation", "createProposal")
_RATES = json.dumps(dict.fromkeys(_COUNTED, "1000000/second"))


@dataclass(frozen=True, slots=True)
class Stage:
    """Where everything is."""

    home: Path
    environment: dict[str, str]
    settings: Settings
    topic_id: int
    size: Size


def free_port() -> int:
    """A port that nobody has at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def set_up(home: Path, size: Size) -> Stage:
    """Start PostgreSQL and Redis, migrate, seed and fill."""
    owner = start_postgres(home)
    environment = {
        "SAMSKAP_ENV": "test",
        "SAMSKAP_HOME": str(home),
        "SAMSKAP_DATABASE_URL": database.with_user(owner, ROLE),
        "SAMSKAP_REDIS_URL": start_redis(home),
        "SAMSKAP_PEPPERS": "1:" + "ab" * 32,
        "SAMSKAP_METRICS_PORT": "0",
        "SAMSKAP_MAIL_DIR": str(home / "mail"),
        "SAMSKAP_BASE_URL": "http://bench.invalid",
        "SAMSKAP_RATE_LIMITS": _RATES,
    }
    settings = Settings(
        env="test",
        # What the stage itself does, such as tables of its own to compare with, is the owner's.
        database_url=owner,
        redis_url=environment["SAMSKAP_REDIS_URL"],
        peppers={1: b"\xab" * 32},
    )
    processes = replace(settings, database_url=environment["SAMSKAP_DATABASE_URL"], database_owner_url=owner)
    asyncio.run(provision(processes))
    topic_id = asyncio.run(_fill(settings, size))
    return Stage(home, environment, settings, topic_id, size)


def patient(settings: Settings) -> Settings:
    """For statements that fill tables or build indexes; what is measured has the limits of service."""
    return replace(settings, statement_timeout=600)


async def _fill(settings: Settings, size: Size) -> int:
    async with database.open_database(patient(settings)):
        await seed_once(settings)
        topic_id: int = await database.fetch_value("SELECT id FROM topic WHERE slug = 'mobilitetsstrategi'")
        await database.execute(_PEOPLE, size.people)
        await database.execute(_NUMBERS)
        await database.execute(_SESSIONS, size.logged_in)
        async with without_word_indexes(), database.unit_of_work():
            await _write_proposals(size)
        async with database.unit_of_work():
            await database.execute(_SUPPORTS, size.supports, size.proposals, size.people)
            for statement in _COUNTED_ROWS:
                await database.execute(statement)
        await database.execute("VACUUM ANALYZE")
        return topic_id


async def _write_proposals(size: Size) -> None:
    number = 0
    texts_left = made_up(size.proposals)
    while texts := list(islice(texts_left, 500)):
        await database.execute(
            _PROPOSALS,
            list(range(number + 1, number + len(texts) + 1)),
            *([getattr(text, name) for text in texts] for name in ("title", "body", "search_vector")),
            ["{" + ",".join(map(str, text.grams)) + "}" for text in texts],
            size.people,
        )
        number += len(texts)
    await database.execute(_STEPS)


@contextlib.asynccontextmanager
async def without_word_indexes() -> AsyncIterator[None]:
    """The indexes over words and grams are built when the block has filled the table: that takes a fraction."""
    rows = await database.fetch(
        """SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'proposal' AND indexdef LIKE '% USING gin %'"""
    )
    for row in rows:
        await database.execute(f'DROP INDEX "{row["indexname"]}"')
    yield
    for row in rows:
        await database.execute(row["indexdef"])


_PEOPLE = f"""
    INSERT INTO account (municipality_id, display_name, birth_year, home_municipality)
    SELECT {MUNICIPALITY}, 'Person ' || n, 1980, '3201' FROM generate_series(1, $1::int) n
"""
# Who supports has logged in with a national number; these hashes are of none.
_NUMBERS = f"""
    INSERT INTO account_identity (municipality_id, account_id, provider, subject, number_hash, pepper_version)
    SELECT {MUNICIPALITY}, id, 'idporten', 'bench ' || id, sha256(('number-' || id)::bytea), 1 FROM account
    ON CONFLICT DO NOTHING
"""
# Session tokens are "bench-<account>": their hashes are as good as any here.
_SESSIONS = f"""
    INSERT INTO account_session (municipality_id, account_id, token_hash, provider, expires_at)
    SELECT {MUNICIPALITY}, id, sha256(('bench-' || id)::bytea), 'idporten', now() + interval '1 day'
    FROM account ORDER BY id DESC LIMIT $1
"""
_PROPOSALS = f"""
    INSERT INTO proposal (municipality_id, topic_id, author_id, state, language, title, body, published_at,
                          active_at, search, grams)
    SELECT {MUNICIPALITY}, (SELECT min(id) FROM topic) + n % 10, (SELECT min(id) FROM account) + n % $6::int,
           'published', 'nb', title, body, now() - n * interval '{HOURS_APART} hours',
           now() - n * interval '{HOURS_APART} hours',
           words::tsvector, grams::int[]
    FROM unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[]) AS t (n, title, body, words, grams)
"""
_STEPS = f"""
    INSERT INTO proposal_transition (municipality_id, proposal_id, ordinal, from_state, to_state, actor_role)
    SELECT {MUNICIPALITY}, id, 1, 'none', 'published', 'import' FROM proposal p
    WHERE NOT EXISTS (SELECT FROM proposal_transition t WHERE t.proposal_id = p.id)
"""
_SUPPORTS = f"""
    INSERT INTO support_event (municipality_id, proposal_id, account_id, ordinal)
    SELECT {MUNICIPALITY}, (SELECT min(id) FROM proposal) + n % $2::int,
           (SELECT min(id) FROM account) + (n / 7) % $3::int, 1
    FROM generate_series(1, $1::int) n ON CONFLICT DO NOTHING
"""
_COUNTED_ROWS = (
    f"""UPDATE proposal_activity act SET supports = s.n FROM (SELECT proposal_id, count(*) AS n FROM support_event
        GROUP BY proposal_id) s WHERE s.proposal_id = act.proposal_id AND act.municipality_id = {MUNICIPALITY}""",
    """UPDATE support_window SET counted_to = pg_current_xact_id()::text::bigint + 1""",
)


@contextlib.contextmanager
def running(
    stage: Stage, *command: str, port: int | None = None, path: str = "/", **more: str
) -> Iterator[int]:
    """A process of ours while the block runs; yields its id. With `port` it is waited for until it answers."""
    environment = {**os.environ, **stage.environment, **more, "PYTHONPATH": "graphql:."}
    log = (stage.home / f"{command[0].replace('.', '-')}-{port or 0}.log").open("ab")
    process = subprocess.Popen([sys.executable, "-m", *command], env=environment, stdout=log, stderr=log)
    try:
        if port is not None:
            _wait_for(f"http://127.0.0.1:{port}{path}", process)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(30)
        process.kill()
        log.close()


@contextlib.contextmanager
def web(stage: Stage, **more: str) -> Iterator[int]:
    """A web process; yields its port."""
    port = free_port()
    with running(stage, "web", port=port, path="/health/live", SAMSKAP_PORT=str(port), **more):
        yield port


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"a process ended before it answered at {url}")
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2) as answer:
            if answer.status < 500:
                return
        time.sleep(0.1)
    raise RuntimeError(f"nobody answered at {url}")


def memory(pid: int) -> float:
    """Megabytes of a process that are its own or its share of what is shared (PSS)."""
    return float(psutil.Process(pid).memory_full_info().pss) / 1e6
