"""Structured logs and the port for metrics. Log lines carry ids of requests, jobs and actors, never personal data."""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from functools import partial
from typing import Any

import structlog
from prometheus_client import Gauge, start_http_server

from backend.platform.database import pool
from backend.platform.errors import Unavailable
from backend.platform.settings import Settings

_QUIET = ("arq.worker", "httpx", "httpcore", "tortoise", "uvicorn.access", "asyncio")
CONNECTIONS = Gauge("samskap_database_connections", "Connections to the database, by what they do", ["state"])


def _without_values(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep an exception's type and trace but not its text: a database's words may quote what a person wrote."""
    error = event.pop("exc_info", None)
    if isinstance(error, tuple):
        error = error[1]
    elif error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event["exception"] = type(error).__name__
        event["trace"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in _frames(error)]
    return event


def _frames(error: BaseException) -> list[Any]:
    return list(traceback.extract_tb(error.__traceback__))[-12:]


def configure_logging(settings: Settings, process: str) -> None:
    """JSON lines on standard output (plain ones in `dev`), for our own loggers and the libraries' alike."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_values,
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=False)
        if settings.env == "dev"
        else structlog.processors.JSONRenderer()
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    logging.getLogger("uvicorn.error").addFilter(_without_addresses)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)


def _without_addresses(record: logging.LogRecord) -> bool:
    """Pass over uvicorn's lines about single sockets: they begin with the visitor's address."""
    return "WebSocket" not in str(record.msg)


def _connections(state: str) -> float:
    try:
        held = pool()
    except (Unavailable, KeyError, RuntimeError):
        # Not open yet, or closed already.
        return 0
    idle = held.get_idle_size()
    return idle if state == "idle" else held.get_size() - idle


def serve_metrics(settings: Settings) -> None:
    """Serve Prometheus metrics on their own port; port 0 serves none.

    Ends the process with one sentence when the port is taken.
    """
    for state in ("idle", "busy"):
        CONNECTIONS.labels(state).set_function(partial(_connections, state))
    if not settings.metrics_port:
        return
    try:
        start_http_server(settings.metrics_port, addr=settings.host)
    except OSError as error:
        raise SystemExit(
            f"Port {settings.metrics_port} for metrics cannot be used ({error.strerror}); "
            "set SAMSKAP_METRICS_PORT to a free one, or to 0 for none."
        ) from None
