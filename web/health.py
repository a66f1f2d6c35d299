"""Whether this process is alive, and whether it can serve."""

import asyncio
from time import monotonic
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from backend.platform.health import Check, database_checks, redis_check
from backend.platform.settings import Settings

_FRESH_SECONDS: Final = 1.0


class Readiness:
    """What this process stands on, looked at no more than once a second: anybody may ask, and asking writes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._checks: list[Check] = []
        self._until = 0.0
        self._turn = asyncio.Lock()

    async def parts(self) -> list[Check]:
        """Database, migrations, municipality, jobs and Redis."""
        async with self._turn:
            if monotonic() >= self._until:
                database = await database_checks(self._settings.municipality)
                self._checks = [*database, await redis_check(self._settings.redis_url)]
                self._until = monotonic() + _FRESH_SECONDS
            return self._checks


async def live(_request: Request) -> JSONResponse:
    """The event loop turns: all that a supervisor needs before it restarts a process."""
    return JSONResponse({"status": "alive"})


async def ready(request: Request) -> JSONResponse:
    """200 when this process can serve, else 503 and why not: database, migrations, municipality, Redis, and about
    to stop.

    That jobs stand still is told too, but pages can be read without them.
    """
    readiness: Readiness = request.app.state.readiness
    parts = [*await readiness.parts(), _stopping(request)]
    is_ready = all(part.is_ok for part in parts if part.is_vital)
    checks: dict[str, Any] = {part.name: {"ok": part.is_ok, "detail": part.detail} for part in parts}
    return JSONResponse(
        {"status": "ready" if is_ready else "not ready", "parts": checks},
        status_code=200 if is_ready else 503,
        headers={"cache-control": "no-store"},
    )


def _stopping(request: Request) -> Check:
    is_draining: bool = request.app.state.is_draining
    return Check("process", is_ok=not is_draining, detail="stopping" if is_draining else "serves")


routes = [Route("/health/live", live), Route("/health/ready", ready)]
