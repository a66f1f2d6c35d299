"""Whether this process is alive, and whether it can serve."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from backend.health import Part, database_parts, redis_part


async def live(_request: Request) -> JSONResponse:
    """The event loop turns: all that a supervisor needs before it restarts a process."""
    return JSONResponse({"status": "alive"})


async def ready(request: Request) -> JSONResponse:
    """200 when this process can serve, else 503 and why not: database, migrations, Redis, and about to stop.

    That jobs stand still is told too, but pages can be read without them.
    """
    parts = [
        *await database_parts(),
        await redis_part(request.app.state.settings.redis_url),
        _stopping(request),
    ]
    is_ready = all(part.is_ok for part in parts if part.is_vital)
    told: dict[str, Any] = {part.name: {"ok": part.is_ok, "detail": part.detail} for part in parts}
    return JSONResponse(
        {"status": "ready" if is_ready else "not ready", "parts": told},
        status_code=200 if is_ready else 503,
        headers={"cache-control": "no-store"},
    )


def _stopping(request: Request) -> Part:
    is_draining: bool = request.app.state.is_draining
    return Part("process", is_ok=not is_draining, detail="stopping" if is_draining else "serves")


routes = [Route("/health/live", live), Route("/health/ready", ready)]
