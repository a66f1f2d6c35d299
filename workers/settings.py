"""How arq is set up: one queue for what takes a moment, one for what may take minutes."""

from collections.abc import Callable
from socket import gethostname
from typing import Any
from urllib.parse import urlsplit

import orjson
from arq.connections import RedisSettings

from backend.platform.settings import Settings

# A job's own transaction keeps two runs apart, so a killed worker's job may be started again soon.
TIMEOUT = {"fast": 20, "slow": 900}
IN_PROGRESS_SECONDS = {"fast": 4, "slow": 60}
CONCURRENCY = {"fast": 20, "slow": 2}
EXPIRES_MS = 14 * 24 * 3600 * 1000


def queue_name(queue: str) -> str:
    """The Redis key of a queue."""
    return f"samskap:{queue}"


def health_key(queue: str) -> str:
    """The Redis key under which the worker of this machine or container says every 15 seconds that it lives."""
    return f"{queue_name(queue)}:health-check:{gethostname()}"


def redis_settings(settings: Settings) -> RedisSettings:
    """Where the queue is; certificates are checked when the address asks for TLS."""
    found = RedisSettings.from_dsn(settings.redis_url)
    found.conn_retries = 5
    # A second, as by default, is too short for a machine that is busy.
    found.conn_timeout = 5
    if urlsplit(settings.redis_url).scheme == "rediss":
        found.ssl_check_hostname = True
    return found


serialize: Callable[[dict[str, Any]], bytes] = orjson.dumps
deserialize: Callable[[bytes], dict[str, Any]] = orjson.loads
