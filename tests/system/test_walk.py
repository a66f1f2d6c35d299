"""docs/walk.md is true: its blocks run, one after the other, against everything that `samskap dev` starts."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.commands._dev_ground import LISTENERS
from tests.fixtures.real_proposals import REAL_FILE

ROOT = Path(__file__).parents[2]
_HEADER = (
    "id,round,title,texts,areaScope,latitude,longitude,versionsCount,state,total_comments_count,selected,"
    "link_plans,num_link_proposals,adj_budget,budgetamount,district"
)
_ROW = "{0},2,Puisto {0},Lisää puita ja penkkejä puistoon numero {0}.,,60.2,24.9,1,accepted,0,,,,,,"


def _environ(**more: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SAMSKAP_")}
    return {**inherited, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "graphql")]), **more}


def _free_port() -> int:
    for first in range(31000, 39000, 10):
        try:
            for port in range(first, first + len(LISTENERS)):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
    raise AssertionError("no free ports")


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home folder of a running `samskap dev`."""
    folder, port = tmp_path_factory.mktemp("walk"), _free_port()
    log = folder / "dev.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "ops.cli", "dev", "--home", str(folder / "home"), "--port", str(port)],
            cwd=ROOT,
            env=_environ(),
            stdout=output,
            stderr=output,
        )
    try:
        deadline = time.monotonic() + 120
        while not _is_ready(port):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.5)
        yield folder / "home"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _data(folder: Path) -> Path:
    if REAL_FILE.exists():
        return REAL_FILE
    made = folder / "omastadi.csv"
    made.write_text("\n".join([_HEADER, *(_ROW.format(number) for number in range(1, 6))]) + "\n")
    return made


def test_the_walk_can_be_walked(home: Path, tmp_path: Path) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "docs/walk.md").read_text(), re.DOTALL)
    script = "\n".join(["set -eu -o pipefail", *blocks]).replace(
        ". .samskap/environment", f". {home}/environment"
    )
    command = tmp_path / "samskap"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m ops.cli "$@"\n')
    command.chmod(0o755)
    (tmp_path / "python").symlink_to(sys.executable)
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=ROOT,
        env=_environ(DATA=str(_data(tmp_path)), PATH=f"{tmp_path}:{os.environ['PATH']}"),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert '"errors"' not in done.stdout
    assert "Sykkelparkering under tak ved Sandvika stasjon" in done.stdout
