"""Real processes that are killed and come back: PostgreSQL, Redis, web, relay and workers."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from backend.platform.database import with_user
from ops.embedded_postgres import ROLE, postgres_server
from ops.embedded_redis import redis_server
from ops.embedded_server import Server
from ops.launch import guarded

ROOT = Path(__file__).parents[2]
_PAUSE = 0.2


class Supervised:
    """A command that is started again whenever it ends, until `stop`."""

    def __init__(
        self, name: str, command: tuple[str, ...], log: Path, environment: Mapping[str, str]
    ) -> None:
        self.name = name
        self.starts = 0
        self._command = command
        self._log = log
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = False
        self._task = asyncio.create_task(self._restart())

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process, if there is one at the moment."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(number)

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End it for good: asked first, killed after 20 seconds."""
        self._stopping = True
        self.send(number)
        _, late = await asyncio.wait({self._task}, timeout=20)
        if late:
            self.send(signal.SIGKILL)
        await self._task

    async def _restart(self) -> None:
        while not self._stopping:
            with self._log.open("ab") as log:
                self._process = await asyncio.create_subprocess_exec(
                    *self._command, stdout=log, stderr=log, cwd=ROOT, env=self._environment, process_group=0
                )
            self.starts += 1
            if not self._stopping:
                await self._process.wait()
                await asyncio.sleep(_PAUSE)
        if self._process is not None:
            await self._process.wait()


def start_ours(name: str, *module: str, home: Path, environment: Mapping[str, str]) -> Supervised:
    """Keep `python -m …` running with these settings and no others; its log is in `home`."""
    base = {key: value for key, value in os.environ.items() if not key.startswith("SAMSKAP_")}
    command = guarded((sys.executable, "-m", *module), last_signal=signal.SIGKILL)
    return Supervised(
        name, command, home / f"{name}.log", {**base, **environment, "PYTHONPATH": f"{ROOT}/graphql:{ROOT}"}
    )


def free_port() -> int:
    """A port that nobody has at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Town:
    """Everything that runs. `environment` is what its own processes are started with."""

    home: Path
    environment: dict[str, str]
    postgres: Server
    redis: Server
    processes: dict[str, Supervised] = field(default_factory=dict)
    ports: list[int] = field(default_factory=list)

    def start(self, name: str, *module: str, **more: str) -> Supervised:
        """Run `python -m …` of ours."""
        self.processes[name] = started = start_ours(
            name, *module, home=self.home, environment={**self.environment, **more}
        )
        return started

    async def start_server(self, name: str, server: Server) -> None:
        """Run PostgreSQL or Redis and wait until it answers."""
        self.processes[name] = Supervised(name, server.guarded_command(), server.log, os.environ)
        await asyncio.to_thread(server.wait_until_ready, lambda: True)

    async def serve(self, web: int, workers: int) -> None:
        """Start the web processes, one relay and the workers; returns when all web processes answer."""
        for number in range(web):
            port = free_port()
            self.ports.append(port)
            self.start(f"web{number}", "web", SAMSKAP_PORT=str(port))
        self.start("relay", "workers.relay")
        for number in range(workers):
            self.start(f"worker{number}", "workers", "--queue", "fast")
        for port in self.ports:
            await _until_ready(f"http://127.0.0.1:{port}/health/ready")


async def _until_ready(url: str, seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    async with httpx.AsyncClient(trust_env=False) as http:
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                if (await http.get(url, timeout=5)).status_code == 200:
                    return
            await asyncio.sleep(0.1)
    raise AssertionError(f"nobody answered at {url}")


@contextlib.asynccontextmanager
async def town(home: Path, **environment: str) -> AsyncIterator[Town]:
    """PostgreSQL and Redis in `home`; whatever is kept running in the block ends with it."""
    postgres, redis = postgres_server(home), redis_server(home)
    made = Town(
        home,
        {
            "SAMSKAP_ENV": "test",
            "SAMSKAP_HOME": str(home),
            "SAMSKAP_DATABASE_URL": with_user(postgres.url, ROLE),
            "SAMSKAP_REDIS_URL": redis.url,
            "SAMSKAP_PEPPERS": "1:" + "ab" * 32,
            "SAMSKAP_METRICS_PORT": "0",
            "SAMSKAP_MAIL_DIR": str(home / "mail"),
            "SAMSKAP_BASE_URL": "http://testserver",
            **environment,
        },
        postgres,
        redis,
    )
    try:
        await made.start_server("postgres", postgres)
        await made.start_server("redis", redis)
        yield made
    finally:
        for name, process in reversed(made.processes.items()):
            await process.stop(postgres.stop_signal if name == "postgres" else signal.SIGTERM)
