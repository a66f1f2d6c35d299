"""Pages without a layout, for the few answers that are no page of their own: what went wrong, one button."""

import html
from collections.abc import Awaitable, Callable
from functools import wraps

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.languages import choose_language
from api.rates import RateLimiter, client_address
from backend.errors import DomainError, Forbidden
from backend.settings import Settings
from backend.words import translate

Handler = Callable[[Request], Awaitable[Response]]

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
}
log = structlog.get_logger("web")


def settings_of(request: Request) -> Settings:
    """The application's settings."""
    found: Settings = request.app.state.settings
    return found


def language_of(request: Request) -> str:
    """The language that the browser asks for, of those there are."""
    return choose_language(request.headers.get("accept-language", "").encode("latin-1"))


def plain_page(language: str, title: str, body: str, status: int = 200) -> HTMLResponse:
    """A page of a heading and `body`, which is HTML; `title` is text in `language`. Kept by nobody."""
    return HTMLResponse(
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(title)}</title><main><h1>{html.escape(title)}</h1>{body}</main></html>",
        status,
        _HEADERS,
    )


def paragraph(text: str) -> str:
    """The text as an HTML paragraph."""
    return f"<p>{html.escape(text)}</p>"


def link(address: str, text: str) -> str:
    """A link in a paragraph of its own."""
    return f'<p><a href="{html.escape(address)}">{html.escape(text)}</a></p>'


def refusal_page(request: Request, title: str, error: DomainError, address: str, label: str) -> Response:
    """Why not, with a way on; `title` and `label` are source texts."""
    language = language_of(request)
    reason = translate(language, error.message, **error.params)
    body = paragraph(reason) + link(address, translate(language, label))
    return plain_page(language, translate(language, title), body, error.status)


def refusing(
    title: str, way_on: Callable[[Request, DomainError], tuple[str, str]]
) -> Callable[[Handler], Handler]:
    """Tell a handler's refusals as pages under `title`, and log their codes.

    `way_on` names the address and the text of the link on such a page.
    """

    def around(handler: Handler) -> Handler:
        @wraps(handler)
        async def told(request: Request) -> Response:
            try:
                return await handler(request)
            except DomainError as error:
                log.info("refused", handler=handler.__name__, code=error.code)
                return refusal_page(request, title, error, *way_on(request, error))

        return told

    return around


def refuse_other_sites(request: Request) -> None:
    """Raises Forbidden when a form was sent from another site (its Origin says so)."""
    origin = request.headers.get("origin")
    if origin is not None and origin != settings_of(request).base_url:
        raise Forbidden("other_site", "Forespørselen kom fra et annet nettsted.")


async def count_address(request: Request, limit: str) -> None:
    """Count one use of the limit by the address that the request came from; raises LimitExceeded."""
    rates: RateLimiter = request.app.state.rates
    headers = dict(request.scope["headers"])
    await rates.hit(limit, client_address(request.scope, headers, settings_of(request).trusted_proxies))
