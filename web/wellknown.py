"""What programs look for at fixed addresses: robots.txt (RFC 9309) and security.txt (RFC 9116)."""

from datetime import UTC, datetime, timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from backend.platform.settings import Settings

_DAY = {"cache-control": "public, max-age=86400"}
# What is made anew for each asker, or is about one person.
_ROBOTS = """User-agent: *
Disallow: /graphql
Disallow: /login/
Disallow: /logout
Disallow: /sprak/
Disallow: /eksport/
"""
_SECURITY_PATH = "/.well-known/security.txt"
_HOLDS = timedelta(days=180)


async def robots(_request: Request) -> PlainTextResponse:
    """GET /robots.txt."""
    return PlainTextResponse(_ROBOTS, headers=_DAY)


async def security(request: Request) -> PlainTextResponse:
    """GET /.well-known/security.txt: whom to tell of a weakness, where the settings say whom to write to."""
    settings: Settings = request.app.state.settings
    if not settings.contact_email:
        raise HTTPException(404)
    expires = (datetime.now(UTC) + _HOLDS).strftime("%Y-%m-%dT00:00:00Z")
    lines = (
        f"Contact: mailto:{settings.contact_email}",
        f"Expires: {expires}",
        "Preferred-Languages: nb, nn, en",
        f"Canonical: {settings.base_url}{_SECURITY_PATH}",
    )
    return PlainTextResponse("\n".join(lines) + "\n", headers=_DAY)


routes = [Route("/robots.txt", robots), Route(_SECURITY_PATH, security)]
