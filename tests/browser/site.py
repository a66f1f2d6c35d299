"""The whole platform as `samskap dev` runs it, for browsers: pages, workers, relay, trial login, demo content."""

import contextlib
import email
import email.policy
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.system.test_dev import free_ports

ROOT = Path(__file__).resolve().parents[2]
_SECONDS = 120
_COUNTED = (
    "address.query",
    "address.login",
    "person.query",
    "person.mutation",
    "createProposal",
    "createComment",
)


@dataclass(frozen=True)
class Site:
    """A running platform; `mail` is the folder its letters land in."""

    url: str
    home: Path

    @property
    def mail(self) -> Path:
        """Letters, one file each."""
        return self.home / "mail"

    def letters(self, containing: str) -> list[str]:
        """The letters with that text: addresses, subject and words, decoded, in the order they came."""
        paths = (
            sorted(self.mail.glob("*"), key=lambda path: path.stat().st_mtime) if self.mail.exists() else []
        )
        return [text for path in paths if containing in (text := _read(path))]


def _read(path: Path) -> str:
    letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = letter.get_body(("plain",))
    return f"{letter['to']}\n{letter['subject']}\n{body.get_content() if body else ''}"


@contextlib.contextmanager
def running_site() -> Iterator[Site]:
    """Start it in an empty folder, and leave nothing behind."""
    home = Path(tempfile.mkdtemp(prefix="samskap-browser-"))
    port = free_ports()
    log = home / "dev.log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SAMSKAP_")}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "graphql")])
    # All visits come from this one address, and a few people make all journeys.
    environment["SAMSKAP_RATE_LIMITS"] = json.dumps(dict.fromkeys(_COUNTED, "100000/hour"))
    command = [sys.executable, "-m", "backend.cli", "dev", "--home", str(home), "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        _wait(process, log, port)
        yield Site(f"http://localhost:{port}", home)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
        shutil.rmtree(home, ignore_errors=True)


def _wait(process: subprocess.Popen[bytes], log: Path, port: int) -> None:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        # Said last, when everything runs.
        if b"Ctrl-C stops it." in log.read_bytes():
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5):
                return
        time.sleep(0.2)
    raise AssertionError(f"the site did not start:\n{log.read_text(errors='replace')[-3000:]}")
