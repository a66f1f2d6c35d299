"""For routes that are no pages, such as a login's: their refusals as pages of the site, and who sent a form."""

import hashlib
from collections.abc import Awaitable, Callable
from functools import wraps

import structlog
from starlette.requests import Request
from starlette.responses import Response

from api.addresses import client_address
from api.errors import retry_seconds
from api.rates import RateLimiter
from backend.platform.errors import DomainError
from backend.platform.settings import Settings
from web.page.failures import stranger
from web.page.origin import browser_tells, require_own_site

Handler = Callable[[Request], Awaitable[Response]]
log = structlog.get_logger("web")


def settings_of(request: Request) -> Settings:
    """The application's settings."""
    found: Settings = request.app.state.settings
    return found


async def refusal_page(
    request: Request, title: str, error: DomainError, address: str, label: str
) -> Response:
    """Why not, with a way on; `title` and `label` are source texts."""
    visit = stranger(request)
    page = await visit.render(
        "entry/refused.html",
        status=error.status,
        title=visit.translate(title),
        reason=visit.translate(error.message, **error.params),
        way_on=address,
        way_text=visit.translate(label),
    )
    if seconds := retry_seconds(error):
        page.headers["retry-after"] = str(seconds)
    return page


def refusing(
    title: str, way_on: Callable[[Request, DomainError], tuple[str, str]]
) -> Callable[[Handler], Handler]:
    """Tell a handler's refusals as pages under `title`, and log their codes.

    `way_on` names the address and the text of the link on such a page.
    """

    def around(handler: Handler) -> Handler:
        @wraps(handler)
        async def wrapped(request: Request) -> Response:
            try:
                return await handler(request)
            except DomainError as error:
                log.info("refused", handler=handler.__name__, code=error.code)
                return await refusal_page(request, title, error, *way_on(request, error))

        return wrapped

    return around


def refuse_other_sites(request: Request) -> None:
    """Raises Forbidden when a form was sent from another site, as the browser or its Origin says.

    What says neither is no browser's form, and may be a script with a key of its own.
    """
    if browser_tells(request):
        require_own_site(request, settings_of(request), "")


async def count_browser(request: Request, limit: str, browser: str) -> None:
    """Count one use of the limit by the browser that holds this secret; raises LimitExceeded."""
    rates: RateLimiter = request.app.state.rates
    await rates.consume(limit, hashlib.sha256(browser.encode("utf-8", "surrogatepass")).hexdigest())


async def count_address(request: Request, limit: str) -> None:
    """Count one use of the limit by the address that the request came from; raises LimitExceeded."""
    rates: RateLimiter = request.app.state.rates
    await rates.consume(limit, client_address(request.scope, settings_of(request).trusted_proxies))
