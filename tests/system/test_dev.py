"""`samskap dev` as a whole: from an empty folder to pages that answer, and back to nothing."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.system.dev_process import Dev, free_ports


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="samskap-test-"))
    yield folder
    shutil.rmtree(folder)


@contextmanager
def running(home: Path) -> Iterator[Dev]:
    dev = Dev(home, free_ports())
    try:
        dev.wait_for("Samskap runs.")
        yield dev
    finally:
        if dev.process.poll() is None:
            dev.process.kill()
        dev.process.wait()


def programs_of(home: Path) -> list[str]:
    """The command lines of everything that runs with this home, from its environment or its arguments."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes()
            environment = (process / "environ").read_bytes()
        except OSError:
            continue
        if line and (os.fsencode(home) in line or b"SAMSKAP_HOME=" + os.fsencode(home) in environment):
            found.append(line.replace(b"\0", b" ").decode())
    return found


def assert_nothing_is_left(home: Path, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while programs_of(home):
        assert time.monotonic() < deadline, programs_of(home)
        time.sleep(0.1)


pytestmark = [
    pytest.mark.timeout(400),
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks at processes through /proc"),
]


def test_it_starts_answers_and_stops(home: Path) -> None:
    with running(home) as dev:
        assert dev.status("/health/ready") == 200
        assert (home / "secrets.json").exists()
        said = dev.said()
        for place in (f"http://localhost:{dev.port}", "/graphql", str(home / "mail"), "postgresql://"):
            assert place in said
        assert "Ordentlig Fiolin" in said
        second = Dev(home, free_ports())
        assert second.process.wait(30) == 2
        assert "runs already" in second.said()
        dev.process.send_signal(signal.SIGINT)
        assert dev.process.wait(60) == 0
    assert_nothing_is_left(home)


def test_a_second_start_finds_everything_again(home: Path) -> None:
    secrets = (home / "secrets.json").read_text()
    cluster = (home / "postgres" / "PG_VERSION").stat().st_mtime_ns
    with running(home) as dev:
        assert dev.status("/health/ready") == 200
        assert (home / "secrets.json").read_text() == secrets
        assert (home / "postgres" / "PG_VERSION").stat().st_mtime_ns == cluster
        # Killed without a word, it leaves nothing behind that runs.
        dev.process.send_signal(signal.SIGKILL)
        dev.process.wait()
    assert_nothing_is_left(home)
