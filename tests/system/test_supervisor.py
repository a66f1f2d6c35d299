"""The supervisor keeps programs running, tells them apart, and stops them in order."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from ops.launch import guarded
from ops.supervisor import Program, Supervisor

ROOT = Path(__file__).resolve().parents[2]
Lines = list[tuple[str, str]]

SLEEPER = "import time; print('ready', flush=True); time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('ready', flush=True); time.sleep(600)"
)


def python(source: str) -> tuple[str, ...]:
    return (sys.executable, "-c", source)


@pytest.fixture
def lines() -> Lines:
    return []


@pytest.fixture
async def supervisor(lines: Lines) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(lambda name, line: lines.append((name, line)))
    yield supervisor
    await supervisor.stop()


async def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - other processes set no Event here
            await asyncio.sleep(0.02)


async def test_lines_carry_the_name_and_the_environment_arrives(supervisor: Supervisor, lines: Lines) -> None:
    source = "import os, time; print(os.environ['WORD'], flush=True); time.sleep(600)"
    supervisor.start(Program("one", python(source), {"WORD": "hei"}))
    supervisor.start(Program("two", python(source), {"WORD": "hallo"}))
    await until(lambda: len(lines) == 2)
    assert sorted(lines) == [("one", "hei"), ("two", "hallo")]


async def test_a_program_that_dies_is_started_again(supervisor: Supervisor, lines: Lines) -> None:
    supervisor.start(Program("worker", python(SLEEPER)))
    await until(lambda: ("worker", "ready") in lines)
    pid = supervisor.pid("worker")
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await until(lambda: lines.count(("worker", "ready")) == 2)
    assert supervisor.pid("worker") not in (None, pid)
    assert any("ended with code -9" in line for _, line in lines)


async def test_the_wait_between_starts_grows(supervisor: Supervisor, lines: Lines) -> None:
    supervisor.start(Program("broken", python("raise SystemExit(3)")))
    await until(lambda: sum("starts again" in line for _, line in lines) == 3)
    assert [line.split(" in ")[1] for _, line in lines] == ["0.5 s", "1 s", "2 s"]


async def test_all_are_stopped_the_last_one_first(lines: Lines) -> None:
    supervisor = Supervisor(lambda name, line: lines.append((name, line)))
    leaver = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('left', flush=True), sys.exit(0)))\n"
        "print('ready', flush=True); time.sleep(600)"
    )
    for name in ("first", "second", "third"):
        supervisor.start(Program(name, python(leaver)))
    await until(lambda: len(lines) == 3)
    await supervisor.stop()
    assert [name for name, line in lines if line == "left"] == ["third", "second", "first"]


async def test_a_program_that_will_not_stop_is_killed(lines: Lines) -> None:
    supervisor = Supervisor(lambda name, line: lines.append((name, line)))
    supervisor.start(Program("stubborn", python(STUBBORN), grace=0.3))
    await until(lambda: ("stubborn", "ready") in lines)
    await supervisor.stop()
    assert ("stubborn", "did not stop in time and is killed") in lines


async def test_stopping_while_a_program_waits_for_its_next_start(lines: Lines) -> None:
    supervisor = Supervisor(lambda name, line: lines.append((name, line)))
    supervisor.start(Program("broken", python("raise SystemExit(3)")))
    await until(lambda: any("1 s" in line for _, line in lines))
    await asyncio.wait_for(supervisor.stop(), 0.5)


async def test_a_very_long_line_does_not_end_the_reading(supervisor: Supervisor, lines: Lines) -> None:
    source = "import time; print('x' * 3_000_000); print('after', flush=True); time.sleep(600)"
    supervisor.start(Program("talker", python(source)))
    await until(lambda: ("talker", "after") in lines)


KEEPER = f"""
import asyncio, sys
from ops.supervisor import Program, Supervisor

async def main():
    supervisor = Supervisor(lambda name, line: print(name, line, flush=True))
    supervisor.listen()
    supervisor.start(Program("child", (sys.executable, "-c", {STUBBORN!r}), grace=float(sys.argv[1])))
    while supervisor.pid("child") is None:
        await asyncio.sleep(0.01)
    print("pid", supervisor.pid("child"), flush=True)
    await supervisor.until_stopping()
    print("stopping", flush=True)
    await supervisor.stop()

asyncio.run(main())
"""


def keeper(grace: float) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", KEEPER, str(grace)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def read_until(process: "subprocess.Popen[str]", word: str) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if word in line:
            return line
    raise AssertionError(f"{word!r} never came")


def test_a_second_interrupt_hurries() -> None:
    with keeper(grace=60) as process:
        read_until(process, "child ready")
        process.send_signal(signal.SIGINT)
        read_until(process, "stopping")
        time.sleep(0.6)
        process.send_signal(signal.SIGINT)
        started = time.monotonic()
        assert process.wait(10) == 0
        assert time.monotonic() - started < 5


def test_one_interrupt_that_arrives_twice_does_not_hurry() -> None:
    with keeper(grace=1.5) as process:
        read_until(process, "child ready")
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        read_until(process, "stopping")
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        assert time.monotonic() - started > 1.4


def test_killing_the_supervisor_ends_its_programs() -> None:
    source = KEEPER.replace(repr(STUBBORN), repr(SLEEPER))
    command = [sys.executable, "-c", source, "60"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        pid = int(read_until(process, "pid").split()[1])
        read_until(process, "child ready")
        process.kill()
        process.wait()
    _wait_until_gone(pid)


def test_where_the_kernel_does_not_tell_a_watcher_does(tmp_path: Path) -> None:
    """The launcher as it works without prctl: the forked watcher ends the program."""
    command = guarded(python(SLEEPER))
    launcher = Path(command[3]).read_text().replace('sys.platform == "linux"', "False")
    (tmp_path / "launch.py").write_text(launcher)
    source = (
        "import subprocess, sys, os\n"
        "argv = [*sys.argv[1:4], sys.argv[4], str(os.getpid()), *sys.argv[6:]]\n"
        "child = subprocess.Popen(argv); print('pid', child.pid, flush=True); child.wait()"
    )
    argv = [sys.executable, "-c", source, *command[:3], str(tmp_path / "launch.py"), *command[4:]]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        pid = int(read_until(process, "pid").split()[1])
        read_until(process, "ready")
        process.kill()
        process.wait()
    _wait_until_gone(pid)


def _wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        if _is_zombie(pid):
            return
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    raise AssertionError(f"process {pid} outlived its parent")


def _is_zombie(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] == "Z"
