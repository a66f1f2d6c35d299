"""A tiny launcher: the program it becomes ends when the process that asked for it ends, even by SIGKILL.

It runs as `python -I -S ops/launch.py PARENT SIGNAL USER PROGRAM [ARGUMENT ...]`, by its path and with
the standard library only, so that it costs a few milliseconds and can also switch user before the program
starts. On Linux the kernel sends the signal. Elsewhere a forked watcher looks once a second whether the
parent lives.
"""

import ctypes
import os
import pwd
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

SAME_USER = "-"
_PR_SET_PDEATHSIG = 1
_WATCH_SECONDS = 1.0


def guarded(
    command: Sequence[str], *, last_signal: signal.Signals = signal.SIGTERM, user: str = SAME_USER
) -> tuple[str, ...]:
    """The command line that runs `command` so that it gets `last_signal` when the calling process is gone.

    The kernel counts the thread that starts the program as its parent: start it from one that lives on.
    """
    launcher = (sys.executable, "-I", "-S", str(Path(__file__).resolve()))
    return (*launcher, str(os.getpid()), last_signal.name, user, *command)


def _become(user: str) -> None:
    entry = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def _ask_kernel(last_signal: signal.Signals) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, int(last_signal), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _fork_watcher(parent: int, last_signal: signal.Signals) -> None:
    program = os.getpid()
    if os.fork() != 0:
        return
    # A group of its own, so that a signal to the program's group leaves the watcher watching.
    os.setpgid(0, 0)
    while _alive(parent) and os.getppid() == program:
        time.sleep(_WATCH_SECONDS)
    if os.getppid() == program:
        os.kill(program, last_signal)
    os._exit(0)


def _main(arguments: list[str]) -> None:
    parent, last_signal, user = int(arguments[0]), signal.Signals[arguments[1]], arguments[2]
    command = arguments[3:]
    # Asked to stop before the program is there, the launcher ends without Python's traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if user != SAME_USER:
        _become(user)
    if sys.platform == "linux":
        # After the change of user, because that change clears the wish.
        _ask_kernel(last_signal)
        if os.getppid() != parent:
            sys.exit(f"{command[0]}: the process that asked for it is gone.")
    else:
        _fork_watcher(parent, last_signal)
    os.execvp(command[0], command)  # noqa: S606 - the caller's own command line, no shell


if __name__ == "__main__":
    _main(sys.argv[1:])
