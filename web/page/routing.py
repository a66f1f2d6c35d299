"""Routes of pages: the language first in every address, refusals told as pages, pages of strangers kept."""

from collections.abc import Awaitable, Callable

import structlog
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.platform.database import DATABASE_AWAY
from backend.platform.errors import DomainError
from backend.platform.i18n import LANGUAGES
from web.page.cached_pages import PageCache
from web.page.failures import crash_page, refusal_page, stranger
from web.page.visit import Visit, visit_of

Handler = Callable[[Visit], Awaitable[Response]]
log = structlog.get_logger("web")


class _Language(Convertor[str]):
    regex = "|".join(LANGUAGES)

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class _Number(Convertor[int]):
    """Starlette's own takes any number of digits, more than Python reads; here what no thing can have is no address."""

    regex = "[1-9][0-9]{0,17}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("language", _Language())
register_url_convertor("int", _Number())


def page(path: str, handler: Handler) -> Route:
    """GET `/{language}{path}`: what the handler makes of a visit, or the refusal it raised, as a page."""

    async def shown(request: Request) -> Response:
        pages: PageCache = request.app.state.pages
        return await pages.answer(request, lambda visit: _respond(visit, handler))

    return _route(path, shown, handler, "GET")


def action(path: str, handler: Handler) -> Route:
    """POST `/{language}{path}`: the same for a form."""

    async def done(request: Request) -> Response:
        return await _respond(await visit_of(request), handler)

    return _route(path, done, handler, "POST")


def stream(path: str, handler: Handler) -> Route:
    """GET `/{language}{path}`, never kept and no sign that the person is there: for what pages fetch by themselves."""

    async def followed(request: Request) -> Response:
        return await _respond(await visit_of(request, is_activity=False), handler)

    return _route(path, followed, handler, "GET")


def _route(
    path: str, endpoint: Callable[[Request], Awaitable[Response]], handler: Handler, method: str
) -> Route:
    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except DomainError as refusal:
            # Who it is could not be told: a key that does not hold.
            log.info("refused", handler=handler.__name__, code=refusal.code)
            return await refusal_page(stranger(request), refusal)

    return Route(f"/{{language:language}}{path}", answered, methods=[method], name=handler.__name__)


async def _respond(visit: Visit, handler: Handler) -> Response:
    try:
        return await handler(visit)
    except DATABASE_AWAY:
        # Told for the whole site at once (web/page/failures.py): its own pages would ask the database again.
        raise
    except DomainError as refusal:
        log.info("refused", handler=handler.__name__, code=refusal.code)
        return await refusal_page(visit, refusal)
    except Exception:
        log.exception(
            "page failed", handler=handler.__name__, request_id=visit.request.scope.get("request_id")
        )
        return await crash_page(visit)
