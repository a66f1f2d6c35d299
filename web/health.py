"""Whether this process is alive, and whether it can serve."""

import asyncio
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from backend.health import Part, database_parts

_SECONDS = 2.0


async def live(_request: Request) -> JSONResponse:
    """The event loop turns: all that a supervisor needs before it restarts a process."""
    return JSONResponse({"status": "alive"})


async def ready(request: Request) -> JSONResponse:
    """200 when this process can serve, else 503 and why not: database, migrations, Redis, and about to stop.

    That jobs stand still is told too, but pages can be read without them.
    """
    parts = [*await database_parts(), await _redis(request), _stopping(request)]
    is_ready = all(part.is_ok for part in parts if part.is_vital)
    told: dict[str, Any] = {part.name: {"ok": part.is_ok, "detail": part.detail} for part in parts}
    return JSONResponse(
        {"status": "ready" if is_ready else "not ready", "parts": told},
        status_code=200 if is_ready else 503,
        headers={"cache-control": "no-store"},
    )


async def _redis(request: Request) -> Part:
    url = request.app.state.settings.redis_url
    client: Redis = Redis.from_url(url, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS)
    try:
        async with asyncio.timeout(_SECONDS):
            await client.ping()
    except (RedisError, OSError, TimeoutError) as error:
        return Part("redis", is_ok=False, detail=type(error).__name__)
    finally:
        await client.aclose()
    return Part("redis", is_ok=True, detail="answers")


def _stopping(request: Request) -> Part:
    is_draining: bool = request.app.state.is_draining
    return Part("process", is_ok=not is_draining, detail="stopping" if is_draining else "serves")


routes = [Route("/health/live", live), Route("/health/ready", ready)]
