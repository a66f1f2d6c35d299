"""`samskap worker`: a worker of one queue, or the relay that fills the queues."""

from enum import StrEnum
from typing import Annotated

import typer

from backend.platform.settings import get_settings
from ops.commands._exec import become


class _Queue(StrEnum):
    FAST = "fast"
    SLOW = "slow"
    RELAY = "relay"


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("worker")(_worker)


def _worker(
    queue: Annotated[
        _Queue,
        typer.Option(help="fast: what people wait for; slow: long jobs; relay: moves the outbox into both."),
    ] = _Queue.FAST,
) -> None:
    """Run a worker until it is stopped. It leaves when Redis goes away: let something start it again."""
    get_settings()
    if queue is _Queue.RELAY:
        become("workers.relay")
    become("workers", "--queue", queue.value)
