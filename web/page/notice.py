"""What is told once, on the page that a form leads to: a name in a cookie, never a text that others could choose."""

from typing import Final

from starlette.requests import Request

from web.page.cookies import NOTICE_COOKIE

NOTICES: Final[dict[str, str]] = {}
"""Source texts by name; each slice adds its own with `notice`."""


def notice(name: str, text: str) -> str:
    """Add a notice; `text` is a source text marked with N_. Returns the name."""
    NOTICES[name] = text
    return name


def taken_notice(request: Request) -> str | None:
    """The notice that waits to be told on this page; partial pages leave it waiting."""
    name = request.cookies.get(NOTICE_COOKIE)
    return name if name in NOTICES and "hx-request" not in request.headers else None
