"""Cookies of ours: which there are beside the session's, and how every one of them is set."""

from typing import Final

from starlette.responses import Response

from backend.accounts.sessions import cookie_is_secure
from backend.platform.settings import Settings

LANGUAGE_COOKIE: Final = "samskap-sprak"
PLACE_COOKIE: Final = "samskap-sted"
NOTICE_COOKIE: Final = "samskap-melding"
YEAR: Final = 365 * 24 * 60 * 60
"""Seconds that what somebody chose is remembered."""


def set_cookie(response: Response, settings: Settings, name: str, value: str, seconds: int) -> None:
    """For our own pages and no script of anybody's; `seconds` 0 takes it away."""
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/",
        secure=cookie_is_secure(settings),
        httponly=True,
        samesite="lax",
    )
