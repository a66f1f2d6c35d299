"""What must hold before `samskap dev` starts anything; each refusal is one sentence and exit code 2."""

import fcntl
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.commands._errors import CommandError

OLDEST_PYTHON = (3, 11)
_LOOPBACK = "127.0.0.1"
LISTENERS = (
    "the pages",
    "the trial login",
    "the figures of the pages",
    "the figures of the relay",
    "the figures of the fast worker",
    "the figures of the slow worker",
)
"""What listens on the port asked for and on those after it, in this order."""


def require_python() -> None:
    """Raise CommandError when this Python is too old."""
    if sys.version_info < OLDEST_PYTHON:
        required = ".".join(map(str, OLDEST_PYTHON))
        raise CommandError(f"Samskap needs Python {required} or newer; this is {sys.version.split()[0]}.")


def require_free_ports(first: int) -> None:
    """Raise CommandError naming the first port that somebody listens on already."""
    for port, what in enumerate(LISTENERS, start=first):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((_LOOPBACK, port))
            except OSError:
                raise CommandError(
                    f"Port {port}, for {what}, is taken; stop what listens there or choose another (--port)."
                ) from None


@contextmanager
def hold(home: Path) -> Iterator[None]:
    """Keep the home folder for this process. Raises CommandError when another `samskap dev` has it."""
    with (home / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CommandError(f"`samskap dev` runs already with its data in {home}.") from None
        yield
