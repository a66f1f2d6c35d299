"""PostgreSQL and Redis from wheels: they start, keep what was written, and never outlive who started them."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from redis.asyncio import Redis

from ops.embedded import EmbeddedError, start_postgres, start_redis, stop
from ops.embedded_server import wheel_folder

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home() -> Iterator[Path]:
    # Not tmp_path: pytest closes its base folder to other users, and for root the server is another user.
    folder = Path(tempfile.mkdtemp(prefix="samskap-test-"))
    yield folder
    stop(folder)
    shutil.rmtree(folder)


def _gone(pid: int, seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat")
            if state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


async def test_a_second_start_finds_the_data_again(home: Path) -> None:
    connection = await asyncpg.connect(start_postgres(home))
    await connection.execute("CREATE TABLE kept (word text); INSERT INTO kept VALUES ('Ærlig')")
    await connection.close()
    stop(home)
    connection = await asyncpg.connect(start_postgres(home))
    assert await connection.fetchval("SELECT lower(word) FROM kept") == "ærlig"
    await connection.close()


async def test_postgres_is_durable_and_has_room(home: Path) -> None:
    connection = await asyncpg.connect(start_postgres(home))
    assert await connection.fetchval("SHOW fsync") == "on"
    assert await connection.fetchval("SHOW max_connections") == "200"
    assert await connection.fetchval("SHOW listen_addresses") == ""
    assert (await connection.fetchval("SHOW server_version")).startswith("18")
    await connection.close()


async def test_starting_twice_in_one_process_is_one_server(home: Path) -> None:
    assert start_postgres(home) == start_postgres(home)
    assert start_redis(home) == start_redis(home)


async def test_redis_wants_its_password_and_saves_nothing(home: Path) -> None:
    url = start_redis(home)
    async with Redis.from_url(url) as client:
        await client.set("key", "value")
        assert (await client.config_get("save"))["save"] == ""
    with pytest.raises(Exception, match="Authentication required"):
        async with Redis.from_url("redis://" + url.split("@")[1]) as stranger:
            await stranger.ping()
    stop(home)
    assert start_redis(home) == url
    async with Redis.from_url(url) as client:
        assert await client.get("key") is None


def test_a_long_home_still_has_a_socket(home: Path) -> None:
    deep = home / ("folder-" * 20)
    url = start_postgres(deep)
    asyncio.run(_select_one(url))
    stop(deep)
    sockets = Path(url.partition("host=")[2])
    assert len(str(sockets)) < 90
    sockets.rmdir()


def test_a_home_that_is_a_file_is_one_sentence(home: Path) -> None:
    taken = home / "file"
    taken.write_text("")
    with pytest.raises(EmbeddedError, match="is not a folder"):
        start_postgres(taken)


def test_a_broken_cluster_says_why(home: Path) -> None:
    start_postgres(home)
    stop(home)
    (home / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(EmbeddedError, match="PostgreSQL ended at once"):
        start_postgres(home)


def test_killing_the_starter_leaves_no_orphan(home: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from ops import embedded;"
        "home = Path(sys.argv[1]); embedded.start_postgres(home); embedded.start_redis(home);"
        "print(*[r.process.pid for r in embedded._running.values()], flush=True); time.sleep(600)"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", program, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    pids = [int(word) for word in starter.stdout.readline().split()]
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    starter.stdout.close()
    assert len(pids) == 2
    assert all(_gone(pid) for pid in pids)
    # The data is whole: the next start needs nothing done by hand.
    asyncio.run(_select_one(start_postgres(home)))


async def _select_one(url: str) -> None:
    connection = await asyncpg.connect(url)
    assert await connection.fetchval("SELECT 1") == 1
    await connection.close()


def test_a_wheel_that_is_missing_is_named() -> None:
    with pytest.raises(EmbeddedError, match="no_such_wheel is not installed"):
        wheel_folder("no_such_wheel")
