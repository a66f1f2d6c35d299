"""The course of `samskap dev`: servers, tables, seed, programs, then a page that answers."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import typer

from backend.platform.database import open_database, with_user
from backend.platform.provision import provision
from backend.platform.settings import get_settings
from backend.topics.seeding import seed_once
from ops.commands._dev_environment import keep_environment, trial_address, trial_clients
from ops.commands._dev_guide import guide
from ops.commands._errors import CommandError
from ops.commands._exec import python_module
from ops.commands.demo import seed_summary
from ops.demo.seeding import seed_demo
from ops.embedded_postgres import ROLE, postgres_server
from ops.embedded_redis import redis_server
from ops.embedded_server import Server
from ops.supervisor import Program, Supervisor

_READY_SECONDS = 90.0
_NAME_WIDTH = 8


async def run(home: Path, port: int, *, demo: bool) -> int:
    """Run everything until somebody asks for a stop; the exit code."""
    supervisor = Supervisor(_say)
    supervisor.listen()
    starting = asyncio.create_task(_start(supervisor, home, port, demo=demo))
    is_stopping = asyncio.create_task(supervisor.until_stopping())
    try:
        await asyncio.wait({starting, is_stopping}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            typer.echo(guide(home, port))
            await is_stopping
    finally:
        starting.cancel()
        is_stopping.cancel()
        await asyncio.wait({starting, is_stopping})
        typer.echo("\nStopping; a second Ctrl-C hurries ...")
        await supervisor.stop()
    typer.echo("Stopped.")
    return 0


async def _start(supervisor: Supervisor, home: Path, port: int, *, demo: bool) -> None:
    owner = await _server(supervisor, "postgres", postgres_server, home)
    os.environ["SAMSKAP_DATABASE_URL"] = with_user(owner, ROLE)
    os.environ["SAMSKAP_DATABASE_OWNER_URL"] = owner
    os.environ["SAMSKAP_REDIS_URL"] = await _server(supervisor, "redis", redis_server, home)
    keep_environment(home)
    settings = get_settings()
    # The programs below are not to know it.
    del os.environ["SAMSKAP_DATABASE_OWNER_URL"]
    async with _step("the tables"):
        await provision(settings)
    async with _step("topics and people to try with"), open_database(settings):
        await seed_once(settings)
    if demo:
        async with _step("proposals and comments to look at"), open_database(settings):
            typer.echo(f"  {seed_summary(await seed_demo(settings))}")
    for program in _programs(port):
        supervisor.start(program)
    async with _step("pages, workers and trial login"):
        await _until_ready(f"{trial_address(port)}/health")
        await _until_ready(f"http://127.0.0.1:{port}/health/ready")


async def _server(supervisor: Supervisor, name: str, prepare: Callable[[Path], Server], home: Path) -> str:
    async with _step({"postgres": "PostgreSQL 18", "redis": "Redis"}[name]):
        server = await asyncio.to_thread(prepare, home)
        supervisor.start(
            Program(name, server.command, stop_signal=server.stop_signal, user=server.user, log=server.log)
        )
        await asyncio.to_thread(server.wait_until_ready, lambda: _first_try(supervisor, name))
    return server.url


def _first_try(supervisor: Supervisor, name: str) -> bool:
    # Started a second time means that the first try has ended.
    return supervisor.starts(name) < 2 and not supervisor.is_stopping


def _programs(port: int) -> list[Program]:
    def with_figures(number: int) -> dict[str, str]:
        return {"PYTHONUNBUFFERED": "1", "SAMSKAP_METRICS_PORT": str(number)}

    trial = python_module("web.trial", "--port", str(port + 1), "--issuer", trial_address(port))
    return [
        Program("trial", trial, {"SAMSKAP_TRIAL_CLIENTS": trial_clients()}),
        Program("web", python_module("web"), with_figures(port + 2)),
        Program("relay", python_module("workers.relay"), with_figures(port + 3)),
        Program("fast", python_module("workers", "--queue", "fast"), with_figures(port + 4)),
        Program("slow", python_module("workers", "--queue", "slow"), with_figures(port + 5)),
    ]


async def _until_ready(url: str) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    last_answer = "nothing"
    async with httpx.AsyncClient(timeout=5.0, trust_env=False) as client:
        while time.monotonic() < deadline:
            try:
                response = await client.get(url)
            except httpx.HTTPError as error:
                last_answer = type(error).__name__
            else:
                if response.is_success:
                    return
                last_answer = f"{response.status_code} {response.text[:200]}"
            await asyncio.sleep(0.2)
    raise CommandError(f"{url} is not ready after {_READY_SECONDS:.0f} s; the last answer was {last_answer}.")


@asynccontextmanager
async def _step(what: str) -> AsyncIterator[None]:
    typer.echo(f"  {what} ...")
    started = time.monotonic()
    yield
    typer.echo(f"  {what}: ready after {time.monotonic() - started:.1f} s")


def _say(name: str, line: str) -> None:
    typer.echo(f"{name:<{_NAME_WIDTH}}| {line}")
