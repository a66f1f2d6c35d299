"""PostgreSQL 18 and Redis from wheels, for a laptop and for tests: started as children, never as daemons.

Both keep what they need under one home folder and end when the process that started them ends, however it
ends. PostgreSQL listens on a socket in a folder closed to others. Redis listens on a loopback port behind a
password and saves nothing: it may be wiped at any moment.
"""

import atexit
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ops.embedded_postgres import postgres_server
from ops.embedded_redis import redis_server
from ops.embedded_server import EmbeddedError, Server

_STOP_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class _Running:
    server: Server
    process: subprocess.Popen[bytes]


_running: dict[tuple[Path, str], _Running] = {}


def start_postgres(home: Path, *, is_durable: bool = True) -> str:
    """Start PostgreSQL with its data in `home`/postgres and return the URL of its database `samskap`.

    What is not durable outlives the server's end, but not the machine's: for tests.

    Called again for the same home in one process it returns the same URL. Call it from the main thread: the
    server ends with the thread. Raises EmbeddedError with one sentence.
    """
    return _start(home, "postgres", partial(postgres_server, is_durable=is_durable))


def start_redis(home: Path) -> str:
    """Start Redis for `home` and return its URL; as `start_postgres` otherwise."""
    return _start(home, "redis", redis_server)


def stop(home: Path) -> None:
    """Stop what this process started for `home`; stopping nothing is no error."""
    for key in [key for key in reversed(_running) if key[0] == home.resolve()]:
        _end(_running.pop(key))


def _start(home: Path, name: str, prepare: Callable[[Path], Server]) -> str:
    key = (home.resolve(), name)
    known = _running.get(key)
    if known is not None and known.process.poll() is None:
        return known.server.url
    server = prepare(home)
    with server.log.open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own command line, no shell
            server.guarded_command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, process_group=0
        )
    _running[key] = _Running(server, process)
    try:
        server.wait_until_ready(lambda: process.poll() is None)
    except EmbeddedError:
        _end(_running.pop(key))
        raise
    return server.url


def _end(running: _Running) -> None:
    if running.process.poll() is None:
        running.process.send_signal(running.server.stop_signal)
    try:
        running.process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        running.process.send_signal(signal.SIGKILL)
        running.process.wait()


@atexit.register
def _stop_everything() -> None:
    while _running:
        _end(_running.popitem()[1])


__all__ = ["EmbeddedError", "start_postgres", "start_redis", "stop"]
