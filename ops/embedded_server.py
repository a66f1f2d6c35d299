"""What PostgreSQL and Redis from wheels have in common: a command, an address, a way to know it answers."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from ops.launch import SAME_USER, guarded

_READY_SECONDS = 60.0
_POLL_SECONDS = 0.05


class EmbeddedError(Exception):
    """PostgreSQL or Redis from wheels cannot run here; the message is one clear sentence."""


@dataclass(frozen=True, slots=True)
class Server:
    """A prepared server: how to run it, where it answers, where it writes its log."""

    name: str
    command: tuple[str, ...]
    url: str
    log: Path
    answers: Callable[[], bool]
    stop_signal: signal.Signals = signal.SIGTERM
    user: str = SAME_USER

    def guarded_command(self) -> tuple[str, ...]:
        """The command line whose process ends with the calling process."""
        return guarded(self.command, last_signal=self.stop_signal, user=self.user)

    def wait_until_ready(self, is_alive: Callable[[], bool]) -> None:
        """Block until the server answers.

        Raises EmbeddedError when it died, or when it is silent for a minute.
        """
        deadline = time.monotonic() + _READY_SECONDS
        while not self.answers():
            if not is_alive():
                raise EmbeddedError(
                    f"{self.name} ended at once: {self._last_words()} (all of it: {self.log})"
                )
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"{self.name} did not answer within {_READY_SECONDS:.0f} s; see {self.log}."
                )
            time.sleep(_POLL_SECONDS)

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


def make_home(home: Path) -> Path:
    """The home folder as an absolute path, made closed to others when it is missing.

    Raises EmbeddedError when it cannot be made or written.
    """
    home = home.resolve()
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError:
        raise EmbeddedError(f"{home} is not a folder.") from None
    except OSError as error:
        raise EmbeddedError(f"The folder {home} cannot be made: {error.strerror}.") from None
    if not os.access(home, os.W_OK | os.X_OK):
        raise EmbeddedError(f"The folder {home} cannot be written.")
    return home


def wheel_folder(module: str) -> Path:
    """Where the package with the binaries is installed, found without importing it.

    Raises EmbeddedError when it is not installed.
    """
    spec = find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(f"The package {module} is not installed; install samskap[embedded].")
    return Path(spec.submodule_search_locations[0])
