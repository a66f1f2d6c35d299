"""Sending many requests at once: with wrk where it is installed, else from Python.

Every request is written out beforehand, so that the sender does next to nothing while it measures. One that
is not answered with 200 and without errors makes the measurement void.
"""

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 32
_SCRIPT = Path(__file__).with_name("requests.lua")


@dataclass(frozen=True, slots=True)
class Shot:
    """One request."""

    path: str
    body: str | None = None
    cookie: str | None = None

    def written(self) -> bytes:
        """As HTTP/1.1."""
        lines = [f"{'POST' if self.body is not None else 'GET'} {self.path} HTTP/1.1", "Host: 127.0.0.1"]
        if self.body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(self.body.encode())}"]
        if self.cookie is not None:
            lines.append(f"Cookie: {self.cookie}")
        return ("\r\n".join(lines) + "\r\n\r\n" + (self.body or "")).encode()


class VoidMeasurementError(Exception):
    """Some requests were refused or failed, so the figure would mean nothing."""


def rate(ports: Sequence[int], shots: list[Shot], *, seconds: float = 5.0, apart: bool = False) -> float:
    """Requests per second over `seconds`, spread over processes; `apart` gives each process its own shots."""
    fire = _rate_from_python if shutil.which("wrk") is None else _rate_from_wrk
    shares = [shots[n :: len(ports)] if apart else shots for n in range(len(ports))]
    with ThreadPoolExecutor(len(ports)) as threads:
        connections = CONNECTIONS // len(ports)
        return sum(threads.map(lambda port, share: fire(port, share, seconds, connections), ports, shares))


def sender() -> str:
    """What sends: for the report."""
    return "wrk" if shutil.which("wrk") else "Python"


def _rate_from_wrk(port: int, shots: list[Shot], seconds: float, connections: int) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        for shot in shots:
            # JSON holds neither tabs nor line ends of its own.
            file.write("\t".join((shot.path, shot.body or "", shot.cookie or "")) + "\n")
        file.flush()
        command = ["wrk", "-t", "1", "-c", str(connections), "-d", f"{int(seconds)}s", "-s", str(_SCRIPT)]
        run = subprocess.run(
            [*command, f"http://127.0.0.1:{port}", "--", file.name],
            capture_output=True,
            text=True,
            check=True,
        )
    report = json.loads(run.stdout.splitlines()[-1])
    if report["failed"] or not report["requests"]:
        raise VoidMeasurementError(f"{report['failed']} of {report['requests']} requests failed")
    return float(report["requests"] / report["seconds"])


def _rate_from_python(port: int, shots: list[Shot], seconds: float, connections: int) -> float:
    """In a process of its own, so that it shares no interpreter with anything."""
    with tempfile.NamedTemporaryFile("wb", suffix=".bin") as file:
        for shot in shots:
            written = shot.written()
            file.write(len(written).to_bytes(4, "big") + written)
        file.flush()
        run = subprocess.run(
            [
                sys.executable,
                "-m",
                "tests.bench.load",
                str(port),
                file.name,
                str(seconds),
                str(connections),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
    return float(run.stdout)


async def _fire(port: int, requests: list[bytes], seconds: float, connections: int) -> float:
    position, done, until = 0, 0, time.perf_counter() + seconds

    async def connection() -> None:
        nonlocal position, done
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < until:
            request = requests[position % len(requests)]
            position += 1
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            body = await reader.readexactly(size)
            if not head.startswith(b"HTTP/1.1 200") or b'"errors"' in body[:60]:
                raise VoidMeasurementError(body[:300].decode(errors="replace"))
            done += 1
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(connection() for _ in range(connections)))
    return done / (time.perf_counter() - started)


def _read(path: str) -> list[bytes]:
    raw, requests, at = Path(path).read_bytes(), [], 0
    while at < len(raw):
        size = int.from_bytes(raw[at : at + 4], "big")
        requests.append(raw[at + 4 : at + 4 + size])
        at += 4 + size
    return requests


if __name__ == "__main__":
    import uvloop

    _, given_port, given_file, given_seconds, given_connections = sys.argv
    found = uvloop.run(
        _fire(int(given_port), _read(given_file), float(given_seconds), int(given_connections))
    )
    sys.stdout.write(f"{found}\n")
