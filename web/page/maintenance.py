"""While the settings say maintenance: every page says so, and files for browsers and health answer as always."""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from web.page.assets import PREFIX
from web.page.failures import maintenance

_OPEN = (f"{PREFIX}/", "/health/", "/logo")


class Maintenance:
    """Answers everything else itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is open; 503 for the rest."""
        if scope["type"] == "lifespan" or scope["path"].startswith(_OPEN):
            await self._app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1013})
            return
        response = await maintenance(Request(scope, receive))
        await response(scope, receive, send)
