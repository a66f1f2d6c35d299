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
    """200 when database, migrations and Redis are in order and jobs keep up; else 503 and what is not."""
    parts = [*await database_parts(), await _redis(request)]
    is_ready = all(part.is_ok for part in parts)
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


routes = [Route("/health/live", live), Route("/health/ready", ready)]
