"""What went wrong, for programs: what a page would say, as JSON."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse

from api.errors import RETRY_SECONDS
from backend.platform.settings import Settings

_GRAPHQL: Final = "/graphql"


def prefers_json(request: Request) -> bool:
    """Whether a program asks: a browser that wants a page says text/html."""
    accepted = request.headers.get("accept", "")
    return request.url.path == _GRAPHQL or ("json" in accepted and "text/html" not in accepted)


def failure_json(
    request: Request, language: str, status: int, code: str, message: str, seconds: int | None = None
) -> JSONResponse:
    """`code` and `message`, with `loginUrl` for 401, and for 429 and 503 `retryAfter`: `seconds`, or a guess.

    On /graphql they have the shape of GraphQL's errors.
    """
    settings: Settings = request.app.state.settings
    about: dict[str, Any] = {"code": code}
    headers = {"cache-control": "private, no-store", "vary": "accept, accept-language, cookie"}
    if status == 401:
        about["loginUrl"] = f"{settings.base_url}/{language}/logg-inn"
        headers["www-authenticate"] = "Bearer"
    if status in (429, 503):
        seconds = seconds or RETRY_SECONDS
        about["retryAfter"] = seconds
        headers["retry-after"] = str(seconds)
    if status >= 500 and (request_id := request.scope.get("request_id")):
        about["requestId"] = request_id
    if request.url.path == _GRAPHQL:
        return JSONResponse({"errors": [{"message": message, "extensions": about}]}, status, headers)
    return JSONResponse({**about, "message": message}, status, headers)
