"""A running `samskap dev`, for the tests of it and for those that use what it runs."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from ops.commands._dev_ground import LISTENERS

ROOT = Path(__file__).resolve().parents[2]


def free_ports() -> int:
    """The first of as many free ports in a row as `samskap dev` wants."""
    for first in range(21000, 30000, 10):
        try:
            for port in range(first, first + len(LISTENERS)):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
    raise AssertionError("no free ports")


class Dev:
    """A running `samskap dev`. Its output goes to a file, so that no full pipe holds it up."""

    def __init__(self, home: Path, port: int, **settings: str) -> None:
        self.port = port
        self.output = home / f"dev-{port}-{time.monotonic_ns()}.log"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SAMSKAP_")}
        environment |= {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "graphql")]), **settings}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ops.cli", "dev", "--home", str(home), "--port", str(port)],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=output,
            )

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def wait_for(self, text: str, seconds: float = 120.0) -> None:
        deadline = time.monotonic() + seconds
        while text not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)

    def status(self, path: str) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as response:
            return int(response.status)

    def stop(self) -> None:
        """As Ctrl-C does; killed after half a minute."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
