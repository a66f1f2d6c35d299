"""The whole platform as `samskap dev` runs it, for browsers: pages, workers, relay, trial login, demo content."""

import contextlib
import email
import email.policy
import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.system.dev_process import Dev, free_ports

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
    # All visits come from this one address, and a few people make all journeys.
    limits = json.dumps(dict.fromkeys(_COUNTED, "100000/hour"))
    dev = Dev(home, free_ports(), SAMSKAP_RATE_LIMITS=limits)
    try:
        # Said last, when everything runs.
        dev.wait_for("Ctrl-C stops it.")
        yield Site(f"http://localhost:{dev.port}", home)
    finally:
        dev.stop()
        shutil.rmtree(home, ignore_errors=True)
