"""What is told once, on the page that a form leads to: a name in a cookie, never a text that others could choose."""

from typing import Final

from starlette.requests import Request

NOTICES: Final[dict[str, str]] = {}
"""Source texts by name; each slice adds its own with `notice`."""


def notice(name: str, text: str) -> str:
    """Add a notice; `text` is a source text marked with N_. Returns the name."""
    NOTICES[name] = text
    return name


def notice_cookie() -> str:
    """The cookie's name."""
    return "samskap-melding"


def taken_notice(request: Request) -> str | None:
    """The notice that waits to be told on this page; partial pages leave it waiting."""
    name = request.cookies.get(notice_cookie())
    return name if name in NOTICES and "hx-request" not in request.headers else None
