"""A running `samskap dev` in this folder, found by the other commands: its settings become theirs.

Only where nobody has said which database is meant, and never when the environment says production.
"""

import fcntl
import os
import shlex
from pathlib import Path

import typer

_DATABASE = "SAMSKAP_DATABASE_URL"
_WITHOUT = frozenset({"dev", "schema"})
"""Commands that make their own settings, or need none."""


def use_running_dev(command: str | None) -> None:
    """Take the settings of a running `samskap dev` for `command`, and say so on standard error.

    Looked for in SAMSKAP_HOME, else in `.samskap` of this folder and those around it. What is set already stays.
    """
    home = None if command in _WITHOUT else _home()
    if home is None or not _is_running(home):
        return
    for name, value in _variables(home / "environment").items():
        os.environ.setdefault(name, value)
    typer.echo(f"Using the running development environment in {home}.", err=True)


def stopped_dev() -> str:
    """What else to say to somebody whose settings are missing: a sentence, or nothing where dev never ran."""
    home = _home()
    return f" `samskap dev` has its data in {home} and does not run now." if home else ""


def _home() -> Path | None:
    """Where `samskap dev` keeps its data, when the environment leaves it open which database is meant."""
    if os.environ.get(_DATABASE) or os.environ.get("SAMSKAP_ENV", "dev") != "dev":
        return None
    named = os.environ.get("SAMSKAP_HOME")
    here = Path.cwd()
    homes = [Path(named)] if named else [folder / ".samskap" for folder in (here, *here.parents)]
    return next((home for home in homes if _is_ours(home / "environment")), None)


def _is_ours(path: Path) -> bool:
    # Whoever could write it would decide which database a command works on.
    try:
        found = path.stat()
    except OSError:
        return False
    return found.st_uid == os.getuid() and not found.st_mode & 0o022


def _is_running(home: Path) -> bool:
    """`samskap dev` holds this lock as long as it runs, see _dev_ground.py."""
    try:
        with (home / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False


def _variables(path: Path) -> dict[str, str]:
    """The names and values of lines `export NAME=VALUE`, as `_dev_environment.keep_environment` writes them."""
    found = {}
    for word in shlex.split(path.read_text(encoding="utf-8")):
        name, is_set, value = word.partition("=")
        if is_set and name.startswith("SAMSKAP_"):
            found[name] = value
    return found
